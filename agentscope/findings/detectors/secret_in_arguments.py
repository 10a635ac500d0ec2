"""A key, a token or a password in the arguments of a call.

Whoever runs the tool sees it, and so does whoever reads its logs. Rules and their checks are in
agentscope/secrets/rules.py; one place is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import NEVER, TOOLS, leaks, rows_with
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="secret_in_arguments",
    version=1,
    inform=1,
    alert=NEVER,
    confidence=0.9,
    legitimate="It is fine if the tool needs this credential and runs where nobody else sees it.",
    apart=True,
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent, tool and rule."""
    rows = rows_with(scene, "asked_rule", TOOLS, personal=False)
    yield from leaks(scene, rows, "asked_rule", "arguments of", PATTERN, Severity.WARNING, limit)
