"""Tried again without waiting longer: found; patience is not."""

import pytest

from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script
from tests.kit.failing import codes, found

CODE = "missing_backoff"
LIMITED = ErrorClass.RATE_LIMIT


def attempts(waits, tool="get", error=LIMITED, asked=None):
    """A call that fails and is tried again after each of these waits in seconds, then works.
    `asked` is how long it asks to be left alone."""
    script = Script()
    with script.agent("worker"):
        for seconds in waits:
            script.call(tool, {"id": 1}, error=error, retry_after=asked)
            script.wait(seconds)
        script.call(tool, {"id": 1}, "here")
    return script


def test_at_once_again():
    (finding,) = found(attempts([0.1] * 5))
    assert finding.sentence == (
        "get failed 5 times (rate_limit) less than a second after one another; the next attempt "
        "succeeded."
    )
    assert (finding.pattern.code, finding.severity.word, finding.repeats) == (CODE, "warning", 5)
    assert finding.evidence == {
        "attempts": 6,
        "failed": 5,
        "backoff": "none",
        "shortest_wait_s": 0.1,
        "longest_wait_s": 0.1,
        "recovered": True,
        "failed_cost_usd": "0.000000000000",
    }


@pytest.mark.parametrize("waits", [[2, 2, 2, 2], [4, 3, 2, 1], [0, 0, 0, 0]])
def test_waits_that_do_not_grow(waits):
    assert codes(attempts(waits)) == {CODE: "warning"}


@pytest.mark.parametrize(
    "waits",
    [[1, 2, 4, 8, 16], [0.1, 0.1, 0.1], [30, 30, 30, 30, 30]],
    ids=["growing", "three attempts", "patient"],
)
def test_what_is_no_loop(waits):
    assert codes(attempts(waits)) == {}


def test_ten_that_are_dear_are_an_alert():
    script = Script(prompt=10_000)
    with script.agent("worker"):
        script.hear("Go on.")
        for _ in range(11):
            script.history = script.history[:1]
            script.think(error_class="overloaded", status=2, seconds=0.2)
    (finding,) = found(script)
    assert (finding.pattern.code, finding.severity.word) == (CODE, "alert")
    assert finding.sentence.endswith("; none succeeded.")


def test_an_unknown_call_is_a_hint():
    script = Script()
    with script.agent("worker"):
        for _ in range(12):
            script.call("get", error=LIMITED)
    (finding,) = found(script)
    assert (finding.pattern.code, finding.severity.word, finding.confidence) == (CODE, "info", 0.4)


def test_different_calls_are_no_attempts():
    script = Script()
    with script.agent("worker"):
        for number in range(12):
            script.call("get", {"id": number}, error=LIMITED)
    assert codes(script) == {}


def test_calls_side_by_side_are_one_attempt():
    script = Script()
    with script.agent("worker"):
        for _ in range(8):
            script.now = 0
            script.call("get", {"id": 1}, error=LIMITED)
    assert codes(script) == {}


def test_a_late_span_withdraws_it():
    script = attempts([0.1] * 5)
    third = script.rows[3]
    as_it_ended = third | {"error_class": "", "status": 1}
    rows = [as_it_ended if row is third else row for row in script.rows]
    assert codes(script) == {CODE: "warning"}
    assert codes(script, rows) == {}


def test_sooner_than_was_asked_for():
    (finding,) = found(attempts([2, 4, 8], asked=20))
    assert finding.sentence == (
        "get failed 3 times (rate_limit) and was tried again sooner than it asked for, 3 times: "
        "after 2.0 s of 20.0 s; the next attempt succeeded."
    )
    assert finding.evidence["asked_wait_s"] == 20


@pytest.mark.parametrize("waits", [[2], [2, 20, 20]], ids=["once", "the first was under way"])
def test_once_is_no_habit(waits):
    assert codes(attempts(waits, asked=20)) == {}


@pytest.mark.parametrize("asked", [0.4, 1.0, 1.05])
def test_waiting_as_long_as_asked_is_patient_enough(asked):
    assert codes(attempts([1] * 8, asked=asked)) == {}
    assert codes(attempts([1] * 8)) == {CODE: "warning"}
