"""The same call with the same result, again and again.

Three in a row is where agent frameworks begin to warn (opencode, openrouter-agent); five is past
what a person would try. What asks how far something is has a detector of its own: polling.py. What
a cache answered cost nothing, and is no work; nor is what a program does every half a minute.

The same call between others that each bring something new, such as a look at the clock, is a habit
and no loop: it is worth knowing at most, and only if it is past what would alert. Where a new
command ran, the call may be made to see what has changed, so it begins anew there. A failure that
trying again cannot mend stays one, whatever is read in between. What acts on a screen and says
"done" does not say what has changed, so that too is only worth knowing; and the same task for an
agent again, decided by no model, is a sample of its answers.

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
from agentscope.findings.decided import Speakers
from agentscope.findings.effects import changes_state, works_a_screen
from agentscope.findings.failing import error_of, is_told_by_class
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.misses import INFORMATIVE
from agentscope.findings.news import News, news
from agentscope.findings.periods import stretches
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.findings.sizes import BEFORE, even
from agentscope.signatures.record import Fact
from agentscope.vocabulary import ErrorClass, Flag, Persistence

PATTERN = Pattern(
    code="exact_repeat",
    version=5,
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
HINT = 0.4  # confidence where it may be a habit, or what a call did is not said
UNHEARD = 0.6  # and without results
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
    known: News | None = None
    speakers: Speakers | None = None
    for several in chains(scene, course, (TOOL, AGENT), lambda step: came_to(scene, step)):
        if len(several) < limit.inform or not is_work(scene, several[0]):
            continue
        known, speakers = known or news(scene, course), speakers or Speakers(course)
        for chain in known.parted(several):
            is_loop = len(chain) >= limit.inform and not is_meant(scene, speakers, chain)
            if is_loop and (finding := judged(scene, course, chain, limit, known)):
                yield finding


def is_work(scene: Scene, step: Step) -> bool:
    """Whether a repetition of a step is told here: not of what asks how far something is, nor of
    failures that pass or were called off."""
    error = error_of(scene, step)
    passes = error.persistence is Persistence.TRANSIENT or error is ErrorClass.CANCELLED
    return not passes and not asks_how_far(scene, step)


def is_meant(scene: Scene, speakers: Speakers, chain: list[Step]) -> bool:
    """Whether nobody's model decided on these calls, or a cache answered them."""
    if is_cached(scene, chain[-1]) or is_beat(speakers, chain):
        return True
    return chain[0].kind == AGENT and not speakers.decided(chain)


def judged(
    scene: Scene, course: Course, chain: list[Step], limit: Limit, known: News
) -> Found | None:
    """The finding of equal calls with equal results; None if that is a habit."""
    error = error_of(scene, chain[0])
    gave = "failed in the same way" if error else "gave the same result"
    is_habit = not is_told_by_class(error) and known.is_amid_work(chain)
    if is_habit and len(chain) < limit.alert:
        return None
    is_hint = is_habit or (not error and is_blind(scene, chain[0]))
    found = told(scene, course, chain, limit, f"and {gave} each time", HINT if is_hint else None)
    found.severity = min(found.severity, INFO) if is_hint else found.severity
    return found


def came_to(scene: Scene, step: Step) -> int:
    """What a step was asked for and what came back. An agent that only hands over came to nothing:
    see handoff_ping_pong.py."""
    is_handing = step.kind == AGENT and scene.facts[step.says] & SPEAKS == ASKS
    return 0 if is_handing else outcome(step)


def is_beat(speakers: Speakers, chain: list[Step]) -> bool:
    """Whether a program makes these calls once in a while, such as to keep a lease, and no model
    asks for them."""
    gaps = [after.start_ns - before.end_ns for before, after in pairwise(chain)]
    if median(gaps) < BEAT_NS:
        return False
    return 2 * speakers.turns_between(chain[0].start_ns, chain[-1].start_ns) < len(gaps)


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
    confidence: float | None = None,
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


def is_blind(scene: Scene, step: Step) -> bool:
    """Whether a step acts on a screen, and its result does not show what that looks like then."""
    is_short = all(scene.sizes[row] < INFORMATIVE for row in step.rows)
    return step.kind == TOOL and is_short and any(map(works_a_screen, step.names))


def is_cached(scene: Scene, step: Step) -> bool:
    """Whether a cache answered in place of the models of a run, so that it cost nothing."""
    tree, row = scene.tree, step.rows[0]
    used = tree.sum_input[row] + tree.sum_output[row]
    return not used and first_in(scene.cached, row, int(tree.end[row])) is not None
