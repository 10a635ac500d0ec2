"""Graphs that are small enough to be read."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.graph.folding import again, folded, with_tools
from agentscope.graph.graph import AGENT, CALLS, MORE_AGENTS, MORE_TOOLS, TOOL, UNATTRIBUTED
from agentscope.graph.read import graph_of
from agentscope.traces.grow import grow
from tests.agentscope.graph.test_making import CALL, billed
from tests.kit.drawing import drawn
from tests.kit.graphs import whole, wholes, work


def crowd(agents: int, tools: int):
    """Agents of which each costs a call more than the one before, and calls one tool more."""
    lines = ["chain run"]
    for at in range(agents):
        lines += [f"  agent a{at}", *["    llm chat"] * (at + 1)]
        lines += [f"    tool t{tool}" for tool in range(min(at + 1, tools))]
    return billed(grow(drawn("\n".join(lines))))


def test_what_costs_most_stays_and_the_rest_says_how_much_it_is():
    found = graph_of(crowd(6, 5), most_agents=2, most_tools=1)
    shown = [node.name for node in found.nodes if node.kind in (AGENT, TOOL)]
    assert shown == ["t0", "a4", "a5"]
    rest = {node.kind: node for node in found.nodes if node.joined}
    assert rest[MORE_AGENTS].name == "4 more agents"
    assert rest[MORE_AGENTS].own.pico == (1 + 2 + 3 + 4) * CALL
    assert rest[MORE_TOOLS].name == "4 more tools"
    assert (found.agents, found.tools) == (6, 5)
    assert found.total.pico == 21 * CALL


def test_edges_of_what_is_left_over_are_those_of_all_of_it():
    whole, few = graph_of(crowd(6, 5)), graph_of(crowd(6, 5), 2, 1)
    for how in {edge.how for edge in whole.edges}:
        times = [
            sum(edge.work.times for edge in found.edges if edge.how == how)
            for found in (whole, few)
        ]
        assert times[0] == times[1]
    merged = few.edge(f"{MORE_AGENTS}.{MORE_TOOLS}.{CALLS}")
    assert merged is not None
    assert merged.work.times == len(merged.rows) == 1 + 2 + 3


def test_one_alone_is_never_left_over():
    found = graph_of(crowd(3, 2), most_agents=2, most_tools=1)
    assert not [node for node in found.nodes if node.joined]


def test_a_circle_through_what_is_left_over_may_be_none():
    text = "chain r\n" + "".join(f"  agent a{at % 7}\n    llm chat\n" for at in range(21))
    found = graph_of(billed(grow(drawn(text))), most_agents=2)
    assert found.loops == []
    assert not any(edge.is_in_loop for edge in found.edges)


def test_what_no_agent_did_is_always_shown():
    found = graph_of(billed(grow(drawn("chain r\n  llm chat\n  agent a\n  agent b"))), 0, 0)
    assert [node.kind for node in found.nodes] == [UNATTRIBUTED, MORE_AGENTS]


def test_each_agent_keeps_the_tools_that_matter_most_to_it():
    ways = [("a", f"t{at}", CALLS, work(at + 1)) for at in range(6)]
    ways += [("b", f"t{at}", CALLS, work(9, errors=at == 8)) for at in range(6, 10)]
    some = whole("ab", [f"t{at}" for at in range(10)], ways)
    assert with_tools(some, 2, 2) == {"a", "t5", "t4", "b", "t8", "t6"}
    assert with_tools(some, 1, 2) == {"a", "t5", "t4"}
    assert with_tools(some, 2, 0) == {"a", "b"}
    assert len(with_tools(some, 1, 0, "b")) == 2 + 4, "all of the one that is opened"


def test_tools_of_a_tool_are_kept_like_those_of_an_agent():
    ways = [("a", "t0", CALLS, work()), ("t0", "t1", CALLS, work()), ("t1", "t0", CALLS, work())]
    assert with_tools(whole("a", ["t0", "t1"], ways), 1, 1) == {"a", "t0", "t1"}


def name(edge):
    return edge.id


@given(wholes(), st.integers(0, 20), st.integers(0, 9), st.integers(0, 3))
def test_folding_twice_is_folding_once(some, agents, fewer, each):
    """What is folded further is what would have been folded at once."""
    kept = with_tools(some, fewer, each)
    once = folded(some, kept)
    twice = folded(again(folded(some, kept | with_tools(some, agents, each))), kept)
    assert {node.id: (node.joined, node.own) for node in once.nodes} == {
        node.id: (node.joined, node.own) for node in twice.nodes
    }
    assert [(edge.id, edge.work, edge.joined) for edge in sorted(once.edges, key=name)] == [
        (edge.id, edge.work, edge.joined) for edge in sorted(twice.edges, key=name)
    ]
    assert (once.agents, once.tools) == (twice.agents, twice.tools)
