"""Laws of graphs, over traces of any shape: nothing is lost, counted twice, or up to the order."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.graph.graph import CALLS, MORE_TOOLS, TOOL, Graph
from agentscope.graph.read import graph_of
from agentscope.traces.grow import grow
from agentscope.traces.load import Spans
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind, Status
from tests.agentscope.graph.test_making import billed
from tests.kit.drawing import shuffled, spans
from tests.kit.forests import told

WHO = ("a", "b", "c")


@st.composite
def traces(draw: st.DrawFn) -> Spans:
    """The spans of any forest, with agents and tools of a few names in it."""
    tree = draw(told()).tree
    each = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    named = [WHO[at] for at in each.integers(0, len(WHO), len(tree)).tolist()]
    said = []
    for row, who in zip(tree.rows(), named, strict=True):
        is_agent, is_tool = row.kind == Kind.AGENT, row.kind == Kind.TOOL
        said.append(
            {
                "kind": row.kind,
                "name": row.text("name"),
                "agent": who if is_agent else "",
                "tool": who if is_tool else "",
                "parent_id": int(tree.parent[row.at]) + 1,
                "status": int(row.status == Status.ERROR) * 2,
                "start_ns": int(tree.start_ns[row.at]),
                "end_ns": int(tree.end_ns[row.at]),
            }
        )
    return spans(*said)


def made(some: Spans, most: int) -> tuple[Tree, Graph]:
    tree = billed(grow(some))
    return tree, graph_of(tree, most, most)


@given(traces(), st.integers(0, 4))
def test_nodes_add_up_to_the_trace(some, most):
    tree, found = made(some, most)
    is_root = tree.parent < 0
    assert sum(node.own.pico for node in found.nodes) == tree.sum_cost[is_root].sum()
    assert sum(node.own.errors for node in found.nodes) == tree.sum_errors[is_root].sum()
    assert sum(node.own.unpriced for node in found.nodes) == tree.sum_unpriced[is_root].sum()


@given(traces(), st.integers(0, 10**6), st.integers(0, 4))
def test_the_order_of_arrival_does_not_matter(some, seed, most):
    assert repr(made(some, most)[1]) == repr(made(shuffled(some, seed), most)[1])


@given(traces(), st.integers(0, 4))
def test_edges_count_calls_one_by_one(some, most):
    _, found = made(some, most)
    place = {node.id: at for at, node in enumerate(found.nodes)}
    called: defaultdict[str, int] = defaultdict(int)
    for edge in found.edges:
        assert edge.work.times == len(edge.rows)
        assert (found.of_row[edge.rows] == place[edge.target]).all()
        called[edge.target] += edge.work.times * (edge.how == CALLS)
    for node in found.nodes:
        if node.kind in (TOOL, MORE_TOOLS):
            assert called[node.id] == node.own.times


@given(traces(), st.integers(0, 4))
def test_what_is_not_shown_one_by_one_is_counted(some, most):
    _, all_of_it = made(some, 10**6)
    _, found = made(some, most)
    for kind, known in (("agent", found.agents), ("tool", found.tools)):
        whole = [node for node in all_of_it.nodes if node.kind == kind]
        shown = [node for node in found.nodes if node.kind == kind]
        left = sum(node.joined for node in found.nodes if node.kind == f"more_{kind}s")
        assert len(whole) == known == len(shown) + left
        assert len(shown) <= most + 1  # one that would be left over alone is shown as well
    calls = [sum(edge.work.times for edge in each.edges) for each in (all_of_it, found)]
    assert calls[0] == calls[1]


@given(traces())
def test_loops_are_the_edges_that_one_comes_back_along(some):
    _, found = made(some, 10**6)
    following: defaultdict[str, set[str]] = defaultdict(set)
    for edge in found.edges:
        following[edge.source].add(edge.target)
    for edge in found.edges:
        assert edge.is_in_loop == (edge.source in reached(edge.target, following))
    in_loops = {
        end for edge in found.edges if edge.is_in_loop for end in (edge.source, edge.target)
    }
    assert {each for loop in found.loops for each in loop.nodes} == in_loops


def reached(start: str, following: defaultdict[str, set[str]]) -> set[str]:
    """Where one comes from a node; the node itself as well."""
    found, left = {start}, [start]
    while left:
        new = following[left.pop()] - found
        found |= new
        left += new
    return found
