"""Hours of agents and of a project that are out of the ordinary."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.hourly import OddHour, Row, odd_hours
from agentscope.findings.limits import USUAL, Limit, Limits
from agentscope.findings.severity import Severity

USD = 10**12  # 1e-12 USD
TODAY = 20_731  # Monday, 2026-10-05
NOON = TODAY * 24 + 12


def hour(
    at: int, pico: int = USD, tokens: int = 200_000, agent: str = "scout", free: int = 0
) -> Row:
    return at, agent, pico, tokens, free


def before(days: int = 14, **said: Any) -> list[Row]:
    """What the agent spent at noon of each day before."""
    return [hour(NOON - 24 * back, **said) for back in range(1, days + 1)]


def told(rows: list[Row], limits: Limits = USUAL) -> list[OddHour]:
    return list(odd_hours(rows, TODAY, limits))


def test_an_hour_says_when_it_was_and_what_is_usual() -> None:
    (found,) = told([*before(), hour(NOON, 12 * USD)])
    assert found.sentence == (
        "scout cost $12.00 on 2026-10-05 from 12:00 to 13:00 UTC: "
        "12 × this agent's median of $1.00 over 10 such hours of the day."
    )
    assert (found.subject, found.severity) == ("scout per hour", Severity.WARNING)


def test_it_wakes_a_person_if_much_is_gone() -> None:
    (found,) = told([*before(), hour(NOON, 30 * USD)])
    assert found.severity == Severity.ALERT


def test_tokens_tell_where_no_cost_does() -> None:
    free = [*before(pico=0), hour(NOON, 0, 4_000_000)]
    (found,) = told(free)
    assert found.sentence.startswith("scout used 4,000,000 tokens on 2026-10-05 from 12:00")
    assert found.severity == Severity.WARNING, "only money alerts"
    (found,) = told([*before(), hour(NOON, 30 * USD, 4_000_000)])
    assert found.measure.pattern.code == "cost_anomaly", "one of both is enough"


def test_hours_with_calls_that_have_no_price_are_no_samples() -> None:
    rows = [*before(pico=USD // 10, free=3), hour(NOON, 4 * USD)]
    assert [each for each in told(rows) if each.measure.is_money] == []
    (found,) = told([*before(), hour(NOON, 12 * USD, free=1)])
    assert found.sentence.startswith("scout cost at least $12.00 (1 call has no price) on")


def test_the_project_is_told_of_only_where_no_agent_explains_it() -> None:
    many = [hour(NOON, 2 * USD, agent=f"agent {number}") for number in range(9)]
    (found,) = told([*before(), *many])
    assert (found.subject, found.agent) == ("the project per hour", "")
    assert found.sentence.startswith("The project cost $18.00 on")
    (found,) = told([*before(), *many, hour(NOON, 30 * USD)])
    assert found.agent == "scout"


def test_who_takes_over_the_work_of_another_is_no_news() -> None:
    usual = before(pico=30 * USD, agent="old")
    assert told([*usual, hour(NOON, 30 * USD, agent="new")]) == []
    (found,) = told([*usual, hour(NOON, 200 * USD, agent="new")])
    assert found.sentence == (
        "new cost $200.00 on 2026-10-05 from 12:00 to 13:00 UTC: "
        "there are no earlier hours to compare it with."
    )
    (found,) = told([hour(NOON, 30 * USD, agent="new")])
    assert found.agent == "new", "nobody has a history"


def test_of_many_agents_some_are_far_off_by_chance() -> None:
    chance = np.random.default_rng(1)
    wide = [
        hour(NOON - 24 * back, int(USD * np.exp(chance.normal(0, 0.4)))) for back in range(1, 15)
    ]
    odd = hour(NOON, 5 * USD)
    assert [each.agent for each in told([*wide, odd])] == ["scout"]
    others = [
        hour(NOON - 24 * back - at, USD // 10, agent=f"agent {agent}")
        for agent in range(99)
        for back in range(1, 15)
        for at in range(8)
    ]
    assert told([*wide, odd, *others]) == []


def test_a_project_may_say_otherwise() -> None:
    rows = [*before(), hour(NOON, 12 * USD)]
    assert told(rows, Limits({"cost_anomaly": Limit(13, 20)})) == []
    assert told(rows, Limits({"cost_anomaly": Limit(3, 5, enabled=False)})) == []
    assert told([*before(40), hour(NOON, 29 * USD // 10)]) == []
    assert told([*before(40), hour(NOON, 29 * USD // 10)], Limits({"cost_anomaly": Limit(2, 5)}))


amounts = st.sampled_from((USD // 10, USD, 3 * USD, 50 * USD))
rows = st.lists(
    st.tuples(
        st.integers(NOON - 200, NOON + 11), amounts, st.just(200_000), st.sampled_from("abc")
    ).map(lambda each: hour(*each)),
    max_size=40,
    unique_by=lambda row: row[:2],
)


@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(spent, chance) -> None:
    found = told(spent)
    chance.shuffle(spent)
    assert told(spent) == found
