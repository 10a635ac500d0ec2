"""Fields of objects inside of texts, by their names: JSON, and what resembles it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agentscope.secrets.find import Hit
from agentscope.secrets.rules import plain_name

# A name in quotes, be they escaped or not. From the first backslash of a row only, or a row of
# backslashes would be tried from each of them.
NAME = re.compile(
    r"""(?<!\\)(?P<quote>\\*["'])(?P<name>[\w .-]{1,80})(?P=quote)\s*:\s*""",
)
# Its value: a text up to the same kind of quote, what holds other values, or a bare word.
VALUE = re.compile(
    r"""
    "(?P<double>(?:[^"\\]|\\.)*)
    | '(?P<single>(?:[^'\\]|\\.)*)
    | (?P<escaped>\\+["'])(?P<inner>(?:(?!(?P=escaped)).)*)
    | (?P<holder>[\[{])
    | (?P<bare>[^\s,}\]"'\\]+)""",
    re.VERBOSE | re.DOTALL,
)
VALUES = ("double", "single", "inner", "bare")
# Bare words that say nothing, in JSON and in Python.
NOTHING = frozenset("null true false None True False".split())


def named_hits(text: str, names: Mapping[str, str], rank: int) -> Iterator[Hit]:
    """The values of fields with some names, given as `plain_name` writes them, with their codes;
    also of fields in a text that is the value of another. Of a value that holds others it is not
    known where it ends: it goes to the end of the text."""
    at = 0
    while ":" in text and (field := NAME.search(text, at)):
        at, code = field.end(), names.get(plain_name(field["name"]))
        value = VALUE.match(text, at) if code else None
        if code is None or value is None:
            continue
        if value["holder"]:
            yield Hit(at, len(text), code, rank)
            return
        start, end = value.span(next(name for name in VALUES if value[name] is not None))
        at = value.end()
        if end > start and value["bare"] not in NOTHING:
            yield Hit(start, end, code, rank)
