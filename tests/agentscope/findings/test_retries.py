"""Attempts at one call: how many, how long was waited, whether one succeeded."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.retries import Backoff, retries
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import SECOND, Script

LIMITED = ErrorClass.RATE_LIMIT


def attempts(waits, last=ErrorClass.NONE, tool="get", arguments=None):
    """A call that fails, is tried again after each of these waits in seconds, and ends so."""
    script = Script()
    with script.agent("worker"):
        script.call(tool, arguments or {"id": 1}, error=LIMITED)
        for number, seconds in enumerate(waits, start=1):
            script.wait(seconds)
            error = last if number == len(waits) else LIMITED
            script.call(tool, arguments or {"id": 1}, "" if error else "here", error=error)
    return script


def of(script, rows=None):
    scene = script.scene(rows)
    return scene, [each for course in scene.courses for each in retries(scene, course)]


def test_attempts_and_waits():
    scene, (found,) = of(attempts([1, 2, 4]))
    assert (len(found.steps), len(found.failed), found.recovered) == (4, 3, True)
    assert found.gaps == [1 * SECOND, 2 * SECOND, 4 * SECOND]
    assert found.errors == [LIMITED] * 3
    assert (found.is_known, found.pico(scene)) == (True, 0)


def test_exhausted():
    _, (found,) = of(attempts([1, 2], last=LIMITED))
    assert (len(found.failed), found.recovered) == (3, False)


def test_a_failure_that_lasts_ends_them():
    _, (found,) = of(attempts([1, 2, 3], last=ErrorClass.AUTH))
    assert (len(found.steps), found.recovered) == (3, False)


@pytest.mark.parametrize(
    ("waits", "backoff"),
    [
        ([1, 2, 4, 8], Backoff.GROWING),
        ([2.0, 1.1, 5.0, 3.2, 11.0], Backoff.GROWING),
        ([3, 3, 3, 3], Backoff.CONSTANT),
        ([8, 4, 2, 1], Backoff.CONSTANT),
        ([0.1, 0.1, 0.1], Backoff.NONE),
        ([0, 0, 0, 0], Backoff.NONE),
    ],
)
def test_how_waits_grow(waits, backoff):
    _, (found,) = of(attempts(waits))
    assert found.backoff is backoff


def test_another_call_is_no_attempt():
    script = Script()
    with script.agent("worker"):
        for number in range(4):
            script.call("get", {"id": number}, error=LIMITED)
    assert of(script)[1] == []


def test_what_was_asked_for_may_not_be_known():
    script = Script()
    with script.agent("worker"):
        for _ in range(3):
            script.call("get", error=LIMITED)
    _, (found,) = of(script)
    assert not found.is_known


def test_attempts_cost_what_they_cost():
    script = Script()
    with script.agent("worker"):
        for usd in (3, 5):
            script.think(error_class="timeout", status=2, reported_cost=usd * 10**10)
        script.think(reported_cost=7 * 10**10)
    scene, (found,) = of(script)
    assert (found.pico(scene), found.recovered) == (8 * 10**10, True)


def test_calls_side_by_side_are_one_attempt():
    script = Script()
    with script.agent("worker"):
        for _ in range(5):
            script.now = 0
            script.call("get", {"id": 1}, error=LIMITED)
    assert of(script)[1] == []


@given(st.lists(st.sampled_from([0.0, 0.5, 2.0, 30.0]), min_size=1, max_size=6), st.randoms())
def test_the_order_of_arrival_does_not_matter(waits, random):
    script = attempts(waits)
    shuffled = random.sample(script.rows, len(script.rows))
    assert told(script) == told(script, shuffled)


@given(st.lists(st.sampled_from(["", "rate_limit", "timeout", "auth"]), max_size=12))
def test_each_failure_that_passes_is_in_one_of_them_at_most(errors):
    script = Script()
    with script.agent("worker"):
        for error in errors:
            script.call("get", {"id": 1}, error=ErrorClass(error))
    _, found = of(script)
    rows = [row for each in found for step in each.failed for row in step.rows]
    assert (
        len(rows) == len(set(rows)) <= sum(error in ("rate_limit", "timeout") for error in errors)
    )
    assert all(len(each.steps) > 1 for each in found)
    assert all(one.steps[-1].end_ns <= two.steps[0].start_ns for one, two in pairwise(found))


def told(script, rows=None):
    return [
        ([step.rows for step in each.steps], each.gaps, each.recovered, each.backoff)
        for each in of(script, rows)[1]
    ]
