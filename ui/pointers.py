"""Places inside a value, as JSON pointers (RFC 6901), which go through JSON in texts as well. Pure.

A name too long for an address is said by its position among its siblings: `~2` and the number,
which no pointer of the RFC can contain.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from agentscope.large_json import read_json

LONG = 100  # characters of a name
POSITION = "~2"


def below(at: str, name: str, position: int) -> str:
    """The place of a member, by its name, or where that is long by its position."""
    said = name.replace("~", "~0").replace("/", "~1")
    return f"{at}/{said if len(said) <= LONG else f'{POSITION}{position}'}"


def inside(value: Any, at: str) -> Any:
    """The value at a place. Raises LookupError if there is none."""
    for token in at.split("/")[1:]:
        value = member(parsed(value) if isinstance(value, str) else value, token)
    return value


def member(value: Any, token: str) -> Any:
    """What a list or object has at a token. Raises LookupError."""
    if isinstance(value, list):
        return value[number(token)]
    if not isinstance(value, dict):
        raise LookupError(token)
    if token.startswith(POSITION):
        found = next(
            islice(value.values(), number(token.removeprefix(POSITION)), None), LookupError
        )
        if found is LookupError:
            raise LookupError(token)
        return found
    return value[token.replace("~1", "/").replace("~0", "~")]


def number(token: str) -> int:
    """A position. Raises LookupError if it is none."""
    if not (token.isascii() and token.isdigit() and len(token) < LONG):
        raise LookupError(token)
    return int(token)


def parsed(text: str) -> Any:
    """What JSON text of a list or object means; any other text as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return read_json(text)
    except ValueError:
        return text
