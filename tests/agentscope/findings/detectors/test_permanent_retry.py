"""Errors that last, tried again: found; what only resembles that is not."""

import pytest

from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script
from tests.kit.failing import codes, found

DENIED = {"error": ErrorClass.PERMISSION}
MISSING = {"error": ErrorClass.NOT_FOUND}
REPORTED = {"error": ErrorClass.TOOL_REPORTED}
HOUR = 3600
CODE = "permanent_retry"


def test_a_blocked_tool_is_found_by_the_fourth_call():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number in range(4):
            script.use("delete_repo", {"name": f"repo-{number}"}, "blocked", **DENIED)
    (finding,) = found(script)
    assert finding.sentence == (
        "delete_repo failed 4 times in a row with the permanent error permission."
    )
    assert (finding.severity.word, finding.repeats, finding.agent) == ("alert", 4, "worker")
    assert finding.subject == "delete_repo: permission"
    assert finding.spent.tokens > 20_000


def test_other_tools_that_fail_for_the_same_reason():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number, tool in enumerate(("list", "get", "find", "list", "get")):
            script.use(tool, {"q": number}, **DENIED)
    (finding,) = found(script)
    assert finding.sentence == (
        "find, get, list failed 5 times in a row with the permanent error permission."
    )
    assert (finding.pattern.code, finding.severity.word) == (CODE, "alert")


def test_a_tool_that_is_told_alone_is_not_told_again_with_others():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number, tool in enumerate(("get", "get", "get", "get", "list")):
            script.use(tool, {"q": number}, **DENIED)
    alone, *others = [each for each in found(script) if each.pattern.code == CODE]
    assert (alone.subject, alone.repeats, others) == ("get: permission", 4, [])


def test_a_third_identical_failure_of_unknown_kind_is_a_repetition_like_any_other():
    script = Script()
    with script.agent("worker"):
        for _ in range(3):
            script.use("get", {"id": 1}, "stale", **REPORTED)
    assert CODE not in codes(script)
    (finding,) = [each for each in script.found() if each.pattern.code == "exact_repeat"]
    assert finding.sentence == (
        "get was called with the same arguments 3 times and failed in the same way each time."
    )


def test_identical_failures_without_a_message():
    script = Script()
    with script.agent("worker"):
        for _ in range(4):
            script.call("get", {"id": 1}, **REPORTED)
    assert codes(script) == {CODE: "warning"}


def test_below_the_floor_of_costs_it_is_no_alert():
    script = Script(prompt=10, grows=0)
    with script.agent("worker"):
        for number in range(4):
            script.use("delete_repo", {"name": number}, **DENIED)
    assert codes(script) == {CODE: "warning"}


@pytest.mark.parametrize("error", [DENIED, REPORTED])
def test_an_identical_call_that_fails_twice_is_worth_knowing(error):
    script = Script()
    with script.agent("worker"):
        for _ in range(2):
            script.use("get", {"id": 1}, "no", **error)
    assert codes(script) == {CODE: "info"}


@pytest.mark.parametrize("error", [ErrorClass.AUTH, ErrorClass.INVALID_REQUEST, ErrorClass.QUOTA])
def test_a_model_that_refuses(error):
    script = Script(prompt=100)
    with script.agent("worker"):
        for _ in range(4):
            script.think(error_class=str(error), status=2)
            script.wait(200)
    assert codes(script) == {CODE: "alert"}, "it lasted for more than five minutes"


def test_a_tool_that_reports_other_failures_is_not_identical():
    script = Script()
    with script.agent("worker"):
        script.use("run_tests", {}, "3 failed", **REPORTED)
        script.use("run_tests", {}, "1 failed", **REPORTED)
    assert codes(script) == {}


def test_different_things_that_are_not_there_are_answers():
    script = Script()
    with script.agent("worker"):
        for number in range(12):
            script.use("get_user", {"id": number}, **MISSING)
    assert codes(script) == {}


def test_one_of_many_that_is_asked_for_twice_is_no_loop():
    script = Script()
    with script.agent("worker"):
        for number in (1, 2, 3, 1, 4, 5):
            script.use("get_user", {"id": number}, **MISSING)
    assert codes(script) == {}


def test_what_was_looked_for_is_not_known_so_it_is_a_hint():
    script = Script(prompt=50_000)
    with script.agent("worker"):
        for _ in range(8):
            script.think(known=False)
            script.call("get_user", **MISSING)
    (finding,) = found(script)
    assert (finding.pattern.code, finding.severity.word, finding.confidence) == (CODE, "info", 0.4)


def test_errors_that_pass_are_another_matter():
    script = Script()
    with script.agent("worker"):
        for number in range(3):
            script.use("get", {"id": 1}, error=ErrorClass.RATE_LIMIT)
            script.wait(2**number)
        script.use("get", {"id": 1}, "here")
    assert codes(script) == {}


def test_a_person_who_answers_between_makes_each_a_first_try():
    script = Script()
    with script.agent("worker"):
        for number in range(6):
            script.hear(f"Yes, do number {number}.")
            script.use("delete_repo", {"name": number}, **DENIED)
    assert codes(script) == {}


def test_a_success_between_them_ends_the_row():
    script = Script()
    with script.agent("worker"):
        for number in range(6):
            script.use("get_user", {"id": 7}, **MISSING)
            script.use("get_user", {"id": number}, "here")
    assert CODE not in codes(script)


def test_calls_side_by_side_are_one_step():
    script = Script(prompt=50_000)
    with script.agent("worker"):
        script.think(asks=[("get", {"id": 1})] * 5)
        began = script.now
        for _ in range(5):
            script.now = began
            script.call("get", {"id": 1}, **DENIED)
    assert codes(script) == {}


def test_if_one_of_those_side_by_side_succeeds_the_step_did_not_fail():
    script = Script()
    with script.agent("worker"):
        for number in range(5):
            script.think()
            began = script.now
            script.call("get", {"id": number}, **DENIED)
            script.now = began
            script.call("get", {"id": -number}, "here")
    assert codes(script) == {}


def test_a_late_span_withdraws_it():
    script = Script()
    with script.agent("worker"):
        for number in range(3):
            script.use("post", {"id": number}, **DENIED)
            if number == 1:
                late = script.call("post", {"id": 100}, "done")
    early = [row for row in script.rows if row is not late]
    assert [each.pattern.code for each in found(script, early)] == [CODE]
    assert codes(script) == {}
