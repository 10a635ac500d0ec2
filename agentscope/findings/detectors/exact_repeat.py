"""The same call with the same result, again and again.

Three in a row is where agent frameworks begin to warn (opencode, openrouter-agent); five is past
what a person would try. What asks how far something is has a detector of its own: polling.py. What
a cache answered cost nothing, and is no work.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.chains import chains, outcome
from agentscope.findings.courses import AGENT, TOOL, Step
from agentscope.findings.failing import error_of, is_told_by_class
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.vocabulary import Flag

PATTERN = Pattern(
    code="exact_repeat",
    version=2,
    inform=3,
    alert=5,
    confidence=0.95,
    legitimate="It is fine if the caller waits for something else to change what comes back.",
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each chain of equal calls with equal results."""
    for course in scene.courses:
        for chain in chains(scene, course, (TOOL, AGENT), outcome):
            name, times = chain[0].name, len(chain)
            if times < limit.inform or asks_how_far(scene, chain[0]) or is_cached(scene, chain[-1]):
                continue
            error = error_of(scene, chain[0])
            if is_told_by_class(error):
                continue
            asked = "ran with the same task" if chain[0].kind == AGENT else CALLED
            gave = "failed in the same way" if error else "gave the same result"
            yield repeated(
                *(scene, course, chain, PATTERN, limit),
                sentence=f"{name} {asked} {times} times and {gave} each time.",
                subject=name,
                repeats=times,
            )


def is_cached(scene: Scene, step: Step) -> bool:
    """Whether a cache answered in place of the models of a run, so that it cost nothing."""
    tree, row = scene.tree, step.rows[0]
    below = slice(row, int(tree.end[row]))
    used = tree.billed_input[below].sum() + tree.billed_output[below].sum()
    return not used and bool((tree.flags[below] & Flag.CACHED_ANSWER).any())


CALLED = "was called with the same arguments"
