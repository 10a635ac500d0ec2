"""Calls that ask how far something is: by their name, or by an answer that says "not yet". Pure."""

from __future__ import annotations

from agentscope.findings.courses import TOOL, Step
from agentscope.findings.effects import polls
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact

PENDING = int(Fact.PENDING)


def asks_how_far(scene: Scene, step: Step) -> bool:
    """Whether a step is such a call."""
    if step.kind != TOOL:
        return False
    facts = scene.facts
    return any(facts[row] & PENDING for row in step.rows) or any(map(polls, step.names))
