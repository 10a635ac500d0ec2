"""Findings are a function of the set of spans; and each loop is told early, once, at one place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.findings.found import Found
from agentscope.findings.identity import fingerprint
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script

TASK = "Find out why the invoices of November are not paid, and by whom they were approved."
TOOLS = ("search", "get_status", "write_todos", "save_note")
SOON = 10  # repetitions


@st.composite
def scripts(draw: Any) -> Script:
    """Agents that do the same few things again and again, side by side, in each other, or fail."""
    script = Script(prompt=draw(st.sampled_from([300, 30_000])))
    with script.agent("lead", TASK):
        for _ in range(draw(st.integers(1, 5))):
            part(draw, script)
    return script


def part(draw: Any, script: Script) -> None:
    """Something that is done several times."""
    times = draw(st.integers(1, 12))
    tool = draw(st.sampled_from(TOOLS))
    varies = draw(st.integers(1, 12))
    how = draw(st.sampled_from(("alone", "together", "agents", "fails", "says", "compacts")))
    for at in range(times):
        arguments, result = {"q": at % varies}, f"{tool} gave {at % varies} in the end, as before."
        if how == "alone":
            script.use(tool, arguments, result)
        elif how == "together":
            script.together([(tool, {"q": of}, result) for of in range(3)])
        elif how == "agents":
            with script.agent(("scout", "clerk")[at % 2], f"{TASK} {at % varies}"):
                script.think("Thanks!")
        elif how == "fails":
            script.use(tool, arguments, error=ErrorClass.NOT_FOUND)
        elif how == "says":
            script.think(f"{TASK} {at % varies}")
        else:
            with script.span("compaction"):
                script.think("It rained.")


def told(found: list[Found], script: Script, rows: Any) -> list[Any]:
    """All that is said, with span ids in place of rows."""
    ids = script.scene(rows).tree.span_id
    return [
        (
            *(fingerprint(each), each.severity, each.sentence, each.spent, each.evidence),
            [int(ids[row]) for row in each.rows],
        )
        for each in found
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_of_spans_does_not_matter(data: st.DataObject) -> None:
    script = data.draw(scripts())
    shuffled = data.draw(st.permutations(script.rows))
    assert told(script.found(shuffled), script, shuffled) == told(script.found(), script, None)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nor_do_batches_and_what_was_looked_at_in_between(data: st.DataObject) -> None:
    script = data.draw(scripts())
    arrived: list[Any] = []
    cuts = data.draw(st.lists(st.integers(0, len(script.rows)), max_size=3))
    for start, stop in zip([0, *sorted(cuts)], [*sorted(cuts), len(script.rows)], strict=True):
        arrived += script.rows[start:stop]
        script.found(arrived)
    assert told(script.found(arrived), script, arrived) == told(script.found(), script, None)


def repeats_a_call(script: Script, at: int) -> None:
    script.use("search", {"q": "rain"}, "Nothing is found by that name, in any of the places.")


def polls(script: Script, at: int) -> None:
    script.use("get_status", {"job": 7}, {"status": "running"})


def goes_round(script: Script, at: int) -> None:
    for tool in ("list_items", "open_item", "close_view"):
        script.use(tool, {"of": tool}, f"{tool} gives the same as it did in the rounds before.")


def plans(script: Script, at: int) -> None:
    script.use("write_todos", {"todos": [TASK, f"{TASK} once more, {at % 2}"]}, "ok")


def thanks(script: Script, at: int) -> None:
    with script.agent(("scout", "clerk")[at % 2]):
        script.think(f"Thanks for the {at * 7919}!")


def compacts(script: Script, at: int) -> None:
    with script.span("compaction"):
        script.think("It rained.")
    script.use("look", {"at": at}, f"At {at} there is {at * 31}.")


def searches_in_vain(script: Script, at: int) -> None:
    script.use("search", {"q": f"{at * 7919} of {at}"}, "No results found.")


def falls_into_repetition(script: Script, at: int) -> None:
    script.think(f"Night {at}. " + "and then the rain came down again, " * 100, finish="length")


LOOPS = {
    "exact_repeat": repeats_a_call,
    "polling": polls,
    "cycle": goes_round,
    "replanning": plans,
    "empty_chat": thanks,
    "compaction_loop": compacts,
    "same_result": searches_in_vain,
    "degenerate_output": falls_into_repetition,
}


@pytest.mark.parametrize("code", LOOPS)
def test_a_loop_is_told_early_and_stays_the_same_finding(code: str) -> None:
    script, ends = Script(prompt=5000), []
    with script.agent("lead", TASK):
        script.use("open_case", {"id": 1}, "It is open now.")
        for at in range(14):
            LOOPS[code](script, at)
            ends.append(len(script.rows))
    said = [script.found(script.rows[:end]) for end in ends]
    raised = [
        {(fingerprint(each), each.rows[0]) for each in found if each.pattern.code == code}
        for found in said
    ]
    first = next(at for at, each in enumerate(raised) if each)
    assert first < SOON
    assert all(raised[first] <= later for later in raised[first:])


def test_a_loop_beside_another_run_is_told_while_their_own_spans_have_not_come() -> None:
    script = Script()
    for at in range(5):
        for run in (77, 88):
            script.above.append(run)
            script.use("search", {"q": 0 if run == 77 else at + 1}, 0 if run == 77 else at + 1)
            script.above.pop()
    (found,) = script.found()
    assert (found.pattern.code, found.repeats) == ("exact_repeat", 5)
    assert found.spent.tokens == sum(row["input_tokens"] + 20 for row in script.rows[8::4])
