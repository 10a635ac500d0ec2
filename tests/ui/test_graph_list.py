"""A graph on a narrow screen."""

import itertools

from hypothesis import given, settings

from agentscope.agents.invoked import CONTAINS, DELEGATES
from agentscope.graph.folding import folded
from agentscope.graph.graph import THEN
from tests.kit.graphs import whole, wholes, work
from ui.graph_list import ACROSS
from ui.graph_picture import Drawing


def narrow(some):
    return Drawing(folded(some, {node.id for node in some.nodes})).narrow()


def places(found):
    return [(box.node.id, box.x) for box in found.boxes]


def test_what_is_called_is_set_in_under_what_calls_it():
    ways = [
        ("a", "b", DELEGATES, work()),
        ("b", "c", CONTAINS, work()),
        ("a", "d", CONTAINS, work()),
    ]
    found = narrow(whole("adbc", [], ways))
    assert [name for name, _ in places(found)] == ["a", "d", "b", "c"]
    at = dict(places(found))
    assert at["a"] < at["d"] == at["b"] < at["c"]
    assert len(found.lines) == 3


def test_what_came_after_stands_beneath():
    found = narrow(whole("abc", [], [("a", "b", THEN, work()), ("b", "c", THEN, work())]))
    assert places(found) == [("a", 8), ("b", 8), ("c", 8)]


def test_of_two_that_called_it_the_one_that_did_so_more_often_is_above():
    ways = [
        ("a", "b", CONTAINS, work()),
        ("a", "c", CONTAINS, work(2)),
        ("b", "c", CONTAINS, work(3)),
    ]
    found = narrow(whole("abc", [], ways))
    at = dict(places(found))
    assert at["a"] < at["b"] < at["c"]
    assert len(found.lines) == 3, "the other way leads round on the right"


def test_a_long_chain_has_room():
    names = [f"agent {at}" for at in range(40)]
    ways = [(a, b, CONTAINS, work()) for a, b in itertools.pairwise(names)]
    found = narrow(whole(names, [], ways))
    assert max(x for _, x in places(found)) < ACROSS / 4
    assert len(found.lines) == 39


def test_too_many_lines_beside_each_other_are_counted():
    names = [f"agent {at}" for at in range(9)]
    ways = [(a, b, CONTAINS, work()) for a in names for b in names if a < b]
    found = narrow(whole(names, [], ways))
    assert found.left_out > 0
    assert found.left_out + len(found.lines) == len(ways)


@settings(max_examples=20, deadline=None)
@given(wholes())
def test_laws(some):
    """Every box is there once, as wide as the screen has room, and its list goes down."""
    found = narrow(some)
    assert found.width == ACROSS
    assert len({box.node.id for box in found.boxes}) == len(found.boxes)
    tops = [box.y for box in found.boxes]
    assert tops == sorted(tops)
    assert len({box.x + box.width for box in found.boxes}) <= 1
