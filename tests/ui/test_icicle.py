"""Costs by path as boxes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.costs.amounts import NOTHING, total
from agentscope.costs.read import Amounts, PathNode, PathReport, Rest
from ui.bars import MOST_SERIES
from ui.icicle import boxes, colour, levels, paths_in


def spent(usd: object, calls: int = 1) -> Amounts:
    return Amounts(known_cost=Decimal(str(usd)), calls=calls)


def node(path: str, own: object, *children: PathNode) -> PathNode:
    amounts = spent(own)
    below = total([child.inclusive for child in children])
    return PathNode(
        path, path.split("/")[-1], path.count("/"), amounts, amounts + below, list(children)
    )


def report(*nodes: PathNode, unattributed: Amounts = NOTHING, rest: Rest | None = None):
    rest = rest or Rest()
    whole = total([*(each.inclusive for each in nodes), unattributed, rest.amounts])
    return PathReport(list(nodes), unattributed, rest, whole)


def test_a_box_is_as_wide_as_what_was_spent_in_it():
    found = boxes(report(node("a", 1, node("a/b", 3)), unattributed=spent(1)), "cost")
    drawn = [(box.name, box.depth, box.start, box.width, box.own) for box in found]
    assert drawn == [
        ("a", 0, 0.0, 0.8, 0.2),
        ("b", 1, 0.0, 0.6, 0.6),
        ("unattributed", 0, 0.8, 0.2, 0.2),
    ]
    assert levels(found) == 2


def test_narrow_boxes_and_the_rest_are_joined_and_counted():
    found = boxes(
        report(node("a", 1000), node("b", 1), node("c", 1), rest=Rest(3, spent(2))), "cost"
    )
    assert [(box.name, box.joined) for box in found] == [("a", 0), ("5 more", 5)]
    assert found[-1].amounts.known_cost == 4


@pytest.mark.parametrize("measure", ["cost", "tokens"])
def test_nothing_spent_is_no_picture(measure: str):
    assert boxes(report(), measure) == []


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_the_outermost_boxes_fill_the_width(costs: list[int]):
    found = boxes(report(*(node(f"p{at}", usd) for at, usd in enumerate(costs))), "cost")
    assert sum(box.width for box in found) == pytest.approx(1)


def test_a_chain_of_many_agents_is_no_recursion():
    deep = node("x", 1)
    for _ in range(3000):
        deep = node("x", 1, deep)
    assert len(list(paths_in([deep]))) == 3001
    assert boxes(report(deep), "calls")[0].width == 1


def test_a_box_has_the_colour_of_its_agent_in_the_chart():
    found = boxes(report(node("a", 1, node("a/b", 3)), unattributed=spent(1)), "cost")
    assert [colour(box, {"b": 3}) for box in found] == [MOST_SERIES, 3, MOST_SERIES]
    a, b, nobody = (colour(box, None) for box in found)
    assert {a, b} <= set(range(MOST_SERIES))
    assert nobody == MOST_SERIES


def test_what_is_too_narrow_for_a_letter_has_no_words():
    found = boxes(report(node("a", 99), node("b", 1)), "cost")
    assert [box.has_room for box in found] == [True, False]
