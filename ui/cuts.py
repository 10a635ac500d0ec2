"""Values of a trace as text to read: pretty JSON, cut to a length, with what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from ui.json_tree import Line, closed, is_large, is_tree, place, tree
from ui.markdown import is_marked
from ui.media import data_url
from ui.pointers import parsed

SHOWN = 4_000  # characters of one text, unless everything was asked for
TREES = 3  # times the limit of a text is the room of a tree, whose lines take more than their text


@dataclass(slots=True, frozen=True)
class Text:
    """The beginning of a text, and how many characters of it are left out; or a tree to open."""

    shown: str
    left: int = 0
    at: str = ""  # where all of it is in its span, as addresses write it; empty: nowhere
    lines: tuple[Line, ...] = ()  # of a list or object, in place of `shown`

    @property
    def is_marked(self) -> bool:
        """Whether it may be shown as Markdown."""
        return bool(self.at) and is_marked(self.shown)


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


def opened(value: Any, limit: int | None, at: str) -> Text:
    """A list or object, also JSON of one, as a tree to open, as is data that a text is; any other
    value as text. `at` is its place in its span."""
    if is_large(value) and is_tree(value):
        return Text("", at=place(at), lines=closed(value, at))
    meant = parsed(value) if isinstance(value, str) else value
    if isinstance(meant, str) and data_url(meant):
        return Text("", at=place(at), lines=tree(meant, at))
    if not isinstance(meant, dict | list) or not meant:
        return replace(pretty(meant, limit), at=place(at))
    room = {} if limit is None else {"room": TREES * limit}
    return Text("", at=place(at), lines=tree(meant, at, **room))


def fair(lengths: Iterable[int], room: int, most: int) -> int:
    """The longest limit, at most `most`, with which texts of these lengths have room together."""
    waiting = sorted(lengths)
    for number, length in enumerate(waiting):
        share = room // (len(waiting) - number)
        if length > share:
            return min(share, most)
        room -= length
    return most


def as_json(value: Any) -> str:
    """Indented JSON; what JSON has no word for, as text."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, default=plain, option=options).decode()
    except TypeError:  # a whole number beyond 64 bits, a lone surrogate
        return str(value)


def plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
