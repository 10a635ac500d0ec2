"""What is new in what a model was given: without what it was given, or answered, before. Pure.

Told apart by what is said, part by part, not by how it is written: the history of a call spells the
answer of the one before in the way of its own instrumentation, and divides it otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from agentscope.traces.payload import canonical_json

Plain = dict[str, Any]  # a message, with the fields of vocabulary.Message


def news(given: Sequence[Plain], before: Iterable[Plain]) -> list[Plain]:
    """The messages of `given` without what was said in those `before`; what was said twice counts
    twice. What a model is told of its own reasoning is never new."""
    known = Counter(
        identity(message, part) for message in before for part in message.get("parts") or []
    )
    found = []
    for message in given:
        left = []
        for part in message.get("parts") or []:
            said = identity(message, part)
            if known[said]:
                known[said] -= 1
            elif part["type"] != "reasoning" and not is_empty(part):
                left.append(part)
        if left:
            found.append({**message, "parts": left})
    return found


def identity(message: Plain, part: Plain) -> bytes:
    """What makes two parts the same: who spoke and the text; the id of a call, of which arguments
    and results may be spelled in several ways, or else its name and value."""
    kind = part["type"]
    if kind in {"text", "reasoning"}:
        return canonical_json([message.get("role"), kind, (part.get("text") or "").strip()])
    if part.get("id") and kind in {"tool_call", "tool_result"}:
        return canonical_json([kind, part["id"]])
    return canonical_json([message.get("role"), kind, part.get("name"), part.get("value")])


def is_empty(part: Plain) -> bool:
    """Whether a text says nothing."""
    return part["type"] == "text" and not (part.get("text") or "").strip()


def without_results(messages: Iterable[Plain], shown: set[str]) -> list[Plain]:
    """Messages without the results of these calls, which stand with the calls."""
    found = []
    for message in messages:
        left = [part for part in message["parts"] if not is_shown(part, shown)]
        if left:
            found.append({**message, "parts": left})
    return found


def is_shown(part: Plain, shown: set[str]) -> bool:
    """Whether a part is the result of one of these calls."""
    return part["type"] == "tool_result" and bool(part.get("id")) and part["id"] in shown


def are_choices(answers: Sequence[Plain]) -> bool:
    """Whether answers are several to one question, of which one is taken: each ended for a reason
    of its own. Some APIs answer with several messages, of which only the whole, or the last, says
    why it ended."""
    is_ended = all(
        each.get("role") == "assistant" and each.get("finish_reason") for each in answers
    )
    return len(answers) > 1 and is_ended
