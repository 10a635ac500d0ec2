"""Hours out of the ordinary: an ordinary month is silent, five times the usual is not."""

from __future__ import annotations

import numpy as np
import pytest

from agentscope.findings.seasons import OF_ALL, OF_DAY, OF_WEEK
from agentscope.findings.spikes import spikes
from bench.anomalies import SPIKE, alarmed, found
from tests.kit.series import (
    BEFORE_CHANGE,
    CHANGED,
    DAY,
    MONDAY,
    MONTH,
    QUIET,
    WARM_UP,
    Series,
    cold_start,
    deploy_step,
    flat,
    growth,
    monthly,
    night_only,
    quiet_month,
    series,
    summer_time,
    weekend,
    weekly,
)

SEEDS = range(6)
NOON = WARM_UP * DAY + 12  # of the first day after the history, a Monday


def days(amounts: list[float]) -> Series:
    """One hour a day, at noon."""
    hours = MONDAY + np.arange(len(amounts)) * DAY + 12
    return Series(hours, np.array(amounts), np.array(amounts))


@pytest.mark.parametrize("shape", QUIET.values(), ids=QUIET)
def test_an_ordinary_month_raises_one_alarm_at_most(shape) -> None:
    alarms = [len(alarmed(series(shape, seed))) for seed in SEEDS]
    assert np.mean(alarms) <= 1, alarms


@pytest.mark.parametrize("shape", [flat, weekly, growth, weekend, night_only])
def test_five_times_the_usual_is_found_in_its_hour(shape) -> None:
    assert found(shape) >= 0.95


def test_a_spike_says_what_it_was_compared_with() -> None:
    told = series(weekly, 1, noise=0.1).with_spike(NOON, SPIKE)
    (spike,) = spikes(told.hours, told.values, (MONDAY + NOON) // DAY, 1.0)
    assert spike.hour == MONDAY + NOON
    assert spike.of in (OF_WEEK, OF_DAY)
    assert spike.verdict.median == pytest.approx(6, rel=0.3)
    assert spike.verdict.ratio == pytest.approx(5, rel=0.3)


def test_one_outlier_is_told_and_hides_nothing() -> None:
    told = series(weekly, 2, noise=0.1).with_spike(NOON, 50)
    assert alarmed(told) == [NOON]
    next_week = told.with_spike(NOON + 7 * DAY, SPIKE)
    assert alarmed(next_week) == [NOON, NOON + 7 * DAY]


def test_a_cold_start_is_silent_unless_it_is_very_dear() -> None:
    assert alarmed(series(cold_start, 3)) == []
    told = series(cold_start, 3)
    dear = Series(told.hours, told.values * 6, told.typical * 6)
    assert len(alarmed(dear)) == 1
    assert next(spikes(dear.hours, dear.values, MONDAY // DAY + WARM_UP, 1.0)).of == OF_ALL


def test_one_day_is_no_baseline_and_sixty_cents_a_day_are_one() -> None:
    light, loop = days([1.5, 12]), days([0.6] * 5 + [180])
    assert alarmed(light, range(2)) == []
    assert alarmed(loop, range(6)) == [5 * DAY + 12]


def test_after_a_quiet_month_the_first_busy_day_is_no_spike() -> None:
    for seed in SEEDS:
        told = series(quiet_month, seed, days=WARM_UP + 60)
        assert alarmed(told, range(WARM_UP, WARM_UP + 60)) == []


def test_a_release_that_costs_more_is_news_for_a_day() -> None:
    step = (WARM_UP + 7) * DAY + 12
    for seed in SEEDS:
        hours = alarmed(series(deploy_step, seed))
        assert hours[0] == step, "it is told within its hour"
        assert hours[-1] < step + DAY


def test_growth_moves_the_usual() -> None:
    told = series(growth, 4, noise=0.1)
    assert [at for at in alarmed(told) if at > MONTH.start * DAY] == []
    late = told.with_spike(len(told.hours) - 5, SPIKE)
    last = (MONDAY + len(told.hours)) // DAY - 1
    (spike,) = spikes(late.hours, late.values, last, 1.0)
    assert spike.raised > 1.1


def test_an_hour_depends_on_what_was_before_it_alone() -> None:
    told = series(flat, 5).with_spike(NOON, SPIKE)
    day = (MONDAY + NOON) // DAY
    cut = NOON + 1
    alone = Series(told.hours[:cut], told.values[:cut], told.typical[:cut])
    later = list(spikes(told.hours, told.values, day, 1.0))
    assert list(spikes(alone.hours, alone.values, day, 1.0)) == later


def test_after_clocks_are_changed_the_first_hour_of_work_is_no_spike(monkeypatch) -> None:
    edge = CHANGED * DAY + DAY + 18  # the last hour of work, on the Monday after
    told = series(summer_time, 1, noise=0.1)
    assert told.hours[0] == BEFORE_CHANGE
    assert alarmed(told) == []
    (spike,) = spikes(told.hours, told.with_spike(edge, 4).values, (BEFORE_CHANGE + edge) // DAY, 1)
    assert spike.of.endswith("hours of the week, an hour apart as clocks changed")
    assert spike.verdict.median == pytest.approx(6, rel=0.3)
    monkeypatch.setattr("agentscope.findings.seasons.clocks_changed", lambda _: False)
    assert edge in alarmed(told), "it is a spike beside the nights before"


def test_what_is_done_once_a_month_is_told_the_first_time_only() -> None:
    for seed in SEEDS:
        told = series(monthly, seed, days=WARM_UP + 30)
        assert alarmed(told) == []
        first = told.hours < MONDAY + 10 * DAY
        told.values[first] = told.values[first].clip(max=1.5)
        hours = alarmed(told)
        assert hours
        assert {at // DAY for at in hours} == {32}
        assert {spike % DAY for spike in hours} <= set(range(1, 7))


def test_more_than_was_done_a_month_ago_is_told() -> None:
    told = series(monthly, 1, noise=0.1)
    at = 32 * DAY + 3
    assert alarmed(told.with_spike(at, SPIKE)) == [at]
