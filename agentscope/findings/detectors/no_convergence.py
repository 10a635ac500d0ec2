"""One makes, another reviews, and it never gets done: what was written before comes again.

Four rounds are a thorough review. Progress is an answer that was not given before; a work that
returns to an earlier state swings between two faults, and one agent with two tools can do so too.
Reviewers word their verdict anew each time, so it is the work that counts, where it is longer than
a courtesy; that is what the one before the reviewer made, or who begins a round where nobody is
named for it. A verdict that comes again says as much only where the works are drafts of one:
a reviewer of many works approves most of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.findings.courses import Course
from agentscope.findings.courtesy import SHORT
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.oscillation import Swing, swings
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, recurring, turns
from agentscope.signatures.sketch import likeness

PATTERN = Pattern(
    code="no_convergence",
    version=3,
    inform=4,
    alert=6,
    confidence=0.85,
    legitimate="It is fine if a fixed number of rounds was agreed on, whatever comes of them.",
)

FEWEST = 2  # returns: one alone takes a change back
INFORMATIVE = 32  # characters of a verdict: less is a yes or no
DRAFT = 0.3  # likeness of two drafts of one work; of two works there is next to none
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
    counts = [faults(scene, each, at) for at in range(each.period)]
    if min(again) <= each.rounds - limit.inform and not returns(scene, each, again, limit):
        lasting = next(filter(lasts, counts), [])
        if not lasting:
            return None
        told = f"from {lasting[0]:g} faults at first {lasting[-1]:g} were left at last"
    elif min(again) < each.rounds - 1 and any(map(falls, counts)):
        return None
    return repeated(
        *(scene, each.course, each.steps, PATTERN, limit),
        sentence=f"{' and '.join(each.names)} took turns {each.rounds} times; {told}.",
        subject=", ".join(sorted(each.names)),
        repeats=each.rounds,
        period=each.period,
    )


def returns(scene: Scene, each: Turns, again: list[int], limit: Limit) -> bool:
    """Whether a work comes back to states that it had, or a verdict on the drafts of one work."""
    reviewer = each.reviewer
    work = 0 if reviewer is None else (reviewer - 1) % each.period
    needed = max(FEWEST, each.rounds - limit.inform + 1)
    swings_back = len(set(each.results(work))) > 1
    if again[work] >= needed and is_work(scene, each, work):
        return swings_back or reviewer is not None
    if reviewer is None or again[reviewer] < needed:
        return False
    verdicts, sizes = set(each.results(reviewer)), scene.sizes
    said = each.steps[reviewer :: each.period]
    has_words = all(sizes[step.says] >= INFORMATIVE for step in said)
    return len(verdicts) > 1 and has_words and is_one_work(scene, each, work)


def is_work(scene: Scene, each: Turns, of: int) -> bool:
    """Whether what an agent makes is more than a courtesy or a word of command, every time."""
    return all(scene.sizes[step.says] >= SHORT for step in each.steps[of :: each.period])


def is_one_work(scene: Scene, each: Turns, of: int) -> bool:
    """Whether what an agent makes is most often a draft of what it made in the round before."""
    texts = scene.records["output"][[step.says for step in each.steps[of :: each.period]]]
    alike = np.nan_to_num(likeness(texts[1:], texts[:-1])) >= DRAFT
    return 2 * int(alike.sum()) > len(alike)


def falls(counts: list[float]) -> bool:
    """Whether there are fewer faults at last than at first."""
    return len(counts) > 1 and counts[-1] < counts[0]


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
