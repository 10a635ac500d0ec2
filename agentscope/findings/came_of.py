"""What comes of the work of an agent: answers, and changes that its tools make. Pure."""

from __future__ import annotations

from agentscope.findings.chains import failed
from agentscope.findings.courses import LLM, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact

ANSWERS = int(Fact.HAS_TEXT)
SPEAKS = int(Fact.HAS_TEXT | Fact.CALLS_TOOLS)


def is_answer(scene: Scene, step: Step, after: Step | None) -> bool:
    """Whether a model call answers, and asks for nothing. Where that was not recorded, whether
    nothing but another model call comes `after` it."""
    row = step.rows[0]
    if not scene.results[row]:
        return after is not None and after.kind == LLM
    return scene.facts[row] & SPEAKS == ANSWERS


def is_change(scene: Scene, step: Step) -> bool:
    """Whether a tool changed something."""
    return any(changes_state(name) for name in step.names) and not failed(scene, step)
