"""Rows that are evidence, findings in words, small bars, pairs of evidence: the pure parts."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from agentscope.findings.catalogue import Entry
from agentscope.findings.detectors.cycle import PATTERN
from agentscope.findings.limits import Limit
from agentscope.findings.models import Finding
from agentscope.findings.read import Recent
from agentscope.vocabulary import Kind
from tests.ui.growing import tree
from tests.ui.test_rows import page
from ui.cuts import Text
from ui.evidence import Pair, asked_by, first_and_last, last_answer
from ui.finding_marks import marks
from ui.finding_words import (
    FIRST,
    MOST,
    Sighting,
    rate,
    sightings,
    steps_of,
    thresholds,
    tokens_wasted,
    wasted,
)
from ui.pills import Pill
from ui.trends import HEIGHT, STEP, trend

SAID = "search was called 3 times."
MINUTE = 60 * 10**9


def finding(*spans: int, severity: int = 3, **said) -> Finding:
    fields = {"code": "exact_repeat", "repeats": len(spans), "sentence": SAID, "tokens": 0}
    fields |= {"known_cost": Decimal(0), "unpriced_calls": 0, "first_ns": 0, "last_ns": 0}
    fields["period"] = 1
    return Finding(
        **(fields | said),
        span_ids=list(spans),
        first_span=spans[0],
        last_span=spans[-1],
        severity=severity,
    )


def grown():
    """A root with three leaves, and their span ids."""
    found = tree([-1, 0, 0, 0], kind={1: Kind.TOOL, 2: Kind.LLM, 3: Kind.TOOL})
    return found, [int(number) for number in found.span_id]


def test_the_first_step_is_loud_and_the_others_are_quiet():
    found, ids = grown()
    marked = marks(found, [Sighting(finding(ids[1], ids[3]), "open")])
    assert marked == {
        1: Pill(f"exact repeat {chr(215)} 2", "bad", SAID, f"{chr(215)} 2"),
        3: Pill("exact repeat 2, last", "mark", SAID, "2"),
    }


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        ({"repeats": 3}, ["cycle × 3", "cycle 2", "cycle 3, last"]),
        ({"repeats": 4}, ["cycle × 4", "cycle", "cycle, last"]),
        ({"repeats": 1, "period": 3}, ["cycle", "cycle", "cycle"]),
    ],
    ids=["rounds of one step", "not a step a round", "no round again"],
)
def test_rounds_are_counted_where_they_can_be_told(said, texts):
    found, ids = grown()
    marked = marks(found, [Sighting(finding(*ids[1:], code="cycle", **said), "open")])
    assert [marked[row].text for row in (1, 2, 3)] == [
        text.replace("×", chr(215)) for text in texts
    ]


def test_rounds_of_several_steps():
    found = tree([-1, 0, 0, 0, 0])
    ids = [int(number) for number in found.span_id]
    of = finding(*ids[1:], code="cycle", period=2, repeats=2)
    marked = marks(found, [Sighting(of, "open")])
    assert [marked[row].text for row in (2, 3, 4)] == ["cycle 1", "cycle 2", "cycle 2, last"]


def test_a_first_step_that_is_not_there_shouts_nowhere():
    found, ids = grown()
    marked = marks(found, [Sighting(finding(10**12, ids[1]), "open")])
    assert marked == {1: Pill("exact repeat 2, last", "mark", SAID, "2")}


def test_the_place_of_a_step():
    first, second, third = (
        steps_of([Sighting(finding(5, 6, 7), "open"), Sighting(finding(9), "open")], span)[0]
        for span in (5, 6, 7)
    )
    assert (first.number, first.count, first.before, first.after) == (1, 3, None, 6)
    assert (second.number, second.before, second.after) == (2, 5, 7)
    assert (third.before, third.after) == (6, None)
    assert steps_of([Sighting(finding(5), "open")], 8) == []


@pytest.mark.parametrize(
    ("severity", "state", "tone"),
    [
        (3, "open", "bad"),
        (2, "reopened", "warn"),
        (1, "open", "mark"),
        (3, "expected", "mark"),
        (3, "resolved", "mark"),
    ],
)
def test_tones(severity, state, tone):
    found, ids = grown()
    assert marks(found, [Sighting(finding(ids[1], severity=severity), state)])[1].tone == tone


def test_of_two_findings_the_first_marks_a_row():
    found, ids = grown()
    both = [finding(ids[1], ids[2]), finding(ids[2], ids[3], code="cycle")]
    marked = marks(found, [Sighting(each, "open") for each in both])
    assert marked[2].text == "exact repeat 2, last"
    assert marked[3].text == "cycle 2, last"


def test_spans_that_are_not_there_mark_nothing():
    found, _ = grown()
    assert marks(found, [Sighting(finding(10**12), "open")]) == {}


def test_rows_carry_their_marks_and_closed_ones_say_how_many():
    found, ids = grown()
    marked = marks(found, [Sighting(finding(ids[1], ids[3]), "open")])
    assert not any(row.found for row in page(found))
    rows = page(found, marks=marked)
    assert [row.found for row in rows] == [False, True, False, True]
    assert rows[1].pills[0].text.startswith("exact repeat")
    (root,) = page(found, said=f"shut={ids[0]:016x}", marks=marked)
    assert root.hides == "3 more · 2 in findings"
    assert root.found


def test_a_fold_says_how_much_evidence_it_holds():
    found = tree([-1, *[0] * 9])
    ids = [int(number) for number in found.span_id]
    marked = marks(found, [Sighting(finding(ids[2], ids[5], ids[9]), "open")])
    _, fold = page(found, marks=marked)
    assert Pill("3 in findings", "warn") in fold.pills
    assert fold.found


def test_findings_of_a_trace_are_told_apart():
    open_ones = [Sighting(finding(n, code=f"kind {n}"), "open") for n in range(1, FIRST + 3)]
    settled = [Sighting(finding(9), "expected"), Sighting(finding(9), "resolved")]
    found = sightings([*settled, *open_ones])
    assert (len(found.first), len(found.rest), found.standing) == (FIRST, 2, FIRST + 2)
    assert [fold.words for fold in found.folds] == [
        "2 more findings",
        "1 expected here, 1 resolved",
    ]


def test_two_of_a_kind_come_first():
    alike = [Sighting(finding(n), "open") for n in range(1, 5)]
    other = Sighting(finding(9, code="cycle"), "open")
    found = sightings([*alike, other])
    assert [each.finding.first_span for each in found.first] == [1, 2, 9]
    assert [each.finding.first_span for each in found.rest] == [3, 4]


def test_what_is_left_out_is_counted():
    several = [finding(n, code=f"kind {n}") for n in range(1, FIRST + MOST + 4)]
    found = sightings([Sighting(each, "open") for each in several])
    (fold,) = found.folds
    assert (fold.words, len(fold.shown), fold.left) == (f"{MOST + 3} more findings", MOST, 3)


def test_what_was_wasted_in_words():
    assert wasted(finding(1)) == ""
    assert wasted(finding(1, tokens=41_208, known_cost=Decimal("1.2"))) == "41,208 tokens, $1.20"
    assert wasted(finding(1, unpriced_calls=2)) == "unknown"
    assert tokens_wasted(finding(1, unpriced_calls=2)) == "unknown"
    assert tokens_wasted(finding(1)) == "0"


def test_a_rate_needs_a_minute():
    lasted = finding(1, known_cost=Decimal(1), last_ns=30 * MINUTE)
    assert Sighting(lasted, "open").rate == "$2.00"
    assert Sighting(finding(1, known_cost=Decimal(1), last_ns=MINUTE - 1), "open").rate == ""
    some = finding(1, known_cost=Decimal(1), last_ns=30 * MINUTE, unpriced_calls=1)
    assert Sighting(some, "open").rate == "≥ $2.00"


def test_days_without_any_are_among_the_bars():
    found = trend({date(2026, 11, 24): 4, date(2026, 11, 26): 1}, date(2026, 11, 26), 3)
    assert [(bar.day.day, bar.times, bar.height) for bar in found.bars] == [
        (24, 4, HEIGHT),
        (25, 0, 0),
        (26, 1, HEIGHT // 4),
    ]
    assert found.words == "In the last 3 days: 4, 0, 1"
    assert [bar.x for bar in found.bars] == [0, STEP, 2 * STEP]
    assert found.width == 3 * STEP
    assert [bar.height for bar in trend({}, date(2026, 11, 26), 2).bars] == [0, 0]


def test_a_day_with_little_is_seen_beside_one_with_much():
    found = trend({date(2026, 11, 25): 1000, date(2026, 11, 26): 1}, date(2026, 11, 26), 2)
    assert [(bar.y, bar.height) for bar in found.bars] == [(0, HEIGHT), (HEIGHT - 1, 1)]


def test_a_cause_costs_by_the_hour_while_it_goes_on():
    day = date(2026, 11, 26)
    assert rate(Recent({day: 1}, Decimal(1), 0, 30 * MINUTE)) == "$2.00"
    assert rate(Recent({day: 1}, Decimal(1), 2, 30 * MINUTE)) == "≥ $2.00"
    assert rate(Recent({day: 1})) == ""


def test_thresholds_in_words():
    usual = Entry(PATTERN, "A sentence.")
    inform, alert = PATTERN.inform, PATTERN.alert
    assert thresholds(usual) == f"informs from {inform}, alerts from {alert}"
    own = Entry(PATTERN, "A sentence.", Limit(7, 9000))
    assert thresholds(own) == "informs from 7, alerts from 9,000, set by this project"
    assert thresholds(Entry(PATTERN, "", Limit(7, 9, enabled=False))) == "switched off since"


def test_the_last_repeat_is_of_the_kind_of_the_first():
    found, ids = grown()
    assert first_and_last(found, finding(*ids[1:], repeats=5)) == (1, 3)
    assert first_and_last(found, finding(ids[1], ids[2], repeats=5)) == (1, 1)
    assert first_and_last(found, finding(10**12)) is None


def test_tools_with_one_name_of_span_are_told_apart():
    tools = {1: 1, 2: 2, 3: 1, 4: 2}
    found = tree([-1, 0, 0, 0, 0], kind=dict.fromkeys(tools, Kind.TOOL), tool=tools)
    ids = [int(number) for number in found.span_id]
    assert first_and_last(found, finding(*ids[1:], repeats=5)) == (1, 3)


def test_of_rounds_the_same_step_is_compared():
    found = tree([-1, 0, 0, 0, 0, 0, 0])
    ids = [int(number) for number in found.span_id]
    of = finding(*ids[1:], code="cycle", period=3, repeats=2)
    assert first_and_last(found, of) == (1, 4)


def test_where_nothing_comes_again_the_last_step_is_compared():
    found, ids = grown()
    assert first_and_last(found, finding(ids[1], ids[2], repeats=1)) == (1, 2)
    assert first_and_last(found, finding(ids[1], 10**12, repeats=1)) == (1, 1)


def test_who_asked_for_a_call_is_the_model_before_it():
    models = {1: Kind.LLM, 2: Kind.TOOL, 3: Kind.LLM, 4: Kind.TOOL, 5: Kind.LLM}
    found = tree([-1, 0, 0, 0, 0, 0], kind=models)
    assert [asked_by(found, row) for row in (2, 4)] == [1, 3]
    assert asked_by(found, 0) is None


@pytest.mark.parametrize(
    ("said", "has_course", "has_sides"),
    [
        ({}, True, True),
        ({"last_span": 5}, False, False),
        ({"last_span": 5, "evidence": {"earlier": [{"span": "0" * 16}]}}, False, True),
        ({"last_span": 5, "evidence": {"earlier": [{"trace": "x"}]}}, False, False),
        ({"code": "error_anomaly"}, False, False),
    ],
    ids=[
        "repeats",
        "once",
        "repeats another trace",
        "a trace, no call",
        "compared with other runs",
    ],
)
def test_what_can_be_set_side_by_side(said, has_course, has_sides):
    of = finding(5, 6)
    of.trace_id = UUID(int=1)
    for name, value in said.items():
        setattr(of, name, value)
    sighting = Sighting(of, "open")
    assert (sighting.has_course, sighting.has_sides) == (has_course, has_sides)


def test_what_an_agent_came_to_is_its_last_answer():
    found, _ = grown()
    assert last_answer(found, 0) == 2
    assert last_answer(found, 1) is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (Text("a"), Text("a"), "the same"),
        (Text("a"), Text("b"), "differ"),
        (Text("a", 5), Text("a", 5), "alike in the part that is shown"),
        (None, Text("a"), ""),
    ],
)
def test_unknown_is_not_equal(first, last, words):
    assert Pair("Result", first, last).words == words
