"""What every sender is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.steps import Hidden, Step

REDACTED = "__REDACTED__"


@dataclass(frozen=True)
class Record:
    """A log record about a step. Its event is named by the field that OTLP has for it since 1.5,
    unless `attributes` has `event.name`."""

    event: str
    at: int  # ns
    attributes: dict[str, Any]  # those that are None are not sent
    body: Any = None


@dataclass(frozen=True)
class Told:
    """A step in a sender's words."""

    name: str
    attributes: dict[str, Any]  # those that are None are not sent
    exception: dict[str, Any] = field(default_factory=dict)  # over what an exception event says
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Sender:
    """An instrumentation."""

    name: str
    scope: str
    language: str
    says_ok: bool  # whether spans without an error have the status OK
    describe: Callable[[Step, Hidden], Told]
    # What it has no place for, of: session (but on roots), tools, cached, reasoning, call_id, limit
    leaves_out: frozenset[str] = frozenset()


def shown(value: Any, hidden: Hidden) -> str | None:
    """Content as a sender writes it, unless it was told not to."""
    if value is None or hidden == "off":
        return None
    if hidden == "redacted":
        return REDACTED
    return value if isinstance(value, str) else json.dumps(value)


def quoted(value: Any, hidden: Hidden) -> str | None:
    """The same of a sender that writes everything as JSON, texts too."""
    found = REDACTED if hidden == "redacted" else value
    return None if value is None or hidden == "off" else json.dumps(found)


def schema(tool: str) -> dict[str, Any]:
    """A tool's definition in the form of OpenAI's API."""
    parameters = {"type": "object", "properties": {}}
    return {"type": "function", "function": {"name": tool, "parameters": parameters}}
