"""A model that asks again and again how far something is, instead of waiting.

Ten calls are more than a short job takes; thirty, or 200,000 tokens, burn money for a clock. It is
wasteful, not stuck: what it found out is told beside how often it asked. Five equal answers in a
row at least, since a number that moves is what such calls are for. Half a minute between two calls
is a good distance, and a call that takes ten seconds itself waits inside of the tool. Who finds out
something else between most of the calls works meanwhile, and does not wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from statistics import median

from agentscope.findings.chains import chains
from agentscope.findings.courses import TOOL, Course, Step
from agentscope.findings.decided import Speakers
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.news import News, news
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="polling",
    version=2,
    inform=10,
    alert=30,
    confidence=0.9,
    legitimate="It is fine if nothing can wait in the model's place, and each call is cheap.",
)
UNCHANGED = 5  # equal answers in a row
TOKENS = 200_000
GAP_NS = 30 * 10**9  # between two calls
LONG_POLL_NS = 10 * 10**9  # of one call


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each chain of equal calls that ask how far something is."""
    for course in scene.courses:
        known: News | None = None
        speakers: Speakers | None = None
        for chain in chains(scene, course, (TOOL,), lambda step: asked(scene, step)):
            if len(chain) >= limit.inform and unchanged(chain) >= UNCHANGED:
                speakers = speakers or Speakers(course)
                if is_patient(chain) or not is_turned(speakers, chain):
                    continue
                known = known or news(scene, course)
                if known.is_amid_work(chain):
                    continue
                yield told(scene, course, chain, limit)


def told(scene: Scene, course: Course, chain: list[Step], limit: Limit) -> Found:
    """The finding of some calls."""
    name, times = chain[0].name, len(chain)
    changes = sum(one.result != other.result for one, other in pairwise(chain))
    found = repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=f"{name} was asked for the same {times} times: {times} calls for {changes} "
        f"change{'' if changes == 1 else 's'}.",
        subject=name,
        repeats=times,
    )
    if found.spent.tokens > TOKENS:
        found.severity = Severity.ALERT
    found.evidence = {"calls": times, "changes": changes}
    return found


def asked(scene: Scene, step: Step) -> int:
    """What such a call asks for; 0 for other calls, and where the answer is not known."""
    return step.call if step.result and asks_how_far(scene, step) else 0


def unchanged(chain: list[Step]) -> int:
    """How many answers in a row were the same, at most."""
    return max(sum(1 for _ in same) for _, same in groupby(step.result for step in chain))


def is_patient(chain: list[Step]) -> bool:
    """Whether time is left between the calls, or spent in them."""
    gaps = [after.start_ns - before.end_ns for before, after in pairwise(chain)]
    within = [step.end_ns - step.start_ns for step in chain]
    return median(gaps) >= GAP_NS or median(within) >= LONG_POLL_NS


def is_turned(speakers: Speakers, chain: list[Step]) -> bool:
    """Whether models were called in between, at least every other time: a program that asks by
    itself costs nothing."""
    turns = speakers.turns_between(chain[0].start_ns, chain[-1].start_ns)
    return 2 * turns >= len(chain) - 1
