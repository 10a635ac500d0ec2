"""One makes, another reviews, and it never gets done: what was written before comes again.

Four rounds are a thorough review. Progress is an answer that was not given before; a work that
returns to an earlier state swings between two faults, and one agent with two tools can do so too.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.courses import Course
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.oscillation import Swing, swings
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, recurring, turns

PATTERN = Pattern(
    code="no_convergence",
    version=2,
    inform=4,
    alert=6,
    confidence=0.85,
    legitimate="It is fine if a fixed number of rounds was agreed on, whatever comes of them.",
)

LATELY = 3  # rounds: with fewer a count that stands still may be chance


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for agents that take turns and come to the same again."""
    for course in scene.courses:
        for each in turns(scene, course, limit.inform):
            if not each.is_handed and (finding := judged(scene, each, limit)):
                yield finding
        for swing in swings(scene, course, limit.inform):
            yield taken_back(scene, course, swing, limit)


def taken_back(scene: Scene, course: Course, swing: Swing, limit: Limit) -> Found:
    """The finding of changes that were made and taken back."""
    name, times = swing.made[0].name, len(swing.made)
    states = len({step.call for step in swing.made})
    return repeated(
        *(scene, course, swing.steps, PATTERN, limit),
        sentence=f"{name} was called {times} times and came back to the same {states} states, and "
        "what other tools said was no news.",
        subject=name,
        repeats=times,
        period=states,
    )


def judged(scene: Scene, each: Turns, limit: Limit) -> Found | None:
    """The finding of some turns; None if what they come to is new."""
    again = [recurring(each.results(at)) for at in range(each.period)]
    if len({step.result for step in each.steps[each.period :]}) == 1:
        return None  # who only repeats what the other says does not review it: see empty_chat
    told = f"{max(again)} of the answers had been given before"
    if min(again) <= each.rounds - limit.inform:
        every = (faults(scene, each, at) for at in range(each.period))
        counts = next(filter(lasts, every), [])
        if not counts:
            return None
        told = f"from {counts[0]:g} faults at first {counts[-1]:g} were left at last"
    return repeated(
        *(scene, each.course, each.steps, PATTERN, limit),
        sentence=f"{' and '.join(each.names)} took turns {each.rounds} times; {told}.",
        subject=", ".join(sorted(each.names)),
        repeats=each.rounds,
        period=each.period,
    )


def faults(scene: Scene, each: Turns, of: int) -> list[float]:
    """How many faults the agent at one position of the round counted, round by round; NaN where it
    gave no number."""
    counts = scene.records["advance"]
    return [float(counts[step.says]) for step in each.steps[of :: each.period]]


def lasts(counts: list[float]) -> bool:
    """Whether faults do not get fewer: over the last LATELY rounds not below what they had been."""
    if len(counts) <= LATELY or any(count != count or not count for count in counts):
        return False
    return min(counts[-LATELY:]) >= min(counts[:-LATELY])
