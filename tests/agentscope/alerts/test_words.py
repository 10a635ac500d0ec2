"""Alerts in words: numbers with units, whose they are, over which time, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from agentscope.alerts.amounts import amount, bound, length
from agentscope.alerts.evidence import Part
from agentscope.alerts.heard import HeldBack
from agentscope.alerts.machine import Notice, State
from agentscope.alerts.metrics import METRICS, Unit
from agentscope.alerts.to_do import TO_DO
from agentscope.alerts.watch import watch
from agentscope.alerts.windows import Window
from agentscope.alerts.words import (
    DIMENSION,
    HELD_BACK,
    NOTICE,
    STATE,
    Forecast,
    Tale,
    facts,
    named,
    sentences,
    subject,
    title,
)
from agentscope.meter.scope import COLUMN
from tests.kit.costs import HOUR_NS
from tests.kit.spans import NOON

BERLIN = ZoneInfo("Europe/Berlin")
ROLLING = {"kind": "rolling", "seconds": 3600}


def tale(notice: Notice = Notice.FIRED, value: str = "2.41", **said: Any) -> Tale:
    plain = {"metric": "cost", "window": {"kind": "whole"}, "each": "session"}
    plain["condition"] = {"kind": "at_least", "threshold": "2"}
    group = said.pop("group", "s-12")
    threshold = Decimal(said.pop("threshold", "2"))
    window = Window(NOON - HOUR_NS, NOON)
    watched = watch(plain | said)
    known = Decimal(value) if value else None
    return Tale("dear session", watched, BERLIN, group, notice, known, threshold, window)


def test_what_it_cost_where_and_when() -> None:
    assert title(tale()) == "“dear session” fires: Session s-12: $2.41"
    assert sentences(tale()) == (
        "Session s-12 cost $2.41 in all its runs; the rule “dear session” fires at $2.00.",
        "Look at the runs behind it, the dearest first, and stop what need not go on.",
    )
    assert facts(tale()) == (
        ("Rule", "dear session"),
        ("Of", "Session s-12"),
        ("Cost", "$2.41"),
        ("Threshold", "$2.00"),
        ("Time", "2026-11-25 12:00 +0100 to 2026-11-25 13:00 +0100 (Europe/Berlin)"),
    )


def test_calls_without_a_price_are_named() -> None:
    told = replace(tale(), unpriced_calls=3)
    assert sentences(told)[:2] == (
        "Session s-12 cost at least $2.41 in all its runs; the rule “dear session” fires at $2.00.",
        "3 calls of it have no known price, and count as nothing.",
    )


def test_unknown_is_unknown() -> None:
    assert "Session s-12 cost an unknown amount in all its runs" in sentences(tale(value=""))[0]


def test_the_run_with_most_of_it() -> None:
    worst = Part(UUID(int=7), "plan a trip", Decimal("1.2"))
    assert sentences(replace(tale(), worst=worst))[1] == (
        f"The run with most of it is plan a trip ({UUID(int=7).hex}): $1.20."
    )
    of_trace = replace(tale(each="trace", group=UUID(int=7).hex), worst=worst)
    assert not any("most of it" in sentence for sentence in sentences(of_trace))


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (ROLLING, "in the last hour"),
        ({"kind": "rolling", "seconds": 900}, "in the last 15 minutes"),
        ({"kind": "calendar", "unit": "day"}, "today (since 2026-11-25 12:00 +0100)"),
        ({"kind": "calendar", "unit": "month"}, "this month (since 2026-11-25 12:00 +0100)"),
        ({"kind": "whole"}, "in its whole run"),
    ],
)
def test_the_time_that_was_looked_at(window: dict[str, Any], words: str) -> None:
    assert words in sentences(tale(each="trace", group="ab", window=window))[0]


@pytest.mark.parametrize(
    ("said", "value", "sentence"),
    [
        ({"metric": "tokens"}, "12000", "The project used 12,000 tokens in the last hour"),
        ({"metric": "calls"}, "1", "The project made 1 call of models in the last hour"),
        ({"metric": "error_rate"}, "0.125", "The project failed in 12.5% of its calls in the last"),
        ({"metric": "p95_llm"}, "12.3", "The project: p95 of model calls was 12.3 s in the last"),
        ({"metric": "findings", "of": "warning"}, "3", "The project had 3 findings (warning) in"),
        ({"metric": "anomalies"}, "1", "The project had 1 finding (anomaly) in"),
        ({"metric": "anomalies", "of": "alert"}, "2", "The project had 2 findings (alert) in"),
        ({"metric": "silence"}, "725", "The project has sent nothing for 12 min 5 s;"),
        ({"only": {"agent": "ada", "model": "m"}}, "3", "Agent ada (model m) cost $3.00 in the"),
        ({"each": "user", "only": {"tool": "t"}, "group": "ada"}, "3", "User ada (tool t) cost"),
        ({"filter": "agent=x"}, "3", "The project (runs that match agent=x) cost $3.00"),
    ],
)
def test_each_metric_and_scope_says_what_it_is(
    said: dict[str, Any], value: str, sentence: str
) -> None:
    told = tale(value=value, **({"each": "", "group": "", "window": ROLLING} | said))
    assert sentences(told)[0].startswith(sentence)


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        ("silence", "Look whether the senders are up"),
        ("p95_llm", "Look at the slowest runs"),
        ("error_rate", "Look at the errors of the runs"),
        ("unpriced_share", "Give the models a price"),
        ("tokens", "Look at the runs behind it, and at what their prompts"),
    ],
)
def test_what_to_do_is_what_helps(metric: str, sentence: str) -> None:
    told = tale(metric=metric, value="0.5", each="", group="", window=ROLLING)
    assert sentences(told)[-1].startswith(sentence)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (
            {"kind": "times_usual", "times": "3", "floor": "1"},
            "Session s-12 cost $2.41 in the last hour; the rule “dear session” fires at $2.00, "
            "3 times what is usual, and $1.00 at least.",
        ),
        (
            {"kind": "gone_within", "limit": "2", "seconds": 2400},
            "At the present rate session s-12 will have cost $2.41 within 40 minutes; "
            "the rule “dear session” fires at $2.00.",
        ),
    ],
)
def test_each_condition_says_what_is_compared(condition: dict[str, Any], sentence: str) -> None:
    assert sentences(tale(condition=condition, window=ROLLING))[0] == sentence


@pytest.mark.parametrize(
    ("so_far", "gone_in", "sentence"),
    [
        ("1.2", "840", "So far it cost $1.20 today (since 2026-11-25 12:00 +0100): at this rate "
         "$2.00 is gone in 14 min."),
        ("2.1", "0", "So far it cost $2.10 today (since 2026-11-25 12:00 +0100): $2.00 is gone."),
        ("1.2", None, "So far it cost $1.20 today (since 2026-11-25 12:00 +0100)."),
    ],
)  # fmt: skip
def test_a_forecast_says_how_it_stands_and_when_the_rest_is_gone(
    so_far: str, gone_in: str | None, sentence: str
) -> None:
    condition = {"kind": "gone_within", "limit": "2", "seconds": 2400}
    forecast = Forecast(Decimal(so_far), Decimal(gone_in) if gone_in else None)
    day = {"kind": "calendar", "unit": "day"}
    told = replace(tale(condition=condition, window=day), forecast=forecast)
    assert title(told) == "“dear session” fires: Session s-12: $2.41 within 40 minutes"
    assert sentences(told)[1] == sentence
    assert dict(facts(told))["Cost"] == "$2.41 within 40 minutes"


def test_a_filter_is_named_as_it_is_written() -> None:
    watched = watch(
        {"metric": "runs", "filter": "agent=a%20b&status=error", "window": ROLLING}
        | {"condition": {"kind": "at_least", "threshold": "2"}, "each": "user"}
    )
    assert subject(watched, "ada") == "User ada (runs that match agent=a b&status=error)"


def test_a_burn_rate_says_what_would_be_even() -> None:
    condition = {"kind": "burn_rate", "limit": "100", "times": "2"}
    told = tale(condition=condition, window={"kind": "calendar", "unit": "month"})
    assert sentences(told)[0].endswith(
        "fires at $2.00 by now, 2 times an even pace towards $100.00."
    )


def test_ends_and_corrections() -> None:
    assert sentences(tale(Notice.RESOLVED, "1.2")) == (
        "It is over: Session s-12 cost $1.20 in all its runs; "
        "the rule “dear session” fires at $2.00.",
    )
    assert sentences(tale(Notice.CORRECTED, "1.2"))[1] == (
        "What was told of it before is not so. Nothing is left to do."
    )
    assert sentences(tale(Notice.NO_DATA, ""))[0] == (
        "Session s-12: there is nothing to compare in all its runs."
    )
    assert sentences(tale(Notice.REMINDED))[0].startswith("Still: Session s-12 cost $2.41")


def test_what_comes_late_and_what_flaps_says_so() -> None:
    told = sentences(replace(tale(), is_late=True, changes=4))
    assert told[0] == "This was held back until now."
    assert told[2].startswith("It changed 4 times within an hour")


def test_names_stay_on_one_line() -> None:
    hostile = tale(group="s\r\nBcc: x" + "y" * 1000)
    assert "\n" not in title(hostile) + "".join(sentences(hostile))
    assert len(title(hostile)) < 300


def test_a_run_has_the_id_that_addresses_have() -> None:
    assert named("trace", str(UUID(int=10))) == f"Run {UUID(int=10).hex}"
    assert named("trace", "re-fund 0a") == "Run re-fund 0a"
    assert named("agent", "a-b") == "Agent a-b"


def test_there_is_a_word_for_all() -> None:
    assert set(DIMENSION) == set(COLUMN)
    assert (set(STATE), set(NOTICE), set(HELD_BACK)) == (set(State), set(Notice), set(HeldBack))
    assert set(TO_DO) == {metric.unit for metric in METRICS}
    for metric in METRICS:
        assert sentences(tale(metric=metric.code))[0]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("1.999", Unit.USD, "$1.99"),
        ("0.99999", Unit.USD, "$0.9999"),
        ("0.0000001234", Unit.USD, "$0.0000001"),
        ("0", Unit.USD, "$0"),
        ("1234567.891", Unit.USD, "$1,234,567.89"),
        ("0.0999", Unit.SHARE, "9.9%"),
        ("1", Unit.SHARE, "100%"),
        ("0.25", Unit.SECONDS, "250 ms"),
        ("7260", Unit.SECONDS, "2 h 1 min"),
        ("172800", Unit.SECONDS, "2 d"),
        ("1", Unit.TOKENS, "1 token"),
        ("100", Unit.TOKENS, "100 tokens"),
    ],
)
def test_values_are_rounded_down(value: str, unit: Unit, said: str) -> None:
    assert amount(Decimal(value), unit) == said


def test_thresholds_are_exact_and_lengths_are_whole() -> None:
    assert bound(Decimal("2.500000000000"), Unit.USD) == "$2.50"
    assert bound(Decimal("0.001250000000"), Unit.USD) == "$0.00125"
    assert bound(Decimal("0.0984303201461377"), Unit.USD) == "$0.0984"  # worked out
    assert bound(Decimal("1234.567891234"), Unit.TOKENS) == "1,234.56 tokens"
    assert bound(Decimal(100), Unit.CALLS) == "100 calls"
    assert [length(each) for each in (60, 3600, 5400, 604_800, 61)] == [
        "minute",
        "hour",
        "90 minutes",
        "7 days",
        "61 seconds",
    ]
