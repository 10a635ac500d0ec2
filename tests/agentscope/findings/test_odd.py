"""Runs out of the ordinary for their agent: told with the arithmetic, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.limits import Limit, Limits
from agentscope.findings.measures import duration, usd
from agentscope.findings.odd import MOST, Odd, Runs, odd_runs, worth_comparing
from agentscope.findings.severity import Severity

DAY = datetime(2026, 11, 24, tzinfo=UTC)
CENT = 10**10  # 1e-12 USD
SECOND = 10**9
USUAL = {
    "pico": 4 * CENT,
    "unpriced": 0,
    "tokens": 4_000,
    "steps": 10,
    "errors": 0,
    "lasted_ns": 20 * SECOND,
    "depth": 2,
    "open_ns": 0,
}
Row = tuple[Any, ...]


def did(number: int, at: float = 0, agent: str = "scout", name: str = "", **other: int) -> Row:
    """What an agent did in one trace, so many hours after the day began."""
    began = DAY + timedelta(hours=at)
    return (UUID(int=number), agent, name, began, *(USUAL | other).values())


def before(count: int = 214, **other: Any) -> list[Row]:
    """Ordinary runs of the days before."""
    return [did(number + 1000, -1 - number / 10, **other) for number in range(count)]


def told(day: list[Row], earlier: list[Row], limits: Limits | None = None) -> list[Odd]:
    return list(odd_runs(Runs.of(day), Runs.of(earlier), limits or Limits()))


def codes(found: list[Odd]) -> list[str]:
    return [each.measure.pattern.code for each in found]


def test_a_cost_says_its_arithmetic() -> None:
    (found,) = told([did(1, pico=48 * CENT)], before())
    assert found.sentence == "scout cost $0.48: 12 × this agent's median of $0.04 over 214 runs."
    assert found.severity == Severity.WARNING, "it is not worth waking a person"


def test_money_wakes_a_person_if_it_is_much() -> None:
    (found,) = told([did(1, pico=600 * CENT)], before())
    assert found.severity == Severity.ALERT
    (always,) = told([did(1, pico=3_000 * CENT)], before(pico=700 * CENT))
    assert always.severity == Severity.WARNING, "four times the median"


@pytest.mark.parametrize(
    ("odd", "code", "sentence"),
    [
        ({"tokens": 60_000}, "token_anomaly", "scout used 60,000 tokens: 15 × "),
        ({"steps": 240}, "step_anomaly", "scout took 240 steps: 24 × this agent's median of 10 "),
        ({"lasted_ns": 600 * SECOND}, "latency_anomaly", "scout ran for 10 min: 30 × "),
        ({"depth": 12}, "depth_anomaly", "scout went 12 levels deep: 6 × "),
        (
            {"errors": 9, "steps": 12},
            "error_anomaly",
            "scout failed in 9 of 12 steps: 75 × this agent's median of at most 1% over 214 runs.",
        ),
    ],
)
def test_what_else_is_compared(odd: dict[str, Any], code: str, sentence: str) -> None:
    (found,) = told([did(1, **odd)], before())
    assert found.measure.pattern.code == code
    assert found.sentence.startswith(sentence)
    assert found.severity == Severity.WARNING


def test_what_follows_from_the_cost_is_not_told_again() -> None:
    day = [did(1, pico=400 * CENT, tokens=400_000, steps=900, lasted_ns=900 * SECOND, depth=12)]
    assert codes(told(day, before())) == ["cost_anomaly", "depth_anomaly"]


def test_an_ordinary_run_says_nothing() -> None:
    assert told([did(1)], before()) == []
    assert worth_comparing(Runs.of([did(1)])) == set()


def test_agents_and_names_are_not_compared_with_each_other() -> None:
    dear: dict[str, Any] = {"pico": 400 * CENT}
    day = [did(1, agent="", name="nightly", **dear), did(2, agent="writer", **dear), did(3)]
    earlier = [*before(), *before(agent="writer", **dear), *before(50, agent="", name="nightly")]
    (found,) = told(day, earlier)
    assert found.subject == ("", "nightly")
    assert found.sentence == (
        "nightly cost $4.00: 100 × the median of $0.04 over 50 traces of this name."
    )


def test_calls_without_a_price_make_a_cost_a_lower_bound() -> None:
    (found,) = told([did(1, pico=48 * CENT, unpriced=3)], before())
    assert found.sentence.startswith("scout cost at least $0.48 (3 calls have no price): 12 ×")
    assert told([did(1, pico=48 * CENT)], before(unpriced=1)) == [], "they are no history"


def test_the_day_itself_is_no_history_where_there_is_another() -> None:
    day = [did(number, number / 10, pico=48 * CENT) for number in range(1, 100)]
    assert len(told(day, before())) == 99


def test_on_a_first_day_what_began_earlier_is_the_history() -> None:
    day = [did(number, number / 100) for number in range(1, 31)]
    (found,) = told([*day, did(99, 23, pico=48 * CENT)], [])
    assert found.verdict.samples == 30
    assert told([did(99, -1, pico=48 * CENT), *day], []) == [], "nothing was before it"


def test_without_history_only_what_is_very_dear_is_told() -> None:
    assert told([did(1, pico=480 * CENT)], []) == []
    (found,) = told([did(1, pico=500 * CENT), did(2, 1, pico=600 * CENT)], [])
    assert found.sentence == "scout cost $5.00: there are no earlier runs to compare it with."
    assert found.severity == Severity.WARNING
    assert told([did(1, steps=10_000)], []) == []


def test_a_project_may_say_otherwise() -> None:
    day = [did(1, pico=48 * CENT)]
    assert told(day, before(), Limits({"cost_anomaly": Limit(13, 20)})) == []
    assert told(day, before(), Limits({"cost_anomaly": Limit(3, 5, enabled=False)})) == []


def test_a_first_day_of_many_runs_is_bounded() -> None:
    day = [did(number, number / 1000, lasted_ns=90 * SECOND) for number in range(1, 2 * MOST)]
    (found,) = told([*day, did(9999, 23, lasted_ns=900 * SECOND)], [])
    assert found.verdict.samples == MOST


amounts = st.sampled_from((1, 4, 30, 500, 20_000))
rows = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 20), amounts, amounts).map(
        lambda each: did(each[0], each[1], pico=each[2] * CENT, steps=each[3])
    ),
    max_size=40,
    unique_by=lambda row: row[0],
)


@given(rows, rows, st.randoms())
def test_the_order_of_arrival_does_not_matter(day, earlier, chance) -> None:
    found = told(day, earlier)
    chance.shuffle(day)
    chance.shuffle(earlier)
    assert told(day, earlier) == found


def test_amounts_read_well() -> None:
    assert [usd(each * CENT) for each in (1250, 48, 4, 0.42)] == [
        *("$12.50", "$0.48", "$0.04", "$0.0042")
    ]
    assert [duration(each * SECOND) for each in (1.5, 90, 600, 9000)] == [
        *("1.5 s", "90 s", "10 min", "2.5 h")
    ]


def test_of_many_runs_some_are_far_off_by_chance() -> None:
    """An agent that runs a thousand times a day is told less of than one that runs rarely."""
    chance = np.random.default_rng(1)
    amounts = [int(100 * CENT * each) for each in np.exp(chance.normal(0, 0.5, MOST))]
    often = [did(at + 1000, -1 - at / 50, pico=pico) for at, pico in enumerate(amounts)]
    rarely = [did(at + 1000, -1 - at, pico=pico) for at, pico in enumerate(amounts)]
    assert codes(told([did(1, pico=500 * CENT)], rarely)) == ["cost_anomaly"]
    assert told([did(1, pico=500 * CENT)], often) == []
    assert codes(told([did(1, pico=1000 * CENT)], often)) == ["cost_anomaly"]
