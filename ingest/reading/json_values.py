"""JSON in texts, and Python literals where a sender wrote `repr` for JSON."""

from __future__ import annotations

from ast import literal_eval

import orjson

from agentscope.vocabulary import Value

OPENERS = ("{", "[", '"')
LONGEST_LITERAL = 20_000  # characters: Python's parser is slow, and deep nesting costs memory


def parsed(value: Value) -> Value:
    """JSON in a text as what it says, also if it was encoded twice; everything else as it is."""
    if type(value) is not str:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    again = from_json(value)
    return from_json(again) if type(again) is str and again is not value else again


def from_json(text: str) -> Value:
    """What a JSON text says, or the text itself if it is none."""
    if text.lstrip()[:1] not in OPENERS:
        return text
    try:
        return orjson.loads(text)
    except (ValueError, RecursionError):
        return text


def literal(value: Value) -> Value:
    """The same for Python literals, such as a dict with single quotes. Never evaluates code."""
    found = parsed(value)
    if type(found) is not str or len(found) > LONGEST_LITERAL:
        return found
    if found.lstrip()[:1] not in ("{", "[", "("):
        return found
    try:
        return literal_eval(found)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return found


def mapping(value: Value) -> dict[str, Value] | None:
    """A dict, from a dict or from JSON; None for everything else."""
    found = parsed(value)
    return found if isinstance(found, dict) else None
