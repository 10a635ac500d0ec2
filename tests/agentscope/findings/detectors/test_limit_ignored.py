"""Runs beyond their limit and after their end; and those that end in time."""

import pytest

from agentscope.findings.detect import detect
from agentscope.findings.limits import Limit, Limits
from agentscope.vocabulary import Kind, Status
from tests.kit.courses import SECOND, Script
from tests.kit.spans import NOON


def works(script, turns, wait=0.0):
    for at in range(turns):
        script.wait(wait)
        script.use("look", {"at": script.now}, f"At {script.now} there is {at * at}.")


def limited(turns, limit=8, answer=True, outside=False):
    script = Script(prompt=3000)
    around = script.span("workflow", limit=limit if outside else None)
    with around, script.agent("scout", "Find it.", limit=None if outside else limit):
        works(script, turns)
        if answer:
            script.think("Found it.")
    return script


def test_beyond_the_limit():
    (found,) = limited(20).found()
    assert (found.pattern.code, found.severity.word) == ("limit_ignored", "alert")
    assert found.sentence == "scout took 20 turns; its limit is 8."
    assert (found.repeats, len(found.rows)) == (12, 20)


def test_the_first_turn_too_many():
    assert limited(9).codes() == {"limit_ignored": "warning"}


def test_within_its_limit_a_run_ignores_none_whatever_a_project_says():
    own = Limits({"limit_ignored": Limit(50, 60)})
    assert detect(limited(7).scene(), own) == []
    (found,) = detect(limited(9).scene(), own)
    assert found.repeats == 1


def test_a_limit_of_the_program_around():
    (found,) = limited(20, outside=True).found()
    assert found.sentence == "workflow took 20 turns; its limit is 8."


def test_parts_have_limits_of_their_own():
    script = Script()
    with script.agent("lead", limit=8):
        for _ in range(5):
            script.think(asks=[("ask", {"at": script.now})])
            call = script.call("ask", {"at": script.now}, f"Found {script.now}.")
            with script.within(call), script.agent("scout", f"Find {script.now}.", limit=8):
                works(script, 6)
                script.think(f"Found {script.now}.")
    assert script.codes() == {}


@pytest.mark.parametrize("turns", [1, 7, 8])
def test_within_the_limit(turns):
    assert limited(turns).codes() == {}


def test_no_limit_is_declared():
    assert limited(20, limit=None).codes() == {}


def test_turns_side_by_side_and_failures_count_once():
    script = Script()
    with script.agent("scout", limit=8):
        for at in range(8):
            script.think(asks=[("look", {"at": at})], error_class="timeout", status=Status.ERROR)
            script.together([("look", {"at": at, "of": of}, f"{at * of}") for of in range(4)])
    assert "limit_ignored" not in script.codes()


def lasting(after, wait=40.0, kind=Kind.CHAIN, status=Status.OK, name="workflow"):
    """The root ends, and its agent goes on."""
    script = Script(prompt=3000)
    with script.span(name, kind) as root, script.agent("scout", "Find it."):
        works(script, 3)
        end = NOON + int(script.now * SECOND)
        works(script, after, wait)
    root["end_ns"], root["status"] = end, int(status)
    return script


@pytest.mark.parametrize("kind", [Kind.CHAIN, Kind.OTHER])
def test_after_the_root_has_ended(kind):
    (found,) = lasting(14, kind=kind).found()
    assert (found.pattern.code, found.severity.word) == ("limit_ignored", "alert")
    assert found.sentence == (
        "13 model calls began after workflow had ended, the last 9 minutes later."
    )


@pytest.mark.parametrize(
    "script",
    [
        lasting(10, wait=1),
        lasting(3),
        lasting(14, kind=Kind.OTHER, name="POST /jobs"),
        lasting(14, status=Status.WAITING),
    ],
    ids=["cleaning up", "a call or two", "a request that starts a job", "it waits for a person"],
)
def test_fine(script):
    assert script.codes() == {}


def test_a_run_that_begins_after_the_end_is_another_one():
    script = Script()
    with script.span("workflow") as root:
        with script.agent("scout", "Find it."):
            works(script, 2)
        end = NOON + int(script.now * SECOND)
        script.wait(600)
        with script.agent("scout", "Now find that."):
            works(script, 8)
    root["end_ns"] = end
    assert script.codes() == {}


def test_a_root_that_runs_on_has_not_ended():
    script = lasting(14)
    script.rows[0]["end_ns"] = 0
    assert script.codes() == {}


def unended(script, *kinds):
    """The rows that have come while runs are open: all but the spans of these."""
    return [row for row in script.rows if row["kind"] not in kinds]


def codes(script, rows):
    return [each.pattern.code for each in script.found(rows)]


def test_a_run_whose_span_has_not_come_goes_on_after_the_end():
    script = lasting(14)
    (found,) = script.found(unended(script, Kind.AGENT))
    assert found.sentence == (
        "13 model calls began after workflow had ended, the last 9 minutes later."
    )


def test_a_run_that_began_after_the_end_is_another_piece_of_work():
    script = Script(prompt=3000)
    with script.span("workflow") as root, script.agent("scout", "Find it."):
        works(script, 3)
        end = NOON + int(script.now * SECOND)
        script.wait(90)
        with script.agent("clerk", "Write it down."):
            works(script, 14, 40.0)
    root["end_ns"] = end
    assert codes(script, unended(script, Kind.AGENT)) == []


def test_of_two_roots_nobody_knows_which_is_above():
    script = lasting(14)
    with script.span("another"):
        pass
    assert codes(script, unended(script, Kind.AGENT)) == []
