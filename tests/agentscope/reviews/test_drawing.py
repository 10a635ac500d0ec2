from collections.abc import Iterator
from decimal import Decimal
from math import sqrt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.reviews.drawing import ALL, is_drawn, lot

TRACES, SPANS = st.uuids(), st.integers(-(2**63), 2**63 - 1)
QUEUES = st.integers(1, 2**63 - 1)
SHARES = st.decimals("0.000001", 1, places=6)
MANY = 20_000
SIGMAS = 5  # of chance: one such test in millions is beyond them


def names() -> Iterator[tuple[UUID, int]]:
    """Names as senders choose them: of some nearly all digits are 0."""
    yield from ((UUID(int=number), 1) for number in range(1, MANY // 2 + 1))
    yield from ((UUID(int=7), number) for number in range(MANY // 2))


@pytest.mark.parametrize("share", ["0.000001", "0.01", "0.05", "0.5", "0.999999"])
@pytest.mark.parametrize("queue", [1, 2, 10**12])
def test_the_share_that_is_drawn_is_the_one_that_was_said(queue, share):
    wanted = Decimal(share)
    drawn = sum(is_drawn(queue, wanted, *name) for name in names())
    spread = SIGMAS * sqrt(MANY * wanted * (1 - wanted)) + 1
    assert abs(drawn - MANY * wanted) <= spread


@given(QUEUES, TRACES, SPANS, SHARES, SHARES)
def test_a_larger_share_has_all_of_a_smaller_one(queue, trace, span, a, b):
    small, large = sorted((a, b))
    assert is_drawn(queue, large, trace, span) or not is_drawn(queue, small, trace, span)


@given(QUEUES, TRACES, SPANS)
def test_all_are_drawn_where_all_are_wanted(queue, trace, span):
    assert 0 <= lot(queue, trace, span) < ALL
    assert is_drawn(queue, Decimal(1), trace, span)


def test_queues_draw_apart_from_each_other():
    half = Decimal("0.5")
    both = sum(is_drawn(1, half, *name) and is_drawn(2, half, *name) for name in names())
    assert abs(both - MANY / 4) <= SIGMAS * sqrt(MANY * 3 / 16)


def test_lots_stay_what_they_are_from_release_to_release():
    assert lot(1, UUID(int=1), 1) == 14397626851913478168
    assert lot(1, UUID(int=1), -1) != lot(1, UUID(int=1), 1)
