"""Patterns that people write: read by RE2 alone, which finds one match in time linear in the text
whatever they are (github.com/google/re2/wiki/WhyRE2). Each match may take as long, so their number
is limited, and behind the last one nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from agentscope.secrets.find import Hit, re2

LONGEST_PATTERN = 300  # characters
MOST_MATCHES = 1000  # in one text
MEMORY = 1 << 20  # bytes of a compiled pattern; RE2 refuses what needs more


class BadPattern(ValueError):
    """A pattern that cannot be used. The text says why, for the person who wrote it."""


@lru_cache(maxsize=1000)
def compiled(pattern: str) -> Any:
    """The pattern as RE2 reads it. Raises BadPattern."""
    if re2 is None:
        raise BadPattern("Own patterns need the package google-re2, which is not installed here.")
    if not 0 < len(pattern) <= LONGEST_PATTERN:
        raise BadPattern(f"A pattern has 1 to {LONGEST_PATTERN} characters.")
    options = re2.Options()
    options.max_mem, options.log_errors = MEMORY, False
    try:
        found = re2.compile(pattern, options)
    except re2.error as error:
        raise BadPattern(f"RE2 cannot read it: {said(error)}.") from error
    if found.search(""):
        raise BadPattern("It matches a text without any characters, so it would match everywhere.")
    return found


def said(error: Exception) -> str:
    """What RE2 says is wrong."""
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def own_hits(pattern: str, code: str, rank: int, text: str) -> Iterator[Hit]:
    """Where a pattern of a project matches. Its first group, if it has one, is the value. Behind
    MOST_MATCHES all of the text counts as one."""
    clean = text.encode("utf-8", "replace").decode()  # RE2 has no word for half a surrogate pair
    found = compiled(pattern)
    for number, match in enumerate(found.finditer(clean)):
        if number == MOST_MATCHES:
            yield Hit(match.start(), len(text), code, rank)
            return
        group = 1 if found.groups and match.span(1)[0] >= 0 else 0
        start, end = match.span(group)
        if end > start:
            yield Hit(start, end, code, rank)
