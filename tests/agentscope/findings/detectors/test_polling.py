"""A state that is asked for again and again; and waiting that costs little or sees it move."""

import pytest

from agentscope.vocabulary import Flag
from tests.kit.courses import Script

JOB = {"job_id": "job-7"}


def asks(results, tool="get_job_status", seconds=0.5, wait=0.0, thinks=True):
    script = Script(prompt=500, grows=10)
    with script.agent("scout", "Build it."):
        script.use("start_build", {"branch": "main"}, {"started": True})
        for result in results:
            if thinks:
                script.think(asks=[(tool, JOB)])
            script.call(tool, JOB, result, seconds=seconds)
            script.wait(wait)
    return script


def test_a_state_that_does_not_change():
    (found,) = asks([{"status": "running"}] * 12).found()
    assert (found.pattern.code, found.severity.word) == ("polling", "warning")
    assert found.sentence == (
        "get_job_status was asked for the same 12 times: 12 calls for 0 changes."
    )
    assert found.evidence == {"calls": 12, "changes": 0}


def test_many_calls_for_few_changes():
    script = asks([{"state": ("queued", "preparing", "running")[at // 14]} for at in range(42)])
    found, growth = script.found()
    assert (growth.pattern.code, growth.severity.word) == ("context_growth", "info")
    assert found.sentence.endswith("42 calls for 2 changes.")
    assert found.severity.word == "alert"


def test_by_the_answer_alone():
    assert asks([{"state": "in_progress"}] * 11, tool="show_order").codes() == {
        "polling": "warning"
    }


def test_tokens_make_it_an_alert():
    script = asks([{"status": "running"}] * 12)
    for row in script.rows:
        if row["model"]:
            row["input_tokens"] = 30_000
    assert script.codes() == {"polling": "alert"}


@pytest.mark.parametrize(
    "script",
    [
        asks([{"status": "running", "percent": 7 * at} for at in range(14)]),
        asks([{"status": "running"}] * 9),
        asks([{"status": "running"}] * 15, wait=35),
        asks([{"event": "none"}] * 15, tool="wait_for_event", seconds=20),
        asks([{"ok": True}] * 15, tool="send_heartbeat", thinks=False),
    ],
    ids=["it moves", "a few", "far apart", "the tool waits", "a program asks"],
)
def test_fine(script):
    assert script.codes() == {}


def test_who_works_meanwhile_does_not_wait():
    script = Script(prompt=5000)
    with script.agent("scout", "Build it."):
        for at in range(14):
            script.use("get_job_status", JOB, {"status": "running"})
            script.use("read_page", {"page": at}, f"Page {at * 7919} says what no other says.")
    assert "polling" not in script.codes()


def test_states_that_nobody_knows():
    assert asks([None] * 20).codes() == {}
    script = Script()
    with script.agent("scout"):
        for _ in range(20):
            script.think(known=False)
            script.call("get_status", JOB, "__REDACTED__", flags=Flag.REDACTED)
    assert "polling" not in script.codes()


def test_calls_side_by_side_are_one():
    script = Script()
    with script.agent("scout"):
        for number in range(3):
            script.together([("get_status", {"id": number}, {"status": "running"})] * 10)
    assert script.codes() == {}


@pytest.mark.parametrize("calls", range(10, 20))
def test_a_growing_trace_keeps_its_first_span(calls):
    script = asks([{"status": "running"}] * 19)
    (found,) = script.found(script.rows[: 3 + 2 * calls])
    assert (found.rows[0], found.repeats) == (4, calls)
