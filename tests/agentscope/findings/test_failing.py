"""Steps that failed: parted where something changed, and found the same in whatever order they
came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.failing import error_of, failing_courses, phases
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script
from tests.kit.failing import found

DENIED = ErrorClass.PERMISSION
TOOLS = st.sampled_from(["get", "find", "edit", "post"])
ERRORS = st.sampled_from(["", "", "permission", "validation", "rate_limit", "unknown", "cancelled"])
CALLS = st.lists(st.tuples(TOOLS, st.integers(0, 2), ERRORS, st.booleans()), max_size=14)


def play(calls):
    """An agent that makes some calls; where one is marked so, a person spoke before it."""
    script = Script(prompt=10_000)
    with script.agent("worker"):
        for number, (tool, argument, error, is_answered) in enumerate(calls):
            if is_answered:
                script.hear(f"word {number}")
            script.use(tool, {"q": argument}, error or "done", error=ErrorClass(error))
    return script


def told(script, rows=None):
    return [
        (each.pattern.code, each.severity, each.sentence, each.rows, each.spent)
        for each in found(script, rows)
    ]


def parts(script):
    """The names of the tools in each phase of the one course."""
    scene = script.scene()
    (course,) = [course for course in scene.courses if course.agent]
    named = ([step.name for step in phase if step.kind != 3] for phase in phases(scene, course))
    return [names for names in named if names]


@given(CALLS, st.randoms())
def test_the_order_of_arrival_does_not_matter(calls, random):
    script = play(calls)
    assert told(script) == told(script, random.sample(script.rows, len(script.rows)))


@given(CALLS, st.integers(0, 14))
def test_what_is_found_follows_from_the_spans_that_are_there(calls, so_far):
    script = play(calls)
    early = script.rows[: 1 + 2 * so_far]
    assert told(script, early) == told(play(calls[:so_far]), None)


def test_a_change_begins_a_new_phase():
    calls = [("get", 1, "permission", False), ("edit", 1, "", False), ("find", 1, "", False)]
    again = [("get", 2, "permission", False), ("edit", 1, "", False), ("find", 2, "", False)]
    assert parts(play(calls + again)) == [["get"], ["edit", "find", "get", "edit", "find"]]


def test_a_word_of_a_person_begins_a_new_phase():
    calls = [("get", 1, "", True), ("get", 2, "permission", False), ("get", 3, "permission", True)]
    assert parts(play(calls)) == [["get", "get"], ["get"]]


@pytest.mark.parametrize(
    ("errors", "wanted"),
    [
        ([DENIED, DENIED], DENIED),
        ([DENIED, ErrorClass.NONE], ErrorClass.NONE),
        ([DENIED, ErrorClass.QUOTA], ErrorClass.UNKNOWN),
        ([ErrorClass.CONTROL_FLOW], ErrorClass.NONE),
    ],
)
def test_calls_side_by_side_fail_together_or_not_at_all(errors, wanted):
    script = Script()
    with script.agent("worker"):
        for _ in range(2):  # one failure alone is not looked at
            began = script.now
            for error in errors:
                script.now = began
                script.call("get", {"id": 1}, error=error)
    scene = script.scene()
    steps = [step for course in scene.courses for step in course.steps]
    assert {error_of(scene, step) for step in steps} == {wanted}


def test_courses_with_enough_errors():
    script = play([("get", 1, "permission", False), ("get", 2, "permission", False)])
    scene = script.scene()
    assert [each.agent for each in failing_courses(scene, bool, 2)] == ["worker"]
    assert list(failing_courses(scene, bool, 3)) == []
    assert list(failing_courses(scene, lambda error: error is ErrorClass.QUOTA, 1)) == []
