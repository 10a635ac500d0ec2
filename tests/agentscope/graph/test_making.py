"""Agents and tools of a trace, and what led from one to another."""

from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.graph.graph import Graph
from agentscope.graph.read import graph_of
from agentscope.traces.grow import grow, subtree_sums
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import Billing, Kind
from tests.kit.drawing import SECOND, drawn, shuffled, spans

CALL = 1_000_000  # 1e-12 USD: what each model call in these drawings costs


def billed(tree: Tree) -> Tree:
    """A tree in which each model call costs the same; one named `unpriced` has no price."""
    is_call = tree.kind == Kind.LLM
    unpriced = np.array([row.text("name") == "unpriced" for row in tree.rows()], bool)
    tree.billing = (is_call * Billing.COUNTED).astype(np.uint8)
    tree.cost = np.where(unpriced, UNKNOWN, is_call * CALL)
    tree.sum_cost = subtree_sums(np.where(unpriced, 0, tree.cost), tree.end)
    tree.sum_unpriced = subtree_sums(unpriced, tree.end).astype(np.int32)
    return tree


def graph(text: str, seed: int = 0) -> Graph:
    return graph_of(billed(grow(shuffled(drawn(dedent(text)), seed))))


def nodes(found: Graph) -> dict[str, tuple[int, int]]:
    """Path or name of each node → times, own cost in calls."""
    return {each.path or each.name: (each.own.times, each.own.pico // CALL) for each in found.nodes}


def edges(found: Graph) -> dict[str, int]:
    names = {each.id: each.name for each in found.nodes}
    return {
        f"{names[each.source]} {each.how} {names[each.target]}": each.work.times
        for each in found.edges
    }


TEAM = """\
    agent lead
      llm chat
      tool ask
        agent helper
          llm chat
          tool search !timeout
            llm rank
          tool search
      agent checker
        llm chat
        llm unpriced
    """


def test_it_works():
    found = graph(TEAM)
    assert nodes(found) == {
        "lead": (1, 1),
        "lead/helper": (1, 1),
        "search": (2, 1),
        "lead/checker": (1, 1),
    }, "what a tool spent is its own, and the call of an agent is no tool"
    assert edges(found) == {
        "lead delegates helper": 1,
        "lead contains checker": 1,
        "helper calls search": 2,
        "helper then checker": 1,
    }
    delegated = found.edges[0]
    assert (delegated.work.pico, delegated.work.errors) == (2 * CALL, 1), "with all below it"
    assert found.total.pico == 4 * CALL
    assert (found.total.unpriced, found.total.errors) == (1, 1)
    assert (found.agents, found.tools) == (3, 1)


def test_what_no_agent_did_has_a_name():
    found = graph("chain run\n  llm chat\n  tool search\n  agent a\n    llm chat")
    assert nodes(found) == {"search": (1, 0), "a": (1, 1), "unattributed": (0, 1)}
    assert edges(found) == {"unattributed calls search": 1}


def test_one_name_in_two_places_is_two_agents():
    found = graph(
        "agent a\n  agent x\n    llm chat\nagent b\n  tool ask\n    agent x\n      llm chat\n"
    )
    assert nodes(found) == {"a": (1, 0), "a/x": (1, 1), "b": (1, 0), "b/x": (1, 1)}


def test_an_agent_below_itself_is_the_same_one_and_not_paid_for_twice():
    found = graph(
        "agent a\n  llm chat\n  tool t\n    agent b\n      llm chat\n"
        "      tool t\n        agent a\n          llm chat"
    )
    assert nodes(found) == {"a": (2, 2), "a/b": (1, 1)}
    assert edges(found) == {"a delegates b": 1, "b delegates a": 1}
    (a, _) = found.nodes
    assert a.whole_pico == 3 * CALL
    assert [[len(loop.nodes), loop.times] for loop in found.loops] == [[2, 1]]


def test_what_began_after_another_one_is_told_from_a_call():
    found = graph(
        "chain run\n  agent a\n    llm chat\n  agent b\n    llm chat\n  agent a\n    llm chat"
    )
    assert edges(found) == {"a then b": 1, "b then a": 1}
    assert [edge.is_back for edge in found.edges] == [False, True]


def test_runs_side_by_side_do_not_follow_each_other():
    start = 1_700_000_000 * SECOND
    beside = [
        {"kind": Kind.AGENT, "agent": name, "name": name, "start_ns": start, "end_ns": start + 5}
        for name in "abc"
    ]
    assert graph_of(billed(grow(spans(*beside)))).edges == []


def test_a_handoff_is_no_order_in_time():
    found = graph("agent a\n  handoff transfer_to_b\nagent b\n  llm chat")
    assert edges(found) == {"a hands_off b": 1}


def test_calls_that_only_name_their_agent_count_with_all_their_rows():
    found = graph("chain r\n  llm chat agent=a\n  llm chat agent=a\n  llm chat agent=b")
    assert nodes(found) == {"a": (1, 2), "b": (1, 1)}
    assert found.edges[0].work.pico == CALL
    assert found.nodes[0].own.time_ns == 2 * SECOND


def test_a_tool_inside_a_tool_is_called_by_it():
    found = graph("agent a\n  tool outer\n    tool inner\n      llm chat")
    assert edges(found) == {"a calls outer": 1, "outer calls inner": 1}
    assert nodes(found) == {"a": (1, 0), "outer": (1, 0), "inner": (1, 1)}


def test_a_chain_of_thousands_of_agents_is_a_chain_of_nodes():
    deep = [
        {"kind": Kind.AGENT, "agent": f"a{at}", "name": "x", "parent_id": at} for at in range(3000)
    ]
    found = graph_of(billed(grow(spans(*deep))), most_agents=5000)
    assert (len(found.nodes), len(found.edges)) == (3000, 2999)


def test_no_spans_no_graph():
    found = graph_of(grow(drawn("")))
    assert (found.nodes, found.edges, found.loops) == ([], [], [])


KINDS = [Kind.AGENT, Kind.LLM, Kind.TOOL, Kind.HANDOFF, Kind.CHAIN, Kind.OTHER]


@st.composite
def runs(draw: st.DrawFn):
    """Any small run."""
    said = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        name = draw(st.sampled_from(["a", "b", "c/d", "transfer_to_b", "unpriced"]))
        kind = draw(st.sampled_from(KINDS))
        said.append(
            {
                "kind": kind,
                "name": name,
                "agent": name if kind == Kind.AGENT else "",
                "tool": name if kind == Kind.TOOL else "",
                "parent_id": draw(st.integers(0, number - 1)),
                "status": draw(st.sampled_from([0, 2])),
            }
        )
    return spans(*said)


@given(runs(), st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 3))
def test_laws(found, seed, most_agents, most_tools):
    """Any order gives the same graph; nodes add up to the trace; every edge has both its ends."""
    tree = billed(grow(found))
    made = graph_of(tree, most_agents, most_tools)
    again = graph_of(billed(grow(shuffled(found, seed))), most_agents, most_tools)
    assert repr(made) == repr(again)
    is_root = tree.parent < 0
    assert made.total.pico == tree.sum_cost[is_root].sum()
    assert made.total.errors == tree.sum_errors[is_root].sum()
    assert made.total.unpriced == tree.sum_unpriced[is_root].sum()
    ids = [node.id for node in made.nodes]
    assert len(set(ids)) == len(ids)
    assert {end for edge in made.edges for end in (edge.source, edge.target)} <= set(ids)
    assert all(len(edge.rows) == edge.work.times > 0 for edge in made.edges)
    shown = [node for node in made.nodes if node.kind == "agent"]
    assert len(shown) <= most_agents + 1, "one alone is never left over"
    assert sum(node.joined or 1 for node in made.nodes if "agent" in node.kind) == made.agents


@pytest.mark.parametrize("name", ["lead/", "/", "a…", "x/…"])
def test_names_with_the_separator_of_paths(name):
    found = graph_of(
        billed(
            grow(
                spans(
                    {"kind": Kind.AGENT, "agent": name, "name": name},
                    *[
                        {"kind": Kind.AGENT, "agent": "inner", "name": "inner", "parent_id": 1},
                        {"kind": Kind.LLM, "name": "chat", "parent_id": 2},
                    ],
                )
            )
        )
    )
    assert [node.name for node in found.nodes] == [name, "inner"]
    assert edges(found) == {f"{name} contains inner": 1}
