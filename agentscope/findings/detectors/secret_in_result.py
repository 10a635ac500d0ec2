"""A key, a token or a password in the result of a call.

From there it goes to the model, to its provider, and into every later request of the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import NEVER, TOOLS, leaks, rows_with
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="secret_in_result",
    version=1,
    inform=1,
    alert=NEVER,
    confidence=0.9,
    legitimate="It is fine if it is an example, or was replaced where it was found.",
    apart=True,
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent, tool and rule."""
    rows = rows_with(scene, "given_rule", TOOLS, personal=False)
    yield from leaks(scene, rows, "given_rule", "the result of", PATTERN, Severity.WARNING, limit)
