"""Anomalies from what was stored to findings: written, withdrawn, the same in any order."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.agents.models import AgentRun
from agentscope.findings.causes import add_up
from agentscope.findings.history import Asked
from agentscope.findings.judging import anomalies_of, judge_due, mark_changed
from agentscope.findings.models import Cause, Finding, JudgedDay, Threshold
from agentscope.findings.severity import Severity
from agentscope.findings.write import forget_findings
from agentscope.pipeline import examine
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from agentscope.vocabulary import Content, Kind, Status
from tests.kit.costs import (
    DAY_NS,
    HOUR_NS,
    Understood,
    agent,
    call,
    day,
    settle,
    span,
    store,
    tell,
    uuid,
)

pytestmark = pytest.mark.django_db

PROJECT, OTHER = 81, 82
MINUTE_NS = 60 * 10**9
TODAY = day(0).date()


def run(trace: int, usd: str, after: int = 0, name: str = "scout", **said: Any) -> list[Understood]:
    """An agent that makes one model call and calls one tool."""
    return [
        agent(trace, 1, name, after=after),
        call(trace, 2, 1, usd, after=after + MINUTE_NS, **said),
        span(trace, 3, 1, after=after + 2 * MINUTE_NS, kind=Kind.TOOL, tool="search"),
    ]


def ordinary(days: int = 6, a_day: int = 3, usd: str = "0.04") -> list[list[Understood]]:
    """Runs of the days before."""
    return [
        run(1000 + 10 * back + number, usd, -back * DAY_NS + number * HOUR_NS)
        for back in range(1, days + 1)
        for number in range(a_day)
    ]


def judge() -> None:
    """Judge every day that is due, whether it has rested or not."""
    JudgedDay.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while judge_due():
        pass
    while add_up():
        pass


def said(*runs: list[Understood], project_id: int = PROJECT) -> None:
    """Store these runs, and do all that follows."""
    tell(project_id, *(each for spans in runs for each in spans))
    judge()


def of(project_id: int = PROJECT, **kept: Any) -> list[Finding]:
    rows = Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True, **kept)
    return list(rows.order_by("code", "subject", "trace_id", "first_ns"))


def test_a_dear_run_is_told_with_its_arithmetic() -> None:
    said(*ordinary(), run(1, "0.48"))
    (found,) = of()
    assert found.sentence == "scout cost $0.48: 12 × this agent's median of $0.04 over 18 runs."
    assert (found.trace_id, found.code, found.agent) == (uuid(1), "cost_anomaly", "scout")
    assert (found.first_span, found.span_ids, found.path) == (1, [1, 2], "scout")
    assert (found.severity, str(found.known_cost)) == (Severity.WARNING, "0.440000000000")
    assert found.evidence == {
        "value": "0.480000000000",
        "median": "0.040000000000",
        "unit": "USD",
        "ratio": 12.0,
        "samples": 18,
    }
    cause = Cause.objects.get(project_id=PROJECT)
    assert (cause.sentence, cause.findings) == (found.sentence, 1)


def test_an_examination_leaves_it_alone() -> None:
    said(*ordinary(), run(1, "0.48"))
    (before,) = of()
    examine(PROJECT, uuid(1))
    settle()
    judge()
    assert of() == [before]
    assert of()[0].raised_at == before.raised_at


def test_late_runs_of_days_before_withdraw_it() -> None:
    said(run(1, "6"))
    (found,) = of()
    assert found.sentence == "scout cost $6.00: there are no earlier runs to compare it with."
    said(*ordinary(usd="4"))
    assert of() == []
    assert Finding.objects.get(pk=found.pk).withdrawn_at is not None
    assert not Cause.objects.filter(findings__gt=0).exists()


def test_a_late_span_changes_what_is_said() -> None:
    said(*ordinary(), run(1, "0.48"))
    store(PROJECT, call(1, 9, 1, "0.12"))
    settle()
    judge()
    assert [each.sentence[:24] for each in of()] == ["scout cost $0.60: 15 × t"]


def findings() -> list[tuple[Any, ...]]:
    return [
        (each.trace_id, each.sentence, each.severity, each.span_ids, each.first_ns) for each in of()
    ]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_does_not_matter(seed: int) -> None:
    """Of runs on a first day and on later ones, told in any order and in any parts."""
    first = [run(500 + at, "0.04", -9 * DAY_NS + at * MINUTE_NS) for at in range(11)]
    odd = [run(1, "0.48"), run(2, "9", -9 * DAY_NS + HOUR_NS), run(3, "0.7", -3 * DAY_NS)]
    everything = [*first, *ordinary(days=4, a_day=2), *odd]
    said(*everything)
    expected = findings()
    assert len(expected) == 3
    Finding.objects.all().delete()
    Trace.objects.all().delete()
    connection.cursor().execute("delete from span; delete from agent_run; delete from path_cost")
    chance = random.Random(seed)
    chance.shuffle(everything)
    for part in (everything[::3], everything[1::3], everything[2::3]):
        said(*part)
    assert findings() == expected


def test_an_hour_that_costs_too_much_hangs_on_its_dearest_trace() -> None:
    usual = [run(100 + back, "0.5", -back * DAY_NS) for back in range(1, 8)]
    hour = [run(at, "0.2", at * MINUTE_NS) for at in range(1, 20)]
    said(*usual, *hour, run(77, "0.24", 30 * MINUTE_NS))
    (found,) = of(code="cost_anomaly")
    assert (found.trace_id, found.subject, found.agent) == (uuid(77), "scout per hour", "scout")
    assert found.sentence == (
        "scout cost $4.04 on 2026-11-25 from 12:00 to 13:00 UTC: "
        "8.1 × this agent's median of $0.50 over 5 such hours of the day."
    )
    assert found.last_ns - found.first_ns == HOUR_NS
    assert str(found.known_cost) == "3.540000000000"


def test_many_agents_together_are_the_projects() -> None:
    names = [f"agent {number}" for number in range(12)]
    usual = [run(100 + back, "0.5", -back * DAY_NS) for back in range(1, 8)]
    said(*usual, *(run(at + 1, "0.9", name=name) for at, name in enumerate(names)))
    (found,) = of(code="cost_anomaly")
    assert found.subject == "the project per hour"
    assert found.sentence.startswith("The project cost $10.80 on 2026-11-25 from 12:00 to 13:00")


def test_first_tools_and_models_are_noted_after_enough_runs() -> None:
    new = [*run(1, "0.04", model="gpt-4o-mini"), tool(1, 4, "refund"), tool(1, 5, "lookup")]
    again = [*run(2, "0.04", HOUR_NS), tool(2, 4, "refund", HOUR_NS)]
    said(*ordinary(days=6, a_day=5), new, again)
    assert [(each.code, each.subject, each.trace_id) for each in of()] == [
        ("new_model", "gpt-4o-mini", uuid(1)),
        ("new_tool", "lookup", uuid(1)),
        ("new_tool", "refund", uuid(1)),
    ]
    assert [Severity(each.severity) for each in of()] == [1, 1, 2], "a refund changes something"
    assert [each.span_ids for each in of()] == [[2], [5], [4]]
    assert of()[2].sentence == (
        "scout called refund, which none of its 30 runs in the 28 days before did."
    )


def test_on_a_first_day_the_runs_before_are_the_history() -> None:
    day = [run(100 + at, "0.04", at * MINUTE_NS) for at in range(30)]
    said(*day, [*run(1, "0.04", 2 * HOUR_NS), tool(1, 4, "lookup", 2 * HOUR_NS)])
    (found,) = of()
    assert found.sentence == (
        "scout called lookup, which none of its 30 runs in the 28 days before did."
    )


def fetch(trace: int, url: str, after: int = 0) -> list[Understood]:
    content = Content(arguments={"url": url})
    asked = span(
        *(trace, 4, 1), after=after + MINUTE_NS, kind=Kind.TOOL, tool="fetch", content=content
    )
    return [*run(trace, "0.04", after), asked]


def test_a_first_host_is_named() -> None:
    usual = [
        fetch(100 + at, f"https://docs.example/{at}", -DAY_NS + at * MINUTE_NS) for at in range(30)
    ]
    said(*usual, fetch(1, "https://docs.example/new"), fetch(2, "https://evil.example/?q=1"))
    (found,) = of()
    assert (found.code, found.subject, found.span_ids) == ("new_host", "evil.example", [4])
    assert found.sentence == (
        "scout called evil.example with fetch, which none of its 30 runs in the 28 days before did."
    )
    said(*usual, fetch(3, "https://evil.example/again", HOUR_NS))
    assert of() == [found], "it is told once"


def tool(trace: int, number: int, name: str, after: int = 0) -> Understood:
    return span(trace, number, 1, after=after + 3 * MINUTE_NS, kind=Kind.TOOL, tool=name)


def test_errors_and_traces_without_agents() -> None:
    plain = [
        [call(200 + at, 1, 0, "0.04", name="nightly", after=-DAY_NS + at * MINUTE_NS)]
        for at in range(12)
    ]
    failing = [
        call(9, 1 + at, 0 if at == 0 else 1, "0.001", name="nightly", status=Status.ERROR)
        for at in range(8)
    ]  # the outermost is told by those that it holds
    said(*plain, failing, [call(8, 1, 0, "0.48", name="nightly")])
    assert [each.sentence for each in of()] == [
        "nightly cost $0.48: 12 × the median of $0.04 over 12 traces of this name.",
        "nightly failed in 7 of 7 steps: 100 × the median of at most 1% over 12 traces of this"
        " name.",
    ]


def test_a_clock_that_is_wrong_keeps_no_day_from_being_judged() -> None:
    said(*ordinary(), run(1, "0.48"))
    AgentRun.objects.filter(trace_id=uuid(1)).update(durations_ns=[2**63 - 1])
    JudgedDay.objects.update(due_at=EPOCH)
    judge()
    assert of()[0].last_ns == 2**63 - 1


def test_two_projects_never_mix() -> None:
    said(*ordinary(), project_id=OTHER)
    said(run(1, "0.48"))
    assert of() == [], "the history is of another project"
    said(*ordinary())
    assert len(of()) == 1
    assert of(OTHER) == []


def test_a_project_may_switch_it_off() -> None:
    said(*ordinary(), run(1, "0.48"))
    Threshold.objects.create(
        project_id=PROJECT, code="cost_anomaly", inform=3, alert=5, enabled=False
    )
    JudgedDay.objects.update(due_at=EPOCH)
    judge()
    assert of() == []


def test_findings_go_with_their_traces() -> None:
    said(*ordinary(), run(1, "0.48"))
    Trace.objects.filter(trace_id=uuid(1)).delete()
    forget_findings()
    JudgedDay.objects.update(due_at=EPOCH)
    judge()
    assert not Finding.objects.exists()


def test_a_day_that_changes_makes_those_after_it_due() -> None:
    said(*ordinary(days=3), run(1, "0.04"))
    assert not JudgedDay.objects.filter(due_at__isnull=False).exists()
    old = TODAY - timedelta(days=2)
    mark_changed(type("Day", (), {"project_id": PROJECT, "day": old})())
    due = JudgedDay.objects.filter(due_at__isnull=False).order_by("day")
    assert [row.day for row in due] == [old, old + timedelta(days=1), TODAY]


def test_the_number_of_queries_does_not_depend_on_what_is_there() -> None:
    said(*ordinary(), run(1, "0.48"))
    with CaptureQueriesContext(connection) as few:
        assert len(anomalies_of(Asked(PROJECT, TODAY))) == 1
    said(*(run(300 + at, "0.48", name=f"agent {at % 7}") for at in range(20)))
    with CaptureQueriesContext(connection) as many:
        anomalies_of(Asked(PROJECT, TODAY))
    assert (len(few), len(many)) == (12, 13), "one more for traces of hours, if there are any"
    assert not any("span_payload" in each["sql"] for each in many)
