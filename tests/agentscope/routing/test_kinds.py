"""The thresholds between kinds of calls, and the sizes that prices change at."""

import numpy as np
import pytest

from agentscope.prices.catalogue import read_catalogue, rows_of
from agentscope.routing.kinds import LIGHT, RULES, SIZES, CallKind, Numbers, kinds_of, sizes_of


def kind(went_in, text, reasoning=0, *, hands_over=False, calls_tools=False):
    column = (np.array([each]) for each in (went_in, text, reasoning, hands_over, calls_tools))
    return CallKind(int(kinds_of(Numbers(*column))[0]))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((100, 0), CallKind.UNKNOWN),
        ((100, 16), CallKind.CLASSIFICATION),
        ((100, 17), CallKind.SHORT_ANSWER),
        ((100, 256), CallKind.SHORT_ANSWER),
        ((100, 257), CallKind.LONG_ANSWER),
        ((2_569, 257), CallKind.LONG_ANSWER),
        ((2_570, 257), CallKind.EXTRACTION),
        ((100, 10, 1_023), CallKind.CLASSIFICATION),
        ((100, 10, 1_024), CallKind.REASONING),
    ],
)
def test_it_works(said, expected):
    assert kind(*said) == expected


def test_what_came_of_a_call_tells_more_than_its_size():
    assert kind(10, 40, hands_over=True, calls_tools=True) == CallKind.ROUTING
    assert kind(10, 512, calls_tools=True) == CallKind.TOOL_CHOICE
    assert kind(10_000, 513, calls_tools=True) == CallKind.LONG_ANSWER


def test_every_kind_has_a_rule_in_words():
    assert set(RULES) == set(CallKind)
    assert {CallKind.UNKNOWN, CallKind.LONG_ANSWER, CallKind.REASONING}.isdisjoint(LIGHT)


def test_sizes_are_those_at_which_the_price_list_changes_its_prices():
    assert {row[4] for row in rows_of(read_catalogue())} == set(SIZES)
    assert list(SIZES) == sorted(SIZES)


def test_a_call_is_in_the_last_size_that_it_reaches():
    assert sizes_of(np.array([0, 32_000, 32_001, 10**9])).tolist() == [0, 0, 1, len(SIZES) - 1]
