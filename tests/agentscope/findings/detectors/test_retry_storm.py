"""Nearly everything fails: found; failures that are answers, or that pass, are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.detectors.retry_storm import WINDOW, storms
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script
from tests.kit.failing import codes, found

CODE = "retry_storm"
DENIED, REPORTED = ErrorClass.PERMISSION, ErrorClass.TOOL_REPORTED


def play(calls, prompt=10_000):
    """An agent that makes some calls: pairs of a tool and the class of its error, "" for none."""
    script = Script(prompt=prompt)
    with script.agent("worker"):
        for number, (tool, error) in enumerate(calls):
            result = "denied" if error else f"result {number}"
            script.use(tool, {"q": number}, result, error=ErrorClass(error))
    return script


def test_whatever_is_tried_fails():
    tools = ("list", "get", "find", "list", "get")
    errors = (DENIED, REPORTED, DENIED, REPORTED, DENIED)
    (finding,) = found(play(list(zip(tools, errors, strict=True))))
    assert finding.sentence == (
        "5 of 5 steps in a row failed, of find, get, list: permission, tool_reported."
    )
    assert (finding.pattern.code, finding.severity.word) == (CODE, "alert")
    assert (finding.agent, finding.subject) == ("worker", "find, get, list")
    assert finding.evidence == {
        "steps": 5,
        "failed": 5,
        "errors": {"permission": 3, "tool_reported": 2},
    }


def test_three_of_five_are_a_storm_but_no_alert():
    calls = [("list", DENIED), ("get", ""), ("find", REPORTED), ("get", ""), ("list", DENIED)]
    script = play(calls * 2)
    assert codes(script) == {CODE: "warning"}
    assert found(script)[0].sentence == (
        "6 of 10 steps in a row failed, of find, list: permission, tool_reported."
    )


def test_one_tool_that_fails_now_and_then_is_only_worth_knowing():
    calls = [("run_tests", REPORTED), ("read", ""), ("run_tests", REPORTED), ("read", "")]
    assert codes(play(calls * 3)) == {CODE: "info"}


@pytest.mark.parametrize(
    "calls",
    [
        [("list", DENIED), ("get", ""), ("get", ""), ("find", DENIED), ("get", ""), ("get", "")],
        [("list", ErrorClass.SERVER), ("get", ErrorClass.SERVER), ("find", ErrorClass.SERVER)],
        [("list", ErrorClass.CANCELLED), ("get", ErrorClass.CANCELLED)],
        [("exists", ErrorClass.NOT_FOUND)],
        [("list", REPORTED), ("edit", ""), ("get", REPORTED), ("edit", "")],
    ],
    ids=["a third", "what passes", "cancelled", "probes", "a change after each"],
)
def test_what_is_no_storm(calls):
    assert CODE not in codes(play(calls * 4))


def test_a_change_that_nobody_knows_more_of_counts():
    script = Script()
    with script.agent("worker"):
        for number in range(8):
            script.call(("list", "get")[number % 2], error=REPORTED)
            script.call("edit_file")
    assert codes(script) == {}


def test_a_person_between_them():
    script = Script()
    with script.agent("worker"):
        for number in range(9):
            script.hear(f"No, the other way: {number}.")
            script.use(("list", "get", "find")[number % 3], {"q": number}, error=DENIED)
    assert codes(script) == {}


def test_steps_of_different_agents_are_not_mixed():
    script = Script()
    with script.agent("lead"):
        for number, tool in enumerate(("list", "get", "find", "open")):
            with script.agent(f"worker-{number}"):
                script.use(tool, {"q": 1}, error=DENIED)
                script.use("read", {"q": 1}, "here")
    assert codes(script) == {}


def test_calls_side_by_side_are_one_step():
    script = Script()
    with script.agent("worker"):
        script.think()
        began = script.now
        for tool in ("list", "get", "find", "open", "read"):
            script.now = began
            script.call(tool, {"q": 1}, error=DENIED)
    assert codes(script) == {}


def test_a_late_span_withdraws_it():
    script = play([("list", DENIED), ("get", DENIED), ("edit", ""), ("find", DENIED)])
    early = [row for row in script.rows if row["name"] != "edit"]
    assert [each.pattern.code for each in found(script, early)] == [CODE]
    assert codes(script) == {}


@given(st.lists(st.integers(0, 40), unique=True).map(sorted), st.integers(2, WINDOW))
def test_stretches_hold_all_windows_with_enough_failures_and_no_more(failed, fewest):
    inside = set()
    for first in range(41):
        window = [at for at in failed if first <= at < first + WINDOW]
        inside |= set(window) if len(window) >= fewest else set()
    found = storms(failed, fewest)
    assert {at for first, last in found for at in failed if first <= at <= last} == inside
    edges = [at for pair in found for at in pair]
    assert edges == sorted(edges)
