"""Findings are judged as people would judge them, seen on finders that are easy to see through."""

from __future__ import annotations

import pytest

from tests.scenarios.catalogue import scenarios
from tests.scenarios.scenario import CODES, Level, Program, Scenario
from tests.scenarios.score import HEAD, Mistake, Raised, Score, Tally, best_threshold, score, total

OF_LEVEL = {"alert": "alert", "inform": "info", "either": "warning"}


def scenario(level: Level, pattern: int = 1, length: int = 3, tolerated: tuple[str, ...] = ()):
    """A run of so many calls of a tool."""

    def run(play):
        with play.agent(0) as agent:
            for _ in range(length):
                agent.do(agent.call("work", {}), "done")

    codes = (CODES[pattern - 1], "cycle") if pattern else ()
    return Scenario(Program(run, pattern, f"toy-{length}", level, 1, codes, tolerated), 1)


def finds_all(at: Scenario):
    """A finder that reads the label."""
    severity = OF_LEVEL.get(at.label.level)
    return [(at.label.codes[0], severity)] if severity else []


def test_a_finder_that_knows_is_perfect():
    result = score(scenarios(), finds_all)
    assert result.mistakes == []
    for tallies in (result.alert, result.any):
        assert (total(tallies).precision, total(tallies).recall) == (1, 1)
        assert all(tally.found for tally in tallies.values())


def test_a_finder_that_says_nothing_finds_nothing():
    result = score(scenarios(), lambda _: [])
    assert (total(result.alert).right, total(result.alert).recall) == (0, 0)
    assert total(result.alert).precision == 1
    wanted = [at for at in scenarios() if at.label.level == "alert"]
    assert len([at for at in result.mistakes if at.what.startswith("alert")]) == len(wanted)


def test_a_finder_that_cries_always_has_the_precision_of_chance():
    result = score(scenarios(), lambda _: [("exact_repeat", "alert")])
    assert result.alert["exact_repeat"].recall == 1
    assert total(result.alert).precision < 0.2


def test_length_alone_tells_nothing():
    """Legitimate runs are as long as others: the best threshold is hardly better than to call a
    person to every run."""
    result = score(scenarios(), lambda _: [])
    found, false = total(result.control).found, result.control_false
    clear = [at for at in scenarios() if at.label.level != "either"]
    chance = sum(at.label.level == "alert" for at in clear) / len(clear)
    assert found / (found + false) < chance + 0.1


@pytest.mark.parametrize(
    ("level", "severity", "alert", "any_severity"),
    [
        ("alert", "alert", (1, 0, 1, 0), (1, 0, 1, 0)),
        ("alert", "warning", (0, 0, 0, 1), (1, 0, 1, 0)),
        ("inform", "alert", (0, 1, 0, 0), (1, 0, 1, 0)),
        ("inform", "info", (0, 0, 0, 0), (1, 0, 1, 0)),
        ("either", "alert", (1, 0, 0, 0), (1, 0, 1, 0)),
        ("either", "info", (0, 0, 0, 0), (1, 0, 1, 0)),
        ("hint", "alert", (0, 1, 0, 0), (1, 0, 0, 0)),
        ("hint", "info", (0, 0, 0, 0), (1, 0, 0, 0)),
    ],
)
def test_what_a_level_asks_for(level, severity, alert, any_severity):
    result = score([scenario(level)], lambda _: [("exact_repeat", severity)])
    assert result.alert["exact_repeat"] == Tally(*alert)
    assert result.any["exact_repeat"] == Tally(*any_severity)


def test_any_of_the_right_codes_is_enough():
    result = score([scenario("alert")], lambda _: [("cycle", "alert"), ("cycle", "info")])
    assert result.alert["exact_repeat"] == Tally(found=1)
    assert result.alert["cycle"] == Tally(right=1)
    assert result.mistakes == []


def test_a_tolerated_code_is_neither_right_nor_wrong():
    run = scenario("alert", tolerated=("polling",))
    result = score([run], lambda _: [("polling", "alert")])
    assert result.alert["polling"] == Tally()
    assert result.alert["exact_repeat"] == Tally(missed=1)


def test_another_code_is_wrong_even_where_something_is():
    result = score([scenario("alert")], lambda _: [("exact_repeat", "alert"), ("polling", "alert")])
    assert total(result.alert) == Tally(1, 1, 1, 0)
    assert result.mistakes == [
        Mistake("L01.toy-3.1", "alert: polling is wrong"),
        Mistake("L01.toy-3.1", "any: polling is wrong"),
    ]


def test_anything_said_of_a_legitimate_run_is_wrong():
    result = score([scenario("silent", 0)], lambda _: [("exact_repeat", "info")])
    assert (result.alert["exact_repeat"], result.any["exact_repeat"]) == (Tally(), Tally(wrong=1))


def test_codes_of_other_kinds_are_named_but_not_judged():
    result = score([scenario("silent", 0)], lambda _: [("missing_backoff", "alert")] * 2)
    assert total(result.alert) == Tally()
    assert list(result.lines())[-1] == "Not judged: missing_backoff 2."


def test_the_control_has_the_best_threshold_there_is():
    needed = [scenario("alert", length=length) for length in (2, 8, 9)]
    needless = [scenario("silent", 0, length) for length in (3, 4, 5)]
    assert best_threshold(needed, needless) == 8
    result = score([*needed, *needless], lambda _: [])
    assert result.control["exact_repeat"] == Tally(found=2, missed=1)
    assert result.control_false == 0


def test_the_table_has_a_row_for_each_code_and_one_for_all():
    lines = list(score([scenario("alert"), scenario("silent", 0, 9)], finds_all).lines())
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 1 + len(CODES) + 1
    assert {line.count("|") for line in rows} == {len(HEAD) + 1}
    assert rows[1] == (
        "| L1 | `exact_repeat` | 1.00 (1/1) | 1.00 (1/1) | 1.00 (1/1) | 1.00 (1/1) | 1.00 (1/1)"
        " | - | - |"
    )
    assert rows[2].endswith("| - | - | - | - | - | - | - |")
    assert lines[-1].startswith("\nLength alone, at its best threshold of 3 steps: precision 0.50")


def test_an_empty_score_is_no_failure():
    assert (Tally().precision, Tally().recall) == (1, 1)
    assert list(Score().lines())


def test_how_soon_it_is_said_is_told_of_runs_in_which_it_is():
    chosen = [at for at in scenarios() if at.label.level == "alert" and at.program.pattern == 8]
    seen = iter([Raised(3, 4), Raised(2, 9), *[Raised(3, 0)] * len(chosen)])
    result = score(chosen, finds_all, lambda _: next(seen))
    assert len(result.raised["permanent_retry"]) == len(chosen)
    (row,) = [line for line in result.lines() if line.startswith("| L8 ")]
    assert row.endswith("| 3, at most 3 | 6.5, at most 9 |")
    silent = score(chosen, lambda _: [], lambda _: next(seen))
    assert not any(silent.raised.values())
