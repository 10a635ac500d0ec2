"""Where boxes and lines of a graph are drawn."""

import re
from itertools import combinations

import pytest
from hypothesis import given

from agentscope.graph.graph import THEN
from agentscope.graph.read import graph_of
from agentscope.traces.grow import grow
from tests.agentscope.graph.test_making import billed, runs
from tests.kit.drawing import drawn
from ui.graph_picture import HEIGHT, MOST_LINES, WIDTH, fitting, picture


def drawn_graph(text):
    return graph_of(billed(grow(drawn(text))))


def test_what_is_called_stands_to_the_right():
    found = picture(drawn_graph("agent a\n  tool t\n  agent b\n    tool u"))
    place = {box.name: box.x for box in found.boxes}
    assert place["a"] < place["b"] < place["u"]
    assert place["a"] < place["t"]


def test_what_leads_back_is_drawn_back():
    found = picture(drawn_graph("chain r\n  agent a\n    llm x\n  agent b\n    llm x\n  agent a"))
    starts = {
        line.edge.is_back: float(re.match(r"M([\d.]+)", line.path)[1]) for line in found.lines
    }
    assert starts[True] > starts[False]
    assert {line.edge.how for line in found.lines} == {THEN}
    assert [line.label for line in found.lines if line.edge.is_back] == ["↻"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("short", "short"),
        ("a" * 22, "a" * 22),
        ("a" * 23, "a" * 21 + "…"),
        ("漢" * 11, "漢" * 11),
        ("漢" * 12, "漢" * 10 + "…"),
        ("", ""),
    ],
)
def test_names_are_cut_to_what_has_room(name, shown):
    assert fitting(name) == shown


def test_of_many_ways_the_most_travelled_are_drawn():
    lines = ["chain r"]
    for at in range(20):
        lines += [f"  agent a{at}", *(f"    tool t{tool}" for tool in range(14))]
    graph = drawn_graph("\n".join(lines))
    found = picture(graph)
    assert len(found.lines) == MOST_LINES
    assert found.left_out == len(graph.edges) - MOST_LINES
    reached = {line.edge.target for line in found.lines}
    assert {edge.target for edge in graph.edges} <= reached, "no box hangs loose"


@given(runs())
def test_laws(found):
    """Boxes lie inside the picture and on no other box; the same graph gives the same picture."""
    graph = graph_of(billed(grow(found)))
    made = picture(graph)
    for box in made.boxes:
        assert 0 <= box.x <= made.width - WIDTH
        assert 0 <= box.y <= made.height - HEIGHT
    for one, other in combinations(made.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    assert repr(picture(graph)) == repr(made)
    assert len(made.lines) + made.left_out == len(graph.edges)
