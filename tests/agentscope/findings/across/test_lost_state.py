"""A resume that starts over, or from an older state: found; what only begins alike is not."""

from typing import Any

import pytest

from agentscope.findings.models import Finding
from agentscope.vocabulary import ErrorClass
from tests.kit.costs import uuid
from tests.kit.resumed import Run, lines, tell

pytestmark = pytest.mark.django_db

LOST, STALE = "lost_state", "stale_checkpoint"
CRASH: dict[str, Any] = {"failure": ErrorClass.SERVER}


def reads(run: Run, *boxes: int) -> Run:
    """Some boxes are opened, one after another."""
    for box in boxes:
        run.use("open_box", {"box": box}, f"in box {box} there is a letter")
    return run


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
@pytest.mark.parametrize(
    ("first", "how"),
    [
        (lambda: reads(Run(1, **CRASH), 1, 2, 3, 4), "which had failed"),
        (lambda: reads(Run(1, open_end=True), 1, 2, 3, 4), "which never ended"),
        (lambda: reads(Run(1), 1, 2, 3, 4).pause(), "which had been paused"),
    ],
    ids=["failed", "killed", "paused"],
)
def test_a_resume_that_starts_over(order, first, how):
    tell(first(), reads(Run(2, 60), 1, 2, 3, 5), order=order)
    (finding,) = Finding.objects.filter(code=LOST)
    assert (finding.trace_id, finding.severity, finding.repeats) == (uuid(2), 2, 3)
    assert finding.sentence == (
        "It began anew: its first 3 tool calls had succeeded with the same arguments in the trace "
        f"before it, {how}."
    )
    assert finding.span_ids == [2, 3, 5, 7]
    assert finding.tokens == 3 * 20 + 1000 + 1100 + 1200


def test_a_linked_part_that_starts_over_though_the_first_ended_well():
    first = reads(Run(1, session=""), 1, 2, 3)
    tell(first, reads(Run(2, 60, session="", links=[1]), 1, 2, 3), order=(2, 1))
    assert lines(7, LOST) == [(uuid(2), LOST, "warning", 3)]


@pytest.mark.parametrize(
    "second",
    [
        lambda: reads(Run(2, 60), 5, 6, 7),
        lambda: reads(Run(2, 60), 1, 2, 5),
        lambda: reads(Run(2, 60, task="Something else."), 1, 2, 3),
        lambda: reads(Run(2, 60, session="another"), 1, 2, 3),
        lambda: reads(Run(2, 3), 1, 2, 3),
    ],
    ids=["goes on", "begins alike", "another task", "another session", "at the same time"],
)
def test_what_is_no_start_over(second):
    tell(reads(Run(1, **CRASH), 1, 2, 3, 4), second())
    assert lines(7, LOST) == []


def test_the_same_question_again_after_a_good_answer():
    tell(reads(Run(1), 1, 2, 3).think("Done."), reads(Run(2, 60), 1, 2, 3).think("Done."))
    assert lines(7, LOST, STALE) == []


def test_without_words_it_is_only_told():
    first = reads(Run(1, task="", **CRASH), 1, 2, 3)
    tell(first, reads(Run(2, 60, task=""), 1, 2, 3))
    assert lines(7, LOST) == [(uuid(2), LOST, "info", 3)]


def from_state(trace: int, at: float, *boxes: int, then: tuple[int, ...] = ()) -> Run:
    """A run that is resumed with what was read so far, and goes on."""
    run = reads(Run(trace, 0), *boxes)
    resumed = Run(trace, at)
    resumed.history, resumed.tokens = run.history, run.tokens
    return reads(resumed, *then)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_resume_from_an_older_state(order):
    tell(reads(Run(1), 1, 2, 3, 4).pause(), from_state(2, 60, 1, 2, then=(5, 6)), order=order)
    (finding,) = Finding.objects.filter(code=STALE)
    assert (finding.trace_id, finding.severity, finding.repeats) == (uuid(2), 1, 1)
    assert finding.sentence == (
        "It continues from an older state: an earlier trace of the session went on from there for "
        "1 model call."
    )
    assert finding.span_ids == [2]


def test_what_was_changed_since_then_makes_it_worth_a_look():
    first = reads(Run(1), 1, 2, 3).use("save_note", {"text": "a letter"}).pause()
    tell(first, from_state(2, 60, 1, then=(5,)))
    assert [line[2] for line in lines(7, STALE)] == ["warning"]


def test_a_part_of_the_work_that_is_forgotten_and_was_not_cheap():
    first = reads(Run(1), *range(12)).use("save_note", {"text": "a letter"}).pause()
    tell(first, from_state(2, 60, 0, then=tuple(range(20, 34))))
    assert [line[2:] for line in lines(7, STALE)] == [("alert", 11)]


def test_two_resumes_from_one_pause():
    first = reads(Run(1), 1, 2).pause()
    again = [from_state(trace, 60 * trace, 1, 2, then=(5, trace)) for trace in (2, 3)]
    tell(first, *again, order=(3, 1, 2))
    assert [line[:2] for line in lines(7, STALE)] == [(uuid(3), STALE)]


def test_a_resume_from_the_last_state():
    tell(reads(Run(1), 1, 2, 3).pause(), from_state(2, 60, 1, 2, 3, then=(4, 5)))
    assert lines(7, STALE, LOST) == []


def test_the_last_step_that_failed_is_tried_again():
    first = reads(Run(1, **CRASH), 1, 2)
    first.use("open_box", {"box": 3}, error_class=ErrorClass.TIMEOUT)
    tell(first, from_state(2, 60, 1, 2, then=(3, 4)))
    assert lines(7, STALE, LOST) == []


def test_turns_of_a_conversation():
    turns = []
    history, tokens = [], 1000
    for number in range(5):
        run = Run(number + 1, 60 * number, task="")
        run.history, run.tokens = [*history], tokens
        reads(run.hear(f"Question {number}?"), 1, 2, number + 3).think("An answer.")
        history, tokens = run.history, run.tokens
        turns.append(run)
    tell(*turns)
    assert lines(7, STALE, LOST) == []


def chain(trace: int, at: float, *bases: str, **said: Any) -> Run:
    """A trace whose model calls go on from these answers; each time people say something else."""
    run = Run(trace, at, task=f"Question {trace}.", **said)
    for number, state in enumerate(bases):
        run.hear(f"And {trace}.{number}?").think("Yes.", continues=state)
    return run


def test_a_call_that_goes_on_from_an_older_answer_forgets_those_after_it():
    tell(chain(1, 0, "r1", "r2", "r3", "r4"), chain(2, 300, "r2", "r9"))
    assert [line[1] for line in lines(7, STALE)] == [STALE]


def test_two_that_go_on_from_one_checkpoint_are_a_fork_where_the_first_ended_well():
    tell(chain(1, 0, "c1", ""), chain(2, 300, "c1", ""))
    assert [line[0] for line in lines(7, STALE)] == [uuid(2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (chain(1, 0, "r1", "r2"), chain(2, 300, "r3", "r4")),
        (chain(1, 0, "r1", "r2"), chain(2, 300, "r2", "r3")),
        (chain(1, 0, "c1", "", failure=ErrorClass.SERVER), chain(2, 300, "c1", "")),
        (chain(1, 0, "c1", "").pause(), chain(2, 300, "c1", "")),
        (chain(1, 0, "", ""), chain(2, 300, "", "")),
        (chain(1, 0, "c1", "", session="a"), chain(2, 300, "c1", "", session="b")),
    ],
    ids=["the newest", "the last, again", "a failed one", "a paused one", "no ids", "sessions"],
)
def test_what_is_no_older_state(first, second):
    tell(first, second)
    assert lines(7, STALE) == []
