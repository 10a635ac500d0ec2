"""What every sender is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.steps import Hidden, Step

REDACTED = "__REDACTED__"


@dataclass(frozen=True)
class Told:
    """A step in a sender's words."""

    name: str
    attributes: dict[str, Any]  # those that are None are not sent
    exception: dict[str, Any] = field(default_factory=dict)  # over what an exception event says


@dataclass(frozen=True)
class Sender:
    """An instrumentation."""

    name: str
    scope: str
    language: str
    says_ok: bool  # whether spans without an error have the status OK
    describe: Callable[[Step, Hidden], Told]


def shown(value: Any, hidden: Hidden) -> str | None:
    """Content as a sender writes it, unless it was told not to."""
    if value is None or hidden == "off":
        return None
    if hidden == "redacted":
        return REDACTED
    return value if isinstance(value, str) else json.dumps(value)


def schema(tool: str) -> dict[str, Any]:
    """A tool's definition in the form of OpenAI's API."""
    parameters = {"type": "object", "properties": {}}
    return {"type": "function", "function": {"name": tool, "parameters": parameters}}
