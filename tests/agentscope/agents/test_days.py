"""Agents by day: what pages read comes to exactly what agents did in single traces."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil, log
from uuid import UUID

import numpy as np
import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.agents import read
from agentscope.agents.days import add_up, forget_runs
from agentscope.agents.models import AgentDay, AgentRun
from agentscope.agents.read import AgentFilters
from agentscope.agents.sums import PACKED, Quantiles, middle
from agentscope.costs.days import Day
from agentscope.costs.models import DayDue
from agentscope.erasure.remove import remove_traces
from agentscope.pipeline import examine, partitions, roll_up_days
from agentscope.traces.models import Trace
from agentscope.vocabulary import Status
from tests.kit.costs import DAY_NS, NOON_TIME, agent, call, day, settle, store, tell, uuid

pytestmark = pytest.mark.django_db

PROJECT, OTHER = 1, 2
START = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 4
EVERY = AgentFilters()
SOME = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ADDED = (
    "runs failed_runs errors llm_calls tool_calls input_tokens output_tokens known_cost "
    "inclusive_cost inclusive_unpriced unpriced_calls unpriced_tokens durations_left"
).split()
names, counts = st.sampled_from(["a", "b", "c"]), st.integers(0, 10**6)
money = st.integers(0, 10**15).map(lambda pico: Decimal(pico).scaleb(-12))
times = st.integers(0, DAYS * 24 * 60 - 1).map(lambda at: START + timedelta(minutes=at))
lasted = st.one_of(st.integers(0, 100), st.integers(0, 2**62))


@st.composite
def rows(draw, project_id=PROJECT):
    """What an agent did in a trace, whatever it may be."""
    numbers = {name: draw(money if name.endswith("_cost") else counts) for name in ADDED}
    used = st.fixed_dictionaries(
        {"calls": counts, "pico": st.integers(0, 2**80), "unpriced": counts}
    )
    called = st.fixed_dictionaries({"calls": counts, "errors": counts})
    edge = st.tuples(names, st.sampled_from(["contains", "hands_off"]), counts, counts, counts)
    return AgentRun(
        trace_id=UUID(int=draw(st.integers(1, 2**100))),
        project_id=project_id,
        agent=draw(names),
        started_at=draw(times),
        service=draw(st.sampled_from(["", "shop"])),
        environment=draw(st.sampled_from(["", "live"])),
        versions=draw(st.sampled_from([[], ["1"], ["1", "2"]])),
        durations_ns=draw(st.lists(lasted, max_size=4)),
        tools=draw(st.dictionaries(names, called, max_size=2)),
        models_used=draw(st.dictionaries(names, used, max_size=2)),
        callers=list(map(list, draw(st.lists(edge, max_size=2)))),
        **numbers,
    )


def many(most, project_id=PROJECT):
    """So many of them at most, each of a trace of its own."""
    return st.lists(rows(project_id), max_size=most, unique_by=lambda run: run.trace_id)


def put(*runs: AgentRun) -> None:
    """Make these all that was ever done, and add up their days."""
    AgentRun.objects.all().delete()
    AgentDay.objects.all().delete()
    AgentRun.objects.bulk_create(runs)
    for project_id, when in {(run.project_id, run.started_at.date()) for run in runs}:
        add_up(Day(project_id, when, 0))


def matching(runs, filters, name):
    """The rows that filters find."""
    return [
        run
        for run in runs
        if run.agent == name
        and (not filters.since or run.started_at >= filters.since)
        and (not filters.until or run.started_at < filters.until)
        and (not filters.service or run.service == filters.service)
        and (not filters.environment or run.environment == filters.environment)
    ]


def quantile(runs, percent):
    """The time that so many in a hundred runs took at most, exactly; None if none ended."""
    took = sorted(ns for run in runs for ns in run.durations_ns)
    return took[ceil(len(took) * percent / 100) - 1] if took else None


def close(found, exact):
    """Whether a quantile is as exact as is said. A nanosecond is what rounding may add."""
    return found == exact or abs(found - exact) <= Decimal("0.02") * exact + 1


def named(dicts, *numbers):
    """Objects of numbers by name, added up."""
    found = {}
    for each in dicts:
        for name, said in each.items():
            before = found.get(name, [0] * len(numbers))
            found[name] = [old + said[key] for old, key in zip(before, numbers, strict=True)]
    return [(name, *said) for name, said in sorted(found.items())]


filters = st.builds(
    AgentFilters,
    since=st.none() | times | times.map(lambda at: at.replace(hour=0, minute=0)),
    until=st.none() | times | times.map(lambda at: at.replace(hour=0, minute=0)),
    service=st.sampled_from(["", "shop"]),
    environment=st.sampled_from(["", "live"]),
)


@SOME
@given(many(12), many(3, OTHER), filters)
def test_a_period_is_what_its_runs_come_to_whatever_the_period(runs, others, asked):
    put(*runs, *others)
    for name in ("a", "b", "c"):
        found, wanted = read.agent(PROJECT, name, asked), matching(runs, asked, name)
        if not wanted:
            assert found is None
            continue
        assert found.amounts.traces == len(wanted)
        for number in ADDED:
            assert getattr(found.amounts, number) == sum(getattr(run, number) for run in wanted)
        assert found.amounts.first_at == min(run.started_at for run in wanted)
        assert found.amounts.last_at == max(run.started_at for run in wanted)
        took = found.quantiles
        for percent, ns in ((50, took.p50), (90, took.p90), (95, took.p95), (99, took.p99)):
            assert close(ns, quantile(wanted, percent))
        assert [(t.name, t.calls, t.errors) for t in found.tools] == named(
            (run.tools for run in wanted), "calls", "errors"
        )
        assert [(m.name, m.calls, m.known_cost.scaleb(12), m.unpriced) for m in found.models] == (
            named((run.models_used for run in wanted), "calls", "pico", "unpriced")
        )
        assert found.versions == sorted({each for run in wanted for each in run.versions})
        assert found.services == sorted({run.service for run in wanted} - {""})


@SOME
@given(many(12), filters)
def test_its_page_is_what_its_runs_come_to(runs, asked):
    put(*runs)
    wanted = matching(runs, asked, "a")
    days = {each.day: each for each in read.days(PROJECT, "a", asked)}
    assert days.keys() == {run.started_at.date() for run in wanted}
    assert sum(each.known_cost for each in days.values()) == sum(run.known_cost for run in wanted)
    versions = read.versions(PROJECT, "a", asked)
    assert {each.name: each.amounts.traces for each in versions} == Counter(
        ", ".join(run.versions) for run in wanted
    )
    for each in versions:
        of_it = [run for run in wanted if ", ".join(run.versions) == each.name]
        assert close(each.quantiles.p90, quantile(of_it, 90))
    edges = Counter()
    for run in wanted:
        for caller, kind, number, *_ in run.callers:
            edges[caller, kind] += number
    assert {(e.agent, e.kind): e.runs for e in read.callers(PROJECT, "a", asked)} == edges
    calls = Counter()
    for name in ("a", "b", "c"):
        for run in matching(runs, asked, name):
            for caller, kind, number, *_ in run.callers:
                calls[name, kind] += number if caller == "a" else 0
    found = {(e.agent, e.kind): e.runs for e in read.callees(PROJECT, "a", asked)}
    assert +Counter(found) == +calls


@SOME
@given(many(8), st.randoms(use_true_random=False))
def test_the_days_are_the_same_in_any_order_and_however_often(runs, chance):
    put(*runs)
    before = stored()
    for when in [run.started_at.date() for run in runs] * 2:
        add_up(Day(PROJECT, when, 0))
    assert stored() == before  # and the same rows: what is the same is not written again
    chance.shuffle(runs)
    put(*runs)
    assert [row[1:] for row in stored()] == [row[1:] for row in before]


def stored():
    """All rows of days."""
    order = ("project_id", "day", "agent", "service", "environment", "versions")
    return list(AgentDay.objects.order_by(*order).values_list())


@given(st.integers(1, 2**63 - 1))
def test_the_middle_of_a_bucket_is_near_all_that_it_holds(ns):
    for bucket in {ceil(log(ns) / log(1.04) - 1e-9), ceil(log(ns) / log(1.04) + 1e-9)}:
        assert close(middle(bucket), ns)


def test_no_run_that_ended_has_no_quantiles():
    assert Quantiles.of(None) == Quantiles.of(b"") == Quantiles()
    no_time = np.array([(-1, 3)], PACKED).tobytes()
    assert Quantiles.of(no_time) == Quantiles(0, 0, 0, 0)


def test_numbers_that_are_too_large_add_up_to_no_more_than_a_column_holds():
    said = {"agent": "a", "started_at": START, "input_tokens": 2**63 - 1, "project_id": PROJECT}
    put(*(AgentRun(trace_id=uuid(number), **said) for number in (1, 2)))
    assert read.agent(PROJECT, "a", EVERY).amounts.input_tokens == 2**63 - 1


def test_a_trace_that_is_examined_again_changes_its_days():
    store(PROJECT, agent(1, 1, "planner"), call(1, 2, 1, "0.1"))
    examine(PROJECT, uuid(1))
    assert read.agents(PROJECT, EVERY, 0, 10).days_due == 1
    roll_up_days()
    assert spent() == {"planner": Decimal("0.1")}
    assert read.agents(PROJECT, EVERY, 0, 10).days_due == 0
    tell(PROJECT, call(1, 3, 1, "0.2"))
    assert spent() == {"planner": Decimal("0.3")}
    tell(PROJECT, agent(1, 4, "lead", after=-DAY_NS), call(1, 5, 4, "1"))
    assert spent() == {"lead": Decimal(1), "planner": Decimal("0.3")}
    assert set(AgentDay.objects.values_list("agent", "day")) == {
        ("planner", day(0).date()),
        ("lead", day(-1).date()),
    }


def test_providers_and_failures_by_class_add_up():
    failed = {"status": Status.ERROR, "provider": "openai", "error_class": "timeout"}
    tell(PROJECT, *(call(trace, 1, 0, "1", agent="a", **failed) for trace in (1, 2)))
    (row,) = AgentDay.objects.all()
    assert (row.traces, row.errors) == (2, 2)
    assert row.providers == {"openai": {"calls": 2}}
    assert row.error_classes == {"timeout": {"errors": 2}}


def test_an_agent_that_moves_to_another_day_is_gone_from_the_first():
    tell(PROJECT, call(1, 2, 0, "0.1", agent="planner"))
    tell(PROJECT, call(1, 1, 0, "0.2", agent="planner", after=-DAY_NS))
    assert [each.day for each in AgentDay.objects.all()] == [day(-1).date()]
    assert spent() == {"planner": Decimal("0.3")}


def spent(**filters):
    """Own costs by agent."""
    found = read.agents(PROJECT, replace(EVERY, **filters), 0, 10)
    return {each.name: each.amounts.known_cost for each in found.items}


@pytest.fixture
def expired(settings):
    """A trace older than the retention, dropped."""
    tell(PROJECT, agent(1, 1, "planner"), call(1, 2, 1, "0.1"))
    tell(OTHER, agent(2, 1, "planner"), call(2, 2, 1, "5"))
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    Trace.objects.update(last_seen_at=NOON_TIME)
    with time_machine.travel(NOON_TIME + timedelta(days=40), tick=False):
        partitions()


def test_when_traces_expire_their_days_stay_as_sums(expired):
    assert (Trace.objects.count(), AgentRun.objects.count()) == (0, 0)
    assert spent() == {"planner": Decimal("0.1")}
    assert read.latest(PROJECT, "planner", EVERY, 10) == []


def test_the_newest_runs_are_those_whose_trace_is_there():
    tell(PROJECT, *(agent(number, 1, "planner") for number in range(1, 5)))
    newest = [each.run.trace_id for each in read.latest(PROJECT, "planner", EVERY, 4)]
    remove_traces(PROJECT, [newest[0].hex, newest[2].hex])
    found = read.latest(PROJECT, "planner", EVERY, 2)
    assert [each.run.trace_id for each in found] == [newest[1], newest[3]]
    assert all(each.state for each in found)
    assert AgentRun.objects.count() == 4  # what was spent stays


def test_what_comes_for_a_closed_day_does_not_change_it(expired):
    tell(PROJECT, agent(3, 1, "planner"), call(3, 2, 1, "7"))
    assert spent() == {"planner": Decimal("0.1")}
    assert AgentRun.objects.filter(project_id=PROJECT).count() == 1


def test_runs_of_living_traces_and_open_days_are_kept():
    tell(PROJECT, agent(1, 1, "a"), agent(2, 1, "a", after=DAY_NS), agent(3, 1, "a"))
    Trace.objects.exclude(trace_id=uuid(3)).delete()
    forget_runs()
    assert AgentRun.objects.count() == 3
    DayDue.objects.filter(day=day(0).date()).update(closed=True)
    forget_runs()
    assert set(AgentRun.objects.values_list("trace_id", flat=True)) == {uuid(2), uuid(3)}


def test_days_that_no_right_clock_tells_leave_no_runs():
    tell(PROJECT, agent(1, 1, "a", after=365 * 10 * DAY_NS), agent(2, 1, "a"))
    Trace.objects.all().delete()
    forget_runs()
    assert list(AgentRun.objects.values_list("trace_id", flat=True)) == [uuid(2)]


def test_two_projects_do_not_mix():
    tell(PROJECT, agent(1, 1, "planner"), call(1, 2, 1, "0.1"))
    tell(OTHER, agent(1, 1, "planner"), call(1, 2, 1, "5"))
    settle()
    assert spent() == {"planner": Decimal("0.1")}
    assert read.agent(OTHER, "planner", EVERY).amounts.known_cost == 5


def test_a_period_begins_at_midnight():
    now = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    start = read.midnight_before(now, timedelta(days=7))
    assert start == datetime(2026, 11, 19, tzinfo=UTC)
