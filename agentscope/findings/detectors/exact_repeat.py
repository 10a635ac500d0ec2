"""The same call with the same result, again and again.

Three in a row is where agent frameworks begin to warn (opencode, openrouter-agent); five is past
what a person would try. What asks how far something is has a detector of its own: polling.py. What
a cache answered cost nothing, and is no work; nor is what a program does every half a minute.

Where results are not recorded, four equal calls are a hint, and never more than a warning; where
nothing is, a dozen model calls that repeat each other by their tokens alone are worth knowing. What
somebody redacted is let alone: items of a list look alike then.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from agentscope.findings.blocks import first_in
from agentscope.findings.came_of import SPEAKS
from agentscope.findings.chains import chains, outcome
from agentscope.findings.courses import AGENT, LLM, TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.failing import error_of, is_told_by_class
from agentscope.findings.found import Found, Pattern, Severity, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.periods import stretches
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.findings.sizes import BEFORE, even
from agentscope.signatures.record import Fact
from agentscope.vocabulary import Flag

PATTERN = Pattern(
    code="exact_repeat",
    version=4,
    inform=3,
    alert=5,
    confidence=0.95,
    legitimate="It is fine if the caller waits for something else to change what comes back.",
)
CALLED = "was called with the same arguments"
UNRECORDED = "in a row; what came back is not recorded"
ASKS = int(Fact.CALLS_TOOLS)
BEAT_NS = 30 * 10**9  # between two calls that nobody's model asks for
INFO, WARNING = Severity.INFO, Severity.WARNING
UNHEARD = 0.6  # confidence without results
UNTOLD = 0.3  # and with nothing but tokens
EVEN = 4  # times what informs, where only tokens are known


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each chain of equal calls with equal results, as far as they are recorded."""
    for course in scene.courses:
        yield from by_outcome(scene, course, limit)
        yield from by_call(scene, course, limit)
        yield from by_size(scene, course, limit)


def by_outcome(scene: Scene, course: Course, limit: Limit) -> Iterator[Found]:
    """Those whose calls and results are known."""
    for chain in chains(scene, course, (TOOL, AGENT), lambda step: came_to(scene, step)):
        if len(chain) < limit.inform or is_cached(scene, chain[-1]) or is_beat(course, chain):
            continue
        error = error_of(scene, chain[0])
        if is_told_by_class(error) or asks_how_far(scene, chain[0]):
            continue
        gave = "failed in the same way" if error else "gave the same result"
        yield told(scene, course, chain, limit, f"and {gave} each time")


def came_to(scene: Scene, step: Step) -> int:
    """What a step was asked for and what came back. An agent that only hands over came to nothing:
    see handoff_ping_pong.py."""
    is_handing = step.kind == AGENT and scene.facts[step.says] & SPEAKS == ASKS
    return 0 if is_handing else outcome(step)


def is_beat(course: Course, chain: list[Step]) -> bool:
    """Whether a program makes these calls once in a while, such as to keep a lease, and no model
    asks for them."""
    gaps = [after.start_ns - before.end_ns for before, after in pairwise(chain)]
    if median(gaps) < BEAT_NS:
        return False
    start, end = chain[0].start_ns, chain[-1].start_ns
    turns = sum(start < step.start_ns < end for step in course.steps if step.kind == LLM)
    return 2 * turns < len(gaps)


def by_call(scene: Scene, course: Course, limit: Limit) -> Iterator[Found]:
    """Those whose calls alone are known."""
    heard = {step.call for step in course.steps if step.result}

    def unheard(step: Step) -> int:
        return 0 if step.result or step.call in heard else step.call

    for chain in chains(scene, course, (TOOL,), unheard):
        if len(chain) > limit.inform and not asks_how_far(scene, chain[0]):
            may_differ = any(changes_state(name) for name in chain[0].names)
            found = told(scene, course, chain, limit.times(2), UNRECORDED, UNHEARD)
            found.severity = min(found.severity, INFO if may_differ else WARNING)
            yield found


def by_size(scene: Scene, course: Course, limit: Limit) -> Iterator[Found]:
    """Those of runs of which only the tokens are known."""
    steps = course.of(LLM)
    if course.of(TOOL) or not all(is_untold(scene, s) for s in steps):
        return
    rows = [step.rows[0] for step in steps]
    tokens = scene.tree.input_tokens[rows], scene.tree.output_tokens[rows]
    for start, length in stretches(even(*tokens)):
        alike = steps[start - BEFORE : start + length]
        if len(alike) >= EVEN * limit.inform:
            yield repeated(
                *(scene, course, alike, PATTERN, limit),
                sentence=f"{alike[0].name} answered {len(alike)} times with as many tokens, and "
                "its prompt grew by as many each time; what was said is not recorded.",
                subject=alike[0].name,
                repeats=len(alike),
                most=INFO,
                confidence=UNTOLD,
            )


def told(
    scene: Scene,
    course: Course,
    chain: list[Step],
    limit: Limit,
    gave: str,
    confidence: float = PATTERN.confidence,
) -> Found:
    """The finding of a chain of equal calls."""
    name = chain[0].name
    asked = "ran with the same task" if chain[0].kind == AGENT else CALLED
    return repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=f"{name} {asked} {len(chain)} times {gave}.",
        subject=name,
        repeats=len(chain),
        confidence=confidence,
    )


def is_untold(scene: Scene, step: Step) -> bool:
    """Whether neither what a model was asked nor what it answered was recorded, but its tokens."""
    row = step.rows[0]
    is_known = step.call or step.result or scene.records["asks"][row]
    is_hidden = scene.tree.flags[row] & Flag.REDACTED
    has_tokens = len(step.rows) == 1 and scene.tree.input_tokens[row] > 0
    return has_tokens and not is_known and not is_hidden


def is_cached(scene: Scene, step: Step) -> bool:
    """Whether a cache answered in place of the models of a run, so that it cost nothing."""
    tree, row = scene.tree, step.rows[0]
    used = tree.sum_input[row] + tree.sum_output[row]
    return not used and first_in(scene.cached, row, int(tree.end[row])) is not None
