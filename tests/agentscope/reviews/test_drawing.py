from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from math import sqrt
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.records.models import Record
from agentscope.reviews.drawing import ALL, is_drawn, lot
from agentscope.reviews.fill import drawn_by
from agentscope.reviews.models import Queue
from agentscope.reviews.rule import Candidate
from tests.agentscope.reviews.decided import LONG_AGO

TRACES, SPANS = st.uuids(), st.integers(-(2**63), 2**63 - 1)
QUEUES = st.integers(1, 2**63 - 1)
SHARES = st.decimals("0.000001", 1, places=6)
MOMENTS = st.datetimes(datetime(2020, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001 (zones follow)
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


@settings(derandomize=True)  # chance would have one of many millions fail
@given(st.integers(1, 2**63 - 1))
def test_five_percent_are_five_percent_of_any_queue(queue):
    share, many = Decimal("0.05"), 2_000
    drawn = sum(is_drawn(queue, share, UUID(int=each), 1) for each in range(many))
    assert abs(drawn - 100) <= 7 * sqrt(95)


@given(QUEUES, SHARES, TRACES, SPANS, MOMENTS, MOMENTS, st.sampled_from(Record.Outcome))
def test_time_and_what_came_of_it_do_not_matter(queue, share, trace, span, one, other, outcome):
    rule = Queue(pk=queue, share=share, since=LONG_AGO, only={})

    def is_of_it(at: datetime, outcome: str) -> bool:
        drawn = Candidate(trace, span, at, "planner", outcome, [], [], None)
        return drawn_by([rule], drawn) == [rule]

    said = "done" if outcome == "running" else outcome
    assert is_of_it(one, "done") == is_of_it(other, said) == is_drawn(queue, share, trace, span)


def test_queues_draw_apart_from_each_other():
    half = Decimal("0.5")
    both = sum(is_drawn(1, half, *name) and is_drawn(2, half, *name) for name in names())
    assert abs(both - MANY / 4) <= SIGMAS * sqrt(MANY * 3 / 16)


def test_lots_stay_what_they_are_from_release_to_release():
    assert lot(1, UUID(int=1), 1) == 14397626851913478168
    assert lot(1, UUID(int=1), -1) != lot(1, UUID(int=1), 1)
