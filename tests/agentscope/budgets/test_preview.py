"""What a budget would have done."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from agentscope.budgets.policy import Terms, terms
from agentscope.budgets.preview import OF_WHOLE, TOP, WINDOWS, past, stretches
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import HOURLY, MINUTE, TODAY, WHOLE, look, tell
from tests.kit.costs import agent, call
from tests.kit.spans import NOON

DAY = 24 * 60 * MINUTE
NOW = NOON + MINUTE
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana"]


def used(project: Project, *spans: Any) -> None:
    """Spans that were metered."""
    tell(project, *spans)
    look(project)


def meant(limit: str = "10", **said: Any) -> Terms:
    return terms({"name": "daily", "limit": limit, "window": TODAY} | said)


def test_windows_before_are_told_with_who_would_have_been_stopped(project) -> None:
    used(project, agent(1, 1, "ada", after=-DAY), call(1, 2, 1, "12", after=-DAY))
    used(project, agent(2, 1, "bob", after=-DAY), call(2, 2, 1, "3", after=-DAY))
    used(project, agent(3, 1, "ada"), call(3, 2, 1, "4"))
    today, yesterday, *others = past(project, meant(each="agent"), NOW)
    assert (today.groups, today.most, today.over) == (1, Decimal(4), [])
    assert (yesterday.groups, yesterday.most) == (2, Decimal(12))
    assert yesterday.over == [("ada", Decimal(12))]
    assert len(others) == WINDOWS - 2
    assert not any(each.groups or each.over for each in others)


def test_all_together_add_up(project) -> None:
    used(project, call(1, 1, 0, "6"), call(2, 1, 0, "4"))
    assert past(project, meant(), NOW)[0].over == [("", Decimal(10))]


def test_what_has_no_price_is_counted_apart(project) -> None:
    used(project, call(1, 1, 0, model="unheard-of"), call(1, 2, 0, "1"))
    today = past(project, meant(), NOW)[0]
    assert (today.most, today.unpriced_calls) == (Decimal(1), 1)


def test_another_project_is_not_seen(project) -> None:
    used(Project.objects.create(name="other"), call(1, 1, 0, "99"))
    assert past(project, meant(), NOW)[0].most == 0


def test_whole_runs_are_one_window(project) -> None:
    used(project, call(1, 1, 0, "12", after=-DAY))
    (only,) = past(project, meant(each="trace", window=WHOLE), NOW)
    assert only.window.end_ns - only.window.begin_ns == OF_WHOLE * 10**9
    assert [amount for _, amount in only.over] == [Decimal(12)]


def test_no_more_are_told_than_can_be_read_and_it_is_said(project) -> None:
    used(project, *(call(number, 1, 0, "1") for number in range(1, TOP + 3)))
    today = past(project, meant("1", each="trace"), NOW)[0]
    assert (today.groups, len(today.over), today.is_all) == (TOP + 2, TOP, False)


def test_as_many_as_can_be_read_are_all(project) -> None:
    used(project, *(call(number, 1, 0, "1") for number in range(1, TOP + 1)))
    today = past(project, meant("1", each="trace"), NOW)[0]
    assert (len(today.over), today.is_all) == (TOP, True)


@pytest.mark.parametrize("each", ["", "agent", "session"])
def test_the_number_of_queries_does_not_grow(project, each) -> None:
    used(project, call(1, 1, 0, "1"))
    counts = []
    for number in (2, 30):
        used(project, *(call(number + at, 1, 0, "1") for at in range(number)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            past(project, meant(each=each), NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@given(
    zone=st.sampled_from(ZONES),
    now=st.integers(10**18, 2 * 10**18),
    window=st.sampled_from(
        [HOURLY, *({"kind": "calendar", "unit": unit} for unit in ("day", "week", "month"))]
    ),
)
def test_windows_follow_each_other_without_a_gap(zone, now, window) -> None:
    found = list(stretches(meant(window=window), now, ZoneInfo(zone)))
    assert now in found[0] or now == found[0].end_ns
    for later, earlier in pairwise(found):
        assert earlier.end_ns == later.begin_ns
        assert earlier.begin_ns < earlier.end_ns
