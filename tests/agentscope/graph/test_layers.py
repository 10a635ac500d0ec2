"""Layers of a graph."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agentscope.graph.layers import layered
from tests.agentscope.graph.test_loops import EDGES


def level(found, node):
    return next(at for at, layer in enumerate(found.order) if node in layer)


def test_what_is_called_stands_behind_what_calls_it():
    found = layered(4, [(0, 1), (0, 2), (1, 3), (2, 3)])
    assert found.order == [[0], [1, 2], [3]]


def test_a_circle_is_drawn_from_what_began_first():
    assert layered(3, [(0, 1), (1, 2), (2, 0)]).order[0] == [0]


def test_a_long_edge_leads_through_each_layer():
    found = layered(3, [(0, 1), (1, 2), (0, 2)])
    (point,) = found.through[0, 2]
    assert found.order[1] == [1, point] or found.order[1] == [point, 1]
    assert found.through[2, 0] == [point]


def test_crossings_are_undone():
    found = layered(4, [(0, 3), (1, 2)])
    assert found.order == [[0, 1], [3, 2]]


@given(st.integers(9, 12), EDGES)
def test_laws(nodes, edges):
    """Every node has one place; edges lead from a layer to the next; the order of edges is no
    matter."""
    found = layered(nodes, edges)
    placed = [node for layer in found.order for node in layer]
    assert sorted(placed)[:nodes] == list(range(nodes))
    assert len(set(placed)) == len(placed)
    assert found == layered(nodes, edges[::-1])
    for source, target in edges:
        if source != target:
            chain = [source, *found.through[source, target], target]
            steps = {level(found, b) - level(found, a) for a, b in pairwise(chain)}
            assert steps in ({1}, {-1})


def test_no_nodes_no_layers():
    assert layered(0, []).order == []


def test_weak_edges_do_not_say_where_a_node_stands():
    found = layered(4, [(0, 1), (0, 2), (2, 3)], [(1, 2), (1, 3)])
    assert found.order[:2] == [[0], [1, 2]]
    assert (1, 2) not in found.through, "inside a layer nothing is led"
    assert found.through[1, 3] == []


def test_a_layer_that_is_too_large_goes_on_in_the_next():
    edges = [(0, at) for at in range(1, 9)]
    found = layered(9, edges, sizes=[10] * 9, most=40)
    assert [len([node for node in layer if node < 9]) for layer in found.order] == [1, 3, 3, 2]
    assert len(layered(9, edges, sizes=[10] * 9, most=80).order) == 2, "if it must"


@given(st.integers(9, 12), EDGES, EDGES, st.integers(1, 40))
def test_laws_with_sizes(nodes, edges, weak, most):
    """No layer is too large, what follows stands behind, and the order is no matter."""
    found = layered(nodes, edges, weak, [10] * nodes, most)
    for layer in found.order:
        assert sum(node < nodes for node in layer) <= max(most // 10, 1)
    assert sorted(node for layer in found.order for node in layer if node < nodes) == [
        *range(nodes)
    ]
    assert found == layered(nodes, edges[::-1], weak[::-1], [10] * nodes, most)
