"""Fields of objects inside of texts, by their names: JSON, and what resembles it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agentscope.secrets.find import Hit
from agentscope.secrets.rules import plain_name

# A name in quotes, be they escaped or not, and its value: a text up to the same kind of quote, what
# holds other values, or a bare word.
FIELD = re.compile(
    r"""(?P<quote>\\*["'])(?P<name>[\w .-]{1,80})(?P=quote)\s*:\s*(?:
    "(?P<double>(?:[^"\\]|\\.)*)
    | '(?P<single>(?:[^'\\]|\\.)*)
    | (?P<escaped>\\+["'])(?P<inner>(?:(?!(?P=escaped)).)*)
    | (?P<holder>[\[{])
    | (?P<bare>[^\s,}\]"'\\]+))""",
    re.VERBOSE | re.DOTALL,
)
VALUES = ("double", "single", "inner", "bare")


def named_hits(text: str, names: Mapping[str, str], rank: int) -> Iterator[Hit]:
    """The values of fields with some names, given as `plain_name` writes them, with their codes. Of
    a value that holds others it is not known where it ends: it goes to the end of the text."""
    if ":" not in text:
        return
    for match in FIELD.finditer(text):
        code = names.get(plain_name(match["name"]))
        if code is None:
            continue
        if match["holder"]:
            yield Hit(match.start("holder"), len(text), code, rank)
            return
        group = next(name for name in VALUES if match[name] is not None)
        start, end = match.span(group)
        if end > start:
            yield Hit(start, end, code, rank)
