"""Values of a trace as text to read: pretty JSON, cut to a length, with what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

SHOWN = 4_000  # characters of one text, unless everything was asked for


@dataclass(slots=True, frozen=True)
class Text:
    """The beginning of a text, and how many characters of it are left out."""

    shown: str
    left: int = 0


def cut(text: str, limit: int | None) -> Text:
    """A text up to `limit` characters; None shows all of it."""
    if limit is None or len(text) <= limit:
        return Text(text)
    return Text(text[:limit], len(text) - limit)


def pretty(value: Any, limit: int | None) -> Text:
    """A value as indented JSON. Text stays text, unless it is the JSON of a list or object."""
    if isinstance(value, str):
        value = parsed(value)
    if isinstance(value, bytes):
        value = value.hex()
    if isinstance(value, str):
        return cut(value, limit)
    return cut(as_json(value), limit)


def parsed(text: str) -> Any:
    """What JSON text of a list or object means; any other text as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def as_json(value: Any) -> str:
    """Indented JSON; what JSON has no word for, as text."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, default=plain, option=options).decode()
    except TypeError:  # a whole number beyond 64 bits, a lone surrogate
        return str(value)


def plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
