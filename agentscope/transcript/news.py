"""What is new in what a model was given: without what it was given, or answered, before. Pure.

Messages are told apart by what they say, not by how it is written: the history of a call spells the
answer of the one before in the way of its own instrumentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from agentscope.traces.payload import canonical_json

Plain = dict[str, Any]  # a message, with the fields of vocabulary.Message


def news(given: Sequence[Plain], before: Iterable[Plain]) -> list[Plain]:
    """The messages of `given` that are not among those `before`; what was said twice counts
    twice."""
    known = Counter(identity(message) for message in before)
    found = []
    for message in given:
        said = identity(message)
        if known[said]:
            known[said] -= 1
        else:
            found.append(message)
    return found


def identity(message: Plain) -> bytes:
    """What makes two messages the same: who spoke, the texts, and which tools were called or have
    answered. Reasoning is left aside, which a history leaves out; so are arguments of a call that
    has an id."""
    parts = [said for part in message.get("parts") or [] if (said := part_of(part))]
    return canonical_json([message.get("role"), parts])


def part_of(part: Plain) -> list[Any] | None:
    """The same for a part; None: it does not matter."""
    kind = part["type"]
    if kind == "reasoning":
        return None
    if kind == "text":
        text = (part.get("text") or "").strip()
        return [kind, text] if text else None
    if part.get("id") and kind in {"tool_call", "tool_result"}:
        return [kind, part["id"]]
    return [kind, part.get("name"), part.get("value")]


def without_results(messages: Iterable[Plain], shown: set[str]) -> list[Plain]:
    """Messages without the results of these calls, which stand with the calls."""
    found = []
    for message in messages:
        parts = message.get("parts") or []
        left = [part for part in parts if not is_shown(part, shown)]
        if left or not parts:
            found.append({**message, "parts": left})
    return found


def is_shown(part: Plain, shown: set[str]) -> bool:
    """Whether a part is the result of one of these calls."""
    return part["type"] == "tool_result" and bool(part.get("id")) and part["id"] in shown
