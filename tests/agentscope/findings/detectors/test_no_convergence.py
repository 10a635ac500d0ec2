"""Works that come back to what they were, whatever reviewers say; and works that get on."""

import pytest

from tests.kit.courses import Script

ONE = (
    "It rained in the north for a week, and the rivers rose until the bridges at the lower end of"
    " town were closed to all."
)
OTHER = (
    "The bridges of the lower town were closed: after a week of rain in the north the rivers had"
    " risen over the meadows."
)
VERDICTS = [
    "Too long; cut the second clause.",
    "I would rather have the cause first here.",
    "The place is not named early enough yet.",
    "Shorten it, and tell where this was.",
    "This lost the order of events again.",
    "Please lead with what people noticed.",
    "It does not say how long it rained.",
    "Hard to follow; turn the sentence round.",
]
SWINGS = ("This is too long by far, make it shorter.", "This is too short now, tell more of it.")
APPROVED = "Approved. The text is in line with the guide of our house."
REJECTED = "Rejected. The text lacks a date, so it goes to the editor."


def swings(at):
    return (ONE, OTHER)[at % 2]


def another(at):
    return f"{VERDICTS[at]} {at * 7919} {VERDICTS[-at - 1]} {at * 104729}"


def anew(at):
    return VERDICTS[at]


def reviews(draft, verdict, names=("writer", "critic"), times=8):
    script = Script(prompt=5000)
    with script.span("desk"):
        for at in range(times):
            for name, said in zip(names, (draft(at), verdict(at)), strict=True):
                with script.agent(name):
                    script.think(said)
    return script


def nodes():
    """Two model calls in turns, told apart by their instructions."""
    script = Script(prompt=5000)
    with script.span("graph"):
        for at in range(8):
            for instructions, said in (("You write.", swings(at)), ("You judge.", anew(at))):
                script.history = []
                script.hear(instructions, "system")
                script.hear("Write about the rain.")
                script.think(said)
    return script


def tools(*uses):
    script = Script(prompt=5000)
    with script.agent("writer", "Write about the rain."):
        for at in range(8):
            for tool, arguments, result in uses:
                script.use(tool, arguments(at), result(at))
    return script


def codes(script):
    return {each.pattern.code for each in script.found() if each.severity.word != "info"}


@pytest.mark.parametrize(
    "script",
    [
        reviews(swings, anew),
        reviews(swings, anew, ("copywriter", "quality_gate")),
        reviews(swings, anew, ("one", "other")),
        reviews(lambda at: ONE, anew),
        reviews(lambda at: ONE, lambda at: VERDICTS[0]),
        reviews(lambda at: f"{ONE} Day {at * 31}.", lambda at: SWINGS[at % 2]),
        nodes(),
        tools(("review_draft", lambda at: {"draft": swings(at)}, anew)),
        tools(
            ("write_file", lambda at: {"path": "a", "text": swings(at)}, lambda at: "ok"),
            ("review_file", lambda at: {"path": "a"}, anew),
        ),
    ],
    ids=[
        *("new words", "a gate", "no names", "no change", "nothing new", "two verdicts", "nodes"),
        *("reviewed by a tool", "written by a tool"),
    ],
)
def test_a_work_that_comes_back(script):
    assert codes(script) == {"no_convergence"}


@pytest.mark.parametrize(
    "script",
    [
        reviews(another, lambda at: APPROVED),
        reviews(another, lambda at: (APPROVED, REJECTED)[at % 2]),
        reviews(lambda at: f"{ONE} {at * 31}", lambda at: f"Issues found: {8 - at}. {anew(at)}"),
        reviews(swings, lambda at: f"Issues found: {8 - at}. {anew(at)}"),
        reviews(another, lambda at: f"{anew(at)} {ONE} {at * 31}"),
        reviews(lambda at: ONE, lambda at: another(-at), ("scribe", "speaker")),
        reviews(lambda at: "research", another, ("supervisor", "researcher")),
        reviews(swings, anew, times=3),
    ],
    ids=[
        *("many works", "two verdicts", "fewer", "fewer, old text", "new drafts", "a scribe"),
        *("words of command", "three rounds"),
    ],
)
def test_fine(script):
    assert "no_convergence" not in codes(script)
