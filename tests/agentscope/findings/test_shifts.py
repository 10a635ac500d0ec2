"""Costs that go up and stay up: told once, with the arithmetic, and not where work only varies."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents.models import AgentHour
from agentscope.findings.hourly import Row
from agentscope.findings.limits import USUAL, Limit, Limits
from agentscope.findings.severity import Severity
from agentscope.findings.shifts import OddShift, odd_shifts, shift_of
from agentscope.findings.waste import burn_per_hour
from bench.anomalies import RELEASE, shifted
from tests.agentscope.findings.test_judging import PROJECT, TODAY, of, run, said
from tests.agentscope.findings.test_unusual_runs import again
from tests.kit.costs import NOON_TIME
from tests.kit.series import DAY, MONDAY, QUIET, WARM_UP, doubled, series

USD = 10**12  # 1e-12 USD
RELEASED = MONDAY // DAY + RELEASE // DAY  # the day


@pytest.mark.parametrize("shape", QUIET.values(), ids=QUIET)
def test_what_varies_as_always_is_no_news(shape) -> None:
    assert np.mean([len(shifted(series(shape, seed))) for seed in range(4)]) <= 1


def test_twice_as_dear_is_told_once_within_two_days() -> None:
    for seed in range(4):
        (at,) = shifted(series(doubled, seed))
        assert RELEASE < at <= RELEASE + 2 * DAY


def test_a_higher_level_is_the_new_one() -> None:
    told = series(doubled, 1, days=WARM_UP + 60)
    assert len(shifted(told, range(WARM_UP, WARM_UP + 60))) == 1
    again = told.values * np.where(np.arange(len(told.values)) >= RELEASE + 30 * DAY, 2, 1)
    told.values[:] = again
    assert len(shifted(told, range(WARM_UP, WARM_UP + 60))) == 2, "and so is the next"


def test_what_is_too_short_a_history_says_nothing() -> None:
    told = series(doubled, 1)
    late = told.hours >= MONDAY + RELEASE - 2 * DAY
    assert shift_of(told.hours[late], told.values[late], RELEASED + 1, 5, 1.6) is None


def rows(agent: str = "scout", factor: float = 2, days: int = 12, usd: float = 1) -> list[Row]:
    """A dollar an hour, and more from the last midnight on; 200 tokens a dollar."""
    amounts = [usd * (factor if at >= days * DAY - DAY else 1) for at in range(days * DAY)]
    first = RELEASED + 1 - days
    return [
        (first * DAY + at, agent, int(amount * USD), int(amount * 200), 0)
        for at, amount in enumerate(amounts)
    ]


def told(spent: list[Row], limits: Limits = USUAL) -> list[OddShift]:
    return list(odd_shifts(spent, RELEASED, limits))


def test_it_says_what_was_compared() -> None:
    (found,) = told(rows())
    assert found.sentence == (
        "scout cost $39.00 in 24 hours with work until 2026-06-08 15:00 UTC: 1.6 × the $24.00 that"
        " such hours came to before, going by 264 hours."
    )
    assert (found.subject, found.severity) == ("scout", Severity.WARNING)


def test_it_wakes_a_person_if_it_is_much() -> None:
    (found,) = told(rows(factor=60))
    assert found.severity == Severity.ALERT


def test_it_takes_five_dollars_a_day() -> None:
    assert told(rows(usd=0.2)) == []
    assert len(told(rows(usd=0.5))) == 1


def test_tokens_tell_where_no_cost_does() -> None:
    free = [(hour, agent, 0, 10_000 * tokens, 0) for hour, agent, _, tokens, _ in rows()]
    (found,) = told(free)
    assert found.sentence.startswith("scout used 78,000,000 tokens in 24 hours with work until")
    assert found.severity == Severity.WARNING


def test_the_project_is_told_of_where_no_agent_explains_it() -> None:
    many = [row for number in range(6) for row in rows(f"agent {number}", usd=0.2)]
    (found,) = told(many)
    assert found.subject == "the project"
    (found,) = told([*many, *rows()])
    assert found.agent == "scout"


def test_a_project_may_say_otherwise() -> None:
    assert told(rows(), Limits({"cost_shift": Limit(250, 300)})) == []
    assert told(rows(), Limits({"cost_shift": Limit(160, 300, enabled=False)})) == []


@given(st.randoms())
def test_the_order_of_rows_does_not_matter(chance) -> None:
    spent = [*rows(days=8), *rows("writer", days=8)]
    found = told(spent)
    chance.shuffle(spent)
    assert told(spent) == found


@pytest.mark.django_db
def test_it_is_written_down_with_the_dearest_trace_of_its_hour() -> None:
    said(run(1, "3"))  # at noon; what else was spent is put beside it
    noon = NOON_TIME.replace(minute=0)
    AgentHour.objects.bulk_create(
        AgentHour(
            project_id=PROJECT,
            hour=noon - timedelta(hours=back),
            agent="scout",
            known_cost=3 if back < 24 else 1,
            tokens=100,
            unpriced_calls=0,
        )
        for back in range(1, 12 * DAY)
    )
    again()
    assert of(code="cost_shift") == [], "it was true at an hour of the day before"
    AgentHour.objects.filter(hour__lt=noon, hour__gte=noon - timedelta(hours=11)).update(
        known_cost=3
    )
    AgentHour.objects.filter(hour__lt=noon - timedelta(hours=11)).update(known_cost=1)
    again()
    (found,) = of(code="cost_shift")
    assert (found.code, found.subject, found.agent) == ("cost_shift", "scout", "scout")
    assert found.last_at.date() == TODAY
    assert found.evidence == {"hours": 264, "ratio": 2.0}
    assert burn_per_hour(found) == found.known_cost / 24, "it is of so many hours with work"
