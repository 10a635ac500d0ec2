"""Reading and searching the same few things until a limit ends it.

Thirty reads without an answer or a change are a thorough look; sixty, or a run that its limit
ended, are no look any more. An audit reads each thing once; what goes in circles has read fewer
than six things in the last twenty calls.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from agentscope.findings.came_of import is_answer, is_change
from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.effects import plans
from agentscope.findings.found import ALERT_TOKENS, Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.vocabulary import ErrorClass

PATTERN = Pattern(
    code="read_thrash",
    version=1,
    inform=30,
    alert=60,
    confidence=0.8,
    legitimate="It is fine if each of them is read again because it changes.",
)
LAST = 20  # reads
UNIQUE = 0.3  # of them


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each run that reads in circles."""
    for course in scene.courses:
        if len(course.steps) < limit.inform:
            continue
        for reads in read_only(scene, course):
            if len(reads) >= limit.inform and in_circles(reads, limit.inform):
                yield told(scene, course, reads, limit)


def told(scene: Scene, course: Course, reads: list[Step], limit: Limit) -> Found:
    """The finding of some reads."""
    things, ended = len({step.call for step in reads}), ended_by_limit(scene, course)
    names = sorted({step.name for step in reads})
    tail = ", until its limit ended the run" if ended else ""
    found = repeated(
        *(scene, course, reads, PATTERN, limit),
        sentence=f"{len(reads)} calls of {', '.join(names)} asked for {things} different things, "
        f"with no answer and no change in between{tail}.",
        subject=", ".join(names),
        repeats=len(reads),
    )
    if ended and found.spent.tokens >= ALERT_TOKENS:
        found.severity = Severity.ALERT
    return found


def read_only(scene: Scene, course: Course) -> Iterator[list[Step]]:
    """The reads of a course, parted where something came of them."""
    reads: list[Step] = []
    for step, after in zip(course.steps, [*course.steps[1:], None], strict=True):
        acts = step.kind == TOOL
        if is_change(scene, step) if acts else step.kind == LLM and is_answer(scene, step, after):
            yield reads
            reads = []
        elif acts and step.call and not is_other(scene, step):
            reads.append(step)
    yield reads


def is_other(scene: Scene, step: Step) -> bool:
    """Whether a call reads nothing: it plans, or asks how far something is."""
    return plans(step.name) or asks_how_far(scene, step)


def in_circles(reads: list[Step], fewest: int) -> bool:
    """Whether at some point from `fewest` reads on the last of them were of a few things."""
    window: deque[int] = deque()
    counts: Counter[int] = Counter()
    for at, step in enumerate(reads, 1):
        window.append(step.call)
        counts[step.call] += 1
        if len(window) > LAST:
            gone = window.popleft()
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if at >= fewest and len(counts) < UNIQUE * LAST:
            return True
    return False


def ended_by_limit(scene: Scene, course: Course) -> bool:
    """Whether the run failed because a limit of steps was reached."""
    row = course.rows[0]
    is_whole = bool(course.path) or scene.tree.parent[row] < 0
    return is_whole and scene.errors.get(row) == ErrorClass.QUOTA
