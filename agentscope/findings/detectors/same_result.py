"""Different calls that come to the same: a search that never hits, or a place that never answers.

Only what looks something up can miss, so tools count by their names, and what agents answer: what
acts says "done" and what checks says "fine" of many things. A hit ends it, and so does a change;
what others find after each miss is a hit as well, as where a memory is asked before the web. A
call that fails counts with others for the same host, folder or table, or in the same words; but to
ask for many things by their ids is work, and most of them may not be there. Five is past the usual
rewording of a search; twelve is no search any more. Who waits half a minute in between waits for
something to come. What nobody decided on anew, since no model call lies between most of the calls,
is a list that is worked off: one answer asked for all of them, or a program does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from agentscope.findings.alike import compared, is_alike
from agentscope.findings.courses import AGENT, Step
from agentscope.findings.decided import Speakers
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.looks_up import matches_patterns
from agentscope.findings.misses import (
    ANSWERS,
    FAILURES,
    NOTHING,
    REASON,
    Misses,
    Places,
    misses,
)
from agentscope.findings.news import News, news
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact

PATTERN = Pattern(
    code="same_result",
    version=4,
    inform=5,
    alert=12,
    confidence=0.8,
    legitimate="It is fine if each call checks another thing and this is the usual answer.",
)
BY_ID = int(Fact.BY_ID)
ARGUMENTS, REWORDED = 0.85, 6  # likeness and calls from which on similar_repeat tells it
GAP_NS = 30 * 10**9  # between two calls


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each stretch of different calls that came to the same. Of several tools that
    look for one thing together, that is told before what each of them did."""
    places = Places(scene)
    for course in scene.courses:
        speakers = Speakers(course)
        odd = [each for each in misses(scene, course, places) if is_odd(scene, each, limit)]
        known = news(scene, course) if odd else None
        found = [
            each
            for each in odd
            if speakers.decided(each.steps) and not (known and is_amid_hits(each, known))
        ]
        for each in sorted(found, key=lambda each: (-len(each.steps), each.steps[0].start_ns)):
            name = " and ".join(sorted({step.name for step in each.steps}))
            yield repeated(
                *(scene, course, each.steps, PATTERN, limit),
                sentence=sentence(each, name),
                subject=name,
                repeats=len(each.steps),
            )


def is_odd(scene: Scene, each: Misses, limit: Limit) -> bool:
    """Whether there are enough of them, of different calls that no list was the reason for."""
    asked = {step.call for step in each.steps}
    if len(each.steps) < limit.inform or (len(asked) == 1 and asked != {0}):
        return False
    if each.key != NOTHING and is_reworded(scene, each):
        return False
    is_list = all(is_by_id(scene, step) for step in each.steps)
    gaps = [after.start_ns - before.end_ns for before, after in pairwise(each.steps)]
    return (each.lane[0] in FAILURES or not is_list) and median(gaps) < GAP_NS


def is_amid_hits(each: Misses, known: News) -> bool:
    """Whether others found something after most of these steps: a cache or a memory that is asked
    first misses, and the search that follows hits."""
    return each.lane[0] == ANSWERS and known.is_amid_work(each.steps)


def is_by_id(scene: Scene, step: Step) -> bool:
    """Whether a step asks for things by their ids."""
    is_pattern = any(map(matches_patterns, step.names))
    return not is_pattern and all(scene.facts[row] & BY_ID for row in step.rows)


def sentence(each: Misses, name: str) -> str:
    """What these steps came to."""
    times, different = len(each.steps), len({step.call for step in each.steps} - {0})
    words = f" with {different} different arguments" if different > 1 else ""
    is_agent = each.steps[0].kind == AGENT
    if each.lane[0] in FAILURES:
        where = "in the same words" if each.lane[0] == REASON else f"for the same {each.lane[0]}"
        return f"{name} failed {times} times{words}, {where} each time, and never succeeded."
    verb = "ran" if is_agent else "was called" if " and " not in name else "were called"
    came = "found nothing" if each.key == NOTHING else "gave the same result"
    return f"{name} {verb} {times} times{words} and {came} each time."


def is_reworded(scene: Scene, each: Misses) -> bool:
    """Whether most of these calls are nearly the same, which is told elsewhere."""
    if len(each.steps) < REWORDED or each.lane[0] != ANSWERS:
        return False
    said = scene.records[[step.rows[0] for step in each.steps]]
    alike = is_alike(compared(said["arguments"], said["call"], 1), ARGUMENTS)
    return 2 * int(alike.sum()) > len(alike)
