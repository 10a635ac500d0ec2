"""A key, a token or a password in a message to a model or in its answer.

Of a conversation only what is new with each call is looked at: its last message and the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import NEVER, TALKS, leaks, rows_with
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="secret_in_message",
    version=1,
    inform=1,
    alert=NEVER,
    confidence=0.9,
    legitimate="It is fine if it is an example, or was replaced where it was found.",
    apart=True,
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent and rule, apart for messages and answers."""
    for column, place in (("asked_rule", "a message"), ("given_rule", "an answer")):
        rows = rows_with(scene, column, TALKS, personal=False)
        yield from leaks(scene, rows, column, place, PATTERN, Severity.WARNING, limit)
