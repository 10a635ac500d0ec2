"""Personal data: card and account numbers, e-mail addresses, phone numbers.

Much work is about people, so this is never more than worth knowing: it tells where such data goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import NEVER, TALKS, TOOLS, leaks, rows_with
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="personal_data",
    version=1,
    inform=1,
    alert=NEVER,
    confidence=0.8,
    legitimate="It is fine if the agent is there to work with such data.",
    apart=True,
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent, place and rule."""
    places = (
        ("asked_rule", TOOLS, "arguments of"),
        ("given_rule", TOOLS, "the result of"),
        ("asked_rule", TALKS, "a message"),
        ("given_rule", TALKS, "an answer"),
    )
    for column, kinds, place in places:
        rows = rows_with(scene, column, kinds, personal=True)
        yield from leaks(scene, rows, column, place, PATTERN, Severity.INFO, limit)
