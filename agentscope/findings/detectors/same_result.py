"""Different calls with the same result: a search that never hits.

A result that says nothing, such as an acknowledgement, is the same for many good reasons; it counts
only if it is empty. Five is past the usual rewording of a search; twelve is no search any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.came_of import SPEAKS
from agentscope.findings.chains import chains, failed
from agentscope.findings.courses import AGENT, TOOL, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact

PATTERN = Pattern(
    code="same_result",
    version=1,
    inform=5,
    alert=12,
    confidence=0.8,
    legitimate="It is fine if each call checks another thing and this is the usual answer.",
)
EMPTY, ASKS = int(Fact.EMPTY), int(Fact.CALLS_TOOLS)
INFORMATIVE = 32  # characters; what is shorter is an acknowledgement, or a verdict


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each chain of calls of one tool with different arguments and equal results."""
    for course in scene.courses:
        for chain in chains(scene, course, (TOOL, AGENT), lambda step: key(scene, step)):
            asked = {step.call for step in chain}
            if len(chain) < limit.inform or (len(asked) == 1 and asked != {0}):
                continue
            name, verb = chain[0].name, "ran" if chain[0].kind == AGENT else "was called"
            different = len(asked - {0})
            words = f" with {different} different arguments" if different > 1 else ""
            yield repeated(
                *(scene, course, chain, PATTERN, limit),
                sentence=f"{name} {verb} {len(chain)} times{words} and gave the same result "
                "each time.",
                subject=name,
                repeats=len(chain),
            )


def key(scene: Scene, step: Step) -> int:
    """Name and result of a step, if the result says enough; 0 if not."""
    if not step.result:
        return 0
    # Of an agent whose task is not known, what it says is all there is to go by.
    is_unknown = step.kind == AGENT and not step.call
    if step.kind == AGENT and scene.facts[step.says] & SPEAKS == ASKS:
        return 0  # it hands over, and answers nothing
    is_empty = scene.facts[step.says] & EMPTY
    is_enough = is_unknown or is_empty or scene.sizes[step.says] >= INFORMATIVE
    if not is_enough or failed(scene, step) or changes_state(step.name):
        return 0
    return hash((step.names, step.result)) or 1
