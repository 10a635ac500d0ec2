"""What is read of a period is the sum of its uses, whatever was added up meanwhile, however the
spans came, and when they are gone."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.costs.days import close_days
from agentscope.costs.models import DayDue, PathCost
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.routing.days import KEPT, add_up_days, add_up_uses, forget_uses
from agentscope.routing.models import AddedDay, DayUse, ModelUse
from agentscope.routing.read import ADDED, HOUR, SAID, advice, lines_of
from agentscope.traces.models import Trace
from agentscope.vocabulary import Usage
from tests.kit.costs import DAY_NS, HOUR_NS, NOON_TIME, Understood, agent, call, day, store, uuid

pytestmark = pytest.mark.django_db
OFTEN = settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PROJECT, OTHER = 41, 42
BOUNDS = (("least_input", min), ("most_input", max), ("most_output", max))
MONTH = day(-40), day(40)
Told = dict[tuple[Any, ...], tuple[int, ...]]  # what was said: sums and bounds


@pytest.fixture(autouse=True)
def now(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days after noon; nothing expires."""
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON_TIME + timedelta(days=2))


def by_hand(since: Any, until: Any) -> Told:
    """The same from all uses, one by one."""
    groups: dict[tuple[Any, ...], list[ModelUse]] = {}
    for use in ModelUse.objects.filter(project_id=PROJECT):
        if since.timestamp() <= use.hour * HOUR < until.timestamp():
            said = tuple(getattr(use, name) for name in SAID)
            groups.setdefault((*said, use.size), []).append(use)
    return distinct((key[:-1], sums_of(uses)) for key, uses in groups.items())


def sums_of(uses: list[ModelUse]) -> tuple[int, ...]:
    sums = (sum(getattr(each, name) for each in uses) for name in ADDED)
    return (*sums, *(of(getattr(each, name) for each in uses) for name, of in BOUNDS))


def distinct(told: Any) -> Told:
    """Sizes are told apart by what is least and most of them."""
    return {(*key, *sums[-3:]): sums for key, sums in told}


def read(since: Any, until: Any) -> Told:
    """The lines of a period."""
    lines = lines_of(PROJECT, since, until)
    return distinct((astuple(each)[:7], sums_of_line(each)) for each in lines)


def sums_of_line(line: Any) -> tuple[int, ...]:
    bounds = line.least_input, line.most_input, line.most_output
    return (*astuple(line.record), *line.tokens, line.web_searches, *bounds)


def settled() -> None:
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)


def add_up_all() -> int:
    """Add up all days that are due; how many."""
    found = 0
    while add_up_days():
        found += 1
    return found


@st.composite
def told(draw: Any, number: int) -> Understood:
    """A call, on one of five days."""
    return call(
        draw(st.sampled_from([1, 2, 3])),
        number,
        draw(st.integers(0, number - 1)),
        model=draw(st.sampled_from(["gpt-4o", "gpt-5"])),
        after=draw(st.integers(-50, 60)) * HOUR_NS,
        usage=Usage(draw(st.sampled_from([9, 40_000])), draw(st.sampled_from([0, 9, 900]))),
        agent=draw(st.sampled_from(["", "planner"])),
    )


@OFTEN
@given(st.data())
def test_it_is_the_sum_of_uses_at_any_time(data: Any) -> None:
    for model in (ModelUse, DayUse, AddedDay, DayDue, PathCost, Trace):
        model.objects.all().delete()
    number = 0
    for _ in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 6))):
            number += 1
            store(PROJECT, data.draw(told(number)))
        settled()
        for _ in range(data.draw(st.integers(0, 6))):
            add_up_days()
        since = day(-3) + timedelta(minutes=30 * data.draw(st.integers(0, 150)))
        until = since + timedelta(minutes=30 * data.draw(st.integers(0, 300)))
        assert read(since, until) == by_hand(since, until)
        assert read(*MONTH) == by_hand(*MONTH)


def test_it_works() -> None:
    store(PROJECT, agent(1, 1, "planner"), *(call(1, 2 + each, 1) for each in range(3)))
    store(PROJECT, call(2, 9, 0, after=DAY_NS), call(3, 9, 0, after=2 * DAY_NS))
    store(OTHER, call(4, 9, 0))
    settled()
    assert add_up_all() == 3  # two days that are over, and one of the other project
    assert sorted(AddedDay.objects.values_list("project_id", "day")) == [
        (PROJECT, date(2026, 11, 25)),
        (PROJECT, date(2026, 11, 26)),
        (OTHER, date(2026, 11, 25)),
    ]
    assert add_up_all() == 0
    assert sum(each.record.calls for each in lines_of(PROJECT, *MONTH)) == 5


def test_days_are_read_from_their_sums() -> None:
    store(PROJECT, call(1, 1, 0))
    settled()
    add_up_all()
    DayUse.objects.update(calls=77)
    (line,) = lines_of(PROJECT, *MONTH)
    assert line.record.calls == 77
    (line,) = lines_of(PROJECT, day(0) + timedelta(hours=1), day(1))  # a part of the day
    assert line.record.calls == 1


def test_what_comes_late_is_read_at_once_and_added_up_later() -> None:
    store(PROJECT, call(1, 1, 0))
    settled()
    add_up_all()
    store(PROJECT, call(1, 2, 0), call(2, 1, 0))
    settled()
    (line,) = lines_of(PROJECT, *MONTH)
    assert line.record.calls == 3
    assert DayUse.objects.get().calls == 1
    assert add_up_all() == 1
    assert DayUse.objects.get().calls == 3


def test_a_day_that_changes_while_it_is_added_up_is_due_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(PROJECT, call(1, 1, 0))
    settled()

    def and_one_more(found: Any) -> None:
        add_up_uses(found)
        store(PROJECT, call(1, 2, 0))
        settled()

    monkeypatch.setattr("agentscope.routing.days.add_up_uses", and_one_more)
    assert add_up_days()
    monkeypatch.undo()
    (line,) = lines_of(PROJECT, *MONTH)
    assert line.record.calls == 2


def test_a_flaw_that_shows_later_changes_the_sums() -> None:
    store(PROJECT, call(1, 1, 0))
    settled()
    add_up_all()
    store(PROJECT, agent(1, 2, "root", outcome="failure"))
    settled()
    assert read(*MONTH) == by_hand(*MONTH)


def test_uses_go_with_their_trace_and_sums_stay(settings: Any) -> None:
    project = Project.objects.create(pk=PROJECT, name="shop")
    store(project.pk, call(1, 1, 0))
    settled()
    expected = read(*MONTH)
    settings.AGENTSCOPE_RETENTION_DAYS = 1
    close_days(add_up_uses)
    forget_uses()
    assert ModelUse.objects.count() == 1  # its trace is still there
    Trace.objects.filter(trace_id=uuid(1)).delete()
    forget_uses()
    assert ModelUse.objects.count() == 0
    assert read(*MONTH) == expected != {}
    assert advice(PROJECT, *MONTH) == []


def test_uses_of_days_that_are_not_over_stay() -> None:
    store(PROJECT, call(1, 1, 0))
    settled()
    Trace.objects.all().delete()
    forget_uses()
    assert ModelUse.objects.count() == 1


def test_old_sums_are_forgotten() -> None:
    store(PROJECT, call(1, 1, 0))
    settled()
    add_up_all()
    forget_uses()
    assert DayUse.objects.count() == AddedDay.objects.count() == 1
    for model in (DayUse, AddedDay):
        model.objects.update(day=(NOON_TIME + timedelta(days=1) - KEPT).date())
    forget_uses()
    assert DayUse.objects.count() == AddedDay.objects.count() == 0
