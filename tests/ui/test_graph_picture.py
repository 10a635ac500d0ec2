"""Where boxes and lines of a graph are drawn on a wide screen, and how much of it."""

import re
import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.agents.invoked import CONTAINS, DELEGATES
from agentscope.graph.folding import folded, with_tools
from agentscope.graph.graph import AGENT, CALLS, THEN
from agentscope.graph.making import whole_graph
from agentscope.graph.read import graph_of
from agentscope.traces.grow import grow
from tests.agentscope.graph.test_making import billed, runs
from tests.kit.drawing import drawn
from tests.kit.graphs import whole, wholes, work
from tests.kit.work import work_of
from ui.graph_cards import HEAD, SMALL
from ui.graph_labels import HIGH
from ui.graph_picture import MOST_LINES, SCREEN, Drawing, large, readable
from ui.graph_places import WIDEST
from ui.letters import width

WORK = 2_000_000  # instructions of Python, from a graph of any size to its pictures


def picture_of(text):
    return Drawing(graph_of(billed(grow(drawn(text))))).wide()


def boxes_of(found):
    return {box.node.name: box for box in found.boxes}


def star(agents, tools=0):
    """One agent that calls others, which call tools."""
    names = [f"agent_{at}" for at in range(agents)]
    ways = [("lead", name, DELEGATES, work(2)) for name in names]
    known = [f"tool_{at}" for at in range(tools)]
    ways += [(name, tool, CALLS, work()) for name in names for tool in known]
    return whole(["lead", *names], known, ways)


def chain(agents):
    """Agents of which each calls the next."""
    names = [f"agent_{at:02d}" for at in range(agents)]
    ways = pairwise(names)
    return whole(names, [], [(*way, CONTAINS, work()) for way in ways])


def test_what_is_called_stands_to_the_right_and_tools_inside():
    found = boxes_of(picture_of("agent a\n  tool t\n  agent b\n    tool u"))
    assert list(found) == ["a", "b"]
    assert found["a"].x + found["a"].width < found["b"].x
    assert [line.name for line in found["a"].inside] == ["t"]
    assert [line.name for line in found["b"].inside] == ["u"]


def test_a_tool_that_calls_tools_has_a_box():
    found = boxes_of(picture_of("agent a\n  tool outer\n    tool inner"))
    assert list(found) == ["a", "outer"]
    assert [line.name for line in found["outer"].inside] == ["inner"]


def test_what_leads_back_is_drawn_back():
    found = picture_of("chain r\n  agent a\n    llm x\n  agent b\n    llm x\n  agent a")
    starts = {
        line.edge.is_back: float(re.match(r"M([\d.]+)", line.path)[1]) for line in found.lines
    }
    assert starts[True] > starts[False]
    assert {line.edge.how for line in found.lines} == {THEN}
    assert [line.label.words for line in found.lines if line.label] == ["↻"]


def test_an_order_in_time_does_not_part_those_that_one_called():
    text = "agent lead\n  agent a\n    llm x\n  agent b\n    llm x\n  agent c\n    llm x"
    found = boxes_of(picture_of(text))
    assert found["a"].x == found["b"].x == found["c"].x > found["lead"].x
    assert found["a"].y < found["b"].y < found["c"].y


def test_a_chain_goes_on_beneath():
    found = readable(chain(24))
    assert found.wide.width <= WIDEST
    assert len({box.y for box in found.wide.boxes}) > 1
    rows = [box for box in found.wide.boxes if box.y == found.wide.boxes[0].y]
    assert [box.node.name for box in rows] == [f"agent_{at:02d}" for at in range(len(rows))]


@pytest.mark.parametrize("whole", [star(60, 3), star(400), chain(30), chain(400), star(9, 200)])
def test_any_run_can_be_read_on_one_screen(whole):
    found = readable(whole)
    assert found.wide.width <= WIDEST
    assert found.wide.height <= SCREEN
    shown = sum(box.node.joined or 1 for box in found.wide.boxes)
    assert shown == sum(node.kind == AGENT for node in whole.nodes)
    assert sum(not box.node.joined for box in found.wide.boxes) >= 8, "and it shows something"


def test_of_many_tools_the_rest_is_one_line_that_can_be_opened():
    found = large(star(2, 30), 24)
    last = boxes_of(found.wide)["agent_0"].inside[-1]
    assert (last.name, last.row.words, last.row.edge) == ("27 more tools", "27 ×", None)
    opened = large(star(2, 30), 24, found.graph.nodes[1].id)
    assert len(boxes_of(opened.wide)["agent_0"].inside) == 30
    assert len(boxes_of(opened.wide)["agent_1"].inside) == 4


def test_failures_are_said_even_where_the_tool_is_not():
    ways = [("a", f"tool_{at}", CALLS, work(errors=at > 1)) for at in range(9)]
    found = large(whole(["a"], [f"tool_{at}" for at in range(9)], ways), 24)
    lines = boxes_of(found.wide)["a"].inside
    assert [line.row.failed for line in lines] == ["1 failed"] * 3 + ["4 failed"]


def test_of_many_ways_the_most_travelled_are_drawn():
    names = [f"agent_{at}" for at in range(20)]
    ways = [(a, b, DELEGATES, work(at + 1)) for at, a in enumerate(names) for b in names if a < b]
    found = large(whole(names, [], ways), 24)
    assert len(found.wide.lines) == MOST_LINES
    assert found.wide.left_out == len(ways) - MOST_LINES
    reached = {line.edge.target for line in found.wide.lines}
    assert {edge.target for edge in found.graph.edges} <= reached, "no box hangs loose"


def test_a_number_that_a_box_says_is_not_said_again():
    found = picture_of("agent a\n  llm x\n  tool ask\n    agent b\n      llm x")
    assert [line.label for line in found.lines] == [None]


def place(label):
    half = width(label.words, SMALL) / 2
    return label.x - half, label.y - HIGH / 2, label.x + half, label.y + HIGH / 2


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def hold(found):
    """Boxes and labels lie inside the picture, and nothing on anything else."""
    boxes = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in found.boxes]
    labels = [place(line.label) for line in found.lines if line.label and not line.label.is_hidden]
    for left, top, right, bottom in (*boxes, *labels):
        assert 0 <= left < right <= found.width
        assert 0 <= top < bottom <= found.height
    for one, other in combinations([*boxes, *labels], 2):
        assert apart(one, other)


def counted(graph, found):
    """Every node and every edge is drawn or counted."""
    drawn = {line.edge.id for line in found.lines}
    rows = [row for box in found.boxes for row in box.card.rows]
    inside = {edge.id for row in rows for edge in row.edges}
    assert not drawn & inside
    assert len(drawn) + len(inside) + found.left_out == len(graph.edges)
    boxes = {box.node.id for box in found.boxes}
    known = {edge.target for row in rows for edge in row.edges}
    called = {edge.target for edge in graph.edges if edge.source != edge.target}
    assert all(node.id in boxes | known for node in graph.nodes if node.id in called)
    assert len(boxes) == len(found.boxes)


@settings(max_examples=25, deadline=None)
@given(wholes(), st.integers(1, 40), st.integers(0, 4))
def test_laws(some, agents, each):
    """Of graphs of any shape, however much of them is shown."""
    graph = folded(some, with_tools(some, agents, each))
    for make in (Drawing.wide, Drawing.narrow):
        found = make(Drawing(graph, each))
        hold(found)
        counted(graph, found)
        assert repr(make(Drawing(graph, each))) == repr(found)


@settings(max_examples=20, deadline=None)
@given(wholes(most_agents=80, most_tools=200))
def test_laws_of_what_is_shown_first(some):
    start = time.process_time()
    found = readable(some)
    taken = time.process_time() - start
    hold(found.wide)
    counted(found.graph, found.wide)
    assert found.wide.height <= 4 * SCREEN
    assert found.graph.agents == sum(node.kind == AGENT for node in some.nodes)
    assert taken < 5, "far from what it takes, for the machine may be slow"


@given(runs())
def test_laws_of_runs(some):
    found = readable(whole_graph(billed(grow(some))))
    for picture in (found.wide, found.narrow):
        hold(picture)
        counted(found.graph, picture)


def test_it_is_quick_at_any_size():
    some = star(2000, 40)
    graph = folded(some, with_tools(some, 24, 3))

    def draw():
        found = Drawing(graph)
        found.wide()
        found.narrow()

    assert 0 < work_of(draw).instructions < WORK


def test_a_box_without_tools_is_low():
    assert {box.height for box in readable(chain(3)).wide.boxes} == {HEAD}
