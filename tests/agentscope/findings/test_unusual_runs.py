"""What is out of the ordinary while a run is open, how runs fail, and what has a precedent: from
what was stored to findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agentscope.agents.models import AgentDay, AgentRun
from agentscope.findings.models import Finding, JudgedDay
from agentscope.traces.clocks import EPOCH
from agentscope.vocabulary import Kind, Status
from tests.agentscope.findings.test_judging import (
    MINUTE_NS,
    PROJECT,
    judge,
    of,
    ordinary,
    run,
    said,
)
from tests.kit.costs import DAY_NS, HOUR_NS, Understood, agent, call, span, uuid
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db


def opened(trace: int, *steps: Understood, minutes: int = 10) -> list[Understood]:
    """A run that has begun and is not over: its span was told at its start."""
    wire, meaning = agent(trace, 1, "scout")
    last = call(trace, 99, 1, "0.001", after=minutes * MINUTE_NS)
    return [(replace(wire, end_ns=0), meaning), *steps, last]


def without_root(spans: list[Understood]) -> list[Understood]:
    """What is told of a run before it is over, as most senders do: only what has ended."""
    return [(wire, replace(meaning, agent="scout")) for wire, meaning in spans[1:]]


def test_what_can_only_grow_is_told_while_the_run_is_open() -> None:
    said(*ordinary(), opened(1, call(1, 2, 1, "0.48")))
    assert [each.sentence for each in of()] == [
        "scout cost $0.48: 12 × this agent's median of $0.04 over 18 runs."
    ]


def test_what_is_told_of_an_open_run_is_told_once() -> None:
    """The root comes last, so the run begins earlier than was known."""
    whole = run(1, "0.48")
    said(*ordinary(), without_root(whole))
    (early,) = of()
    said(whole)
    (late,) = of()
    assert late.sentence == early.sentence
    assert (early.first_span, late.first_span) == (2, 1)
    assert late.raised_at == early.raised_at


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (
            [call(1, 2 + at, 1, "0.001", after=at * 10**9) for at in range(40)],
            "scout took 41 steps: 20 × this agent's median of 2 over 18 runs.",
        ),
        (
            [],
            "scout has been running for at least 10 min: 601 × this agent's median of 1 s over 18"
            " runs.",
        ),
    ],
    ids=["steps", "latency"],
)
def test_steps_and_time_of_an_open_run(steps: list[Understood], sentence: str) -> None:
    said(*ordinary(), opened(1, *steps))
    assert [each.sentence for each in of()] == [sentence]


def test_open_runs_are_no_samples_of_how_long_runs_take() -> None:
    said(*ordinary(), opened(1))
    assert AgentRun.objects.get(trace_id=uuid(1)).open_ns == 601 * 10**9
    assert [each.code for each in of()] == ["latency_anomaly"]
    over = opened(1)
    over[0] = agent(1, 1, "scout")  # its end is told after all: it took a second
    said(over)
    assert of() == []


def failing(trace: int, kind: str, count: int, after: int = 0) -> list[Understood]:
    """A run whose tool fails so often."""
    failures = [
        span(
            *(trace, 10 + at, 1),
            after=after + at * 10**9,
            kind=Kind.TOOL,
            tool="search",
            status=Status.ERROR,
            error_class=kind,
        )
        for at in range(count)
    ]
    return [*run(trace, "0.04", after), *failures]


def test_a_new_kind_of_failure_is_told_by_its_class() -> None:
    usual = [failing(200 + at, "timeout", 6, at * HOUR_NS - 2 * DAY_NS) for at in range(20)]
    said(*usual, failing(1, "auth", 6), failing(2, "timeout", 6))
    (found,) = of(code="error_anomaly")
    assert (found.subject, found.trace_id) == ("auth", uuid(1))
    assert found.sentence == (
        "scout failed with auth in 6 of 8 steps: 75 × this agent's median of at most 1% over 20"
        " runs."
    )
    assert found.span_ids[0] == 10


def test_failures_of_many_short_runs_are_told_by_the_hour() -> None:
    now = [failing(at, "rate_limit", 2, at * MINUTE_NS) for at in range(1, 11)]
    said(*ordinary(), *now)
    (found,) = of(code="error_anomaly")
    assert found.subject == "rate_limit per hour"
    assert found.sentence == (
        "scout failed with rate_limit in 20 of 40 steps on 2026-11-25 from 12:00 UTC for an hour: "
        "50 × this agent's median of at most 1% over 6 days."
    )


def test_days_before_classes_were_kept_say_nothing_of_them() -> None:
    usual = [failing(200 + at, "timeout", 2, -at * DAY_NS) for at in range(1, 8)]
    said(*usual, *(failing(at, "rate_limit", 2, at * MINUTE_NS) for at in range(1, 11)))
    assert [each.subject for each in of(code="error_anomaly")] == ["rate_limit per hour"]
    AgentDay.objects.filter(day__lt=of()[0].last_at.date()).update(error_classes={})
    again()
    assert of(code="error_anomaly") == []


def test_a_provider_that_is_new_is_told() -> None:
    usual = [run(100 + at, "0.04", -DAY_NS + at * MINUTE_NS, provider="openai") for at in range(30)]
    said(*usual, run(1, "0.04", provider="openai"), run(2, "0.04", HOUR_NS, provider="elsewhere"))
    (found,) = of()
    assert (found.code, found.subject, found.trace_id) == ("new_provider", "elsewhere", uuid(2))
    assert found.sentence == (
        "scout called models of elsewhere, which none of its 31 runs in the 28 days before did."
    )
    assert found.span_ids == [2]


def test_runs_that_name_no_provider_say_nothing_of_new_ones() -> None:
    said(*ordinary(days=6, a_day=5), run(1, "0.04", provider="openai"))
    assert of() == []


def test_what_is_done_once_a_month_is_told_the_first_time() -> None:
    def month(back: int) -> list[Understood]:
        return run(900 + back, "4", -back * DAY_NS)

    said(*ordinary(days=20), month(30), month(0))
    assert [each.trace_id for each in of()] == [], "the same came a month ago"
    Finding.objects.all().delete()
    said(run(901, "9", HOUR_NS))
    assert [each.trace_id for each in of(subject="scout")] == [uuid(901)], "it is twice as much"


def test_an_agent_that_takes_over_work_is_nothing_new() -> None:
    usual = [run(100 + back, "6", -back * DAY_NS, name="old") for back in range(1, 20)]
    said(*usual, run(1, "6", name="new"), run(2, "30", name="newer"))
    told = of(first_ns__gte=NOON - HOUR_NS, subject__in=("new", "newer"))
    assert [(each.trace_id, each.agent) for each in told] == [(uuid(2), "newer")]


def again(**_: Any) -> None:
    """Judge all days anew."""
    JudgedDay.objects.update(due_at=EPOCH)
    judge()


def test_many_small_agents_are_compared_by_how_many_there_are() -> None:
    """What is far off for one run in a thousand is no news in a project that has a thousand."""
    usual = [
        run(1000 * back + at, "0.5", -back * DAY_NS + at * MINUTE_NS, name=f"agent {at}")
        for back in range(1, 12)
        for at in range(4)
    ]
    said(*usual, run(1, "2.4", name="agent 1"))
    assert [each.agent for each in of(subject="agent 1")] == ["agent 1"]
    AgentDay.objects.filter(project_id=PROJECT, agent="agent 2").update(traces=10**9)
    again()
    assert of(subject="agent 1") == []
