"""Results without the words that were asked with: a search that says "nothing found for" and what
it was asked gives the same answer each time. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from agentscope.signatures.canonical import DEEPEST, packed
from agentscope.signatures.masking import MASK
from agentscope.vocabulary import Value

SHORTEST = 4  # characters: what is shorter comes up by chance
LONGEST = 500
MOST = 16  # values of one call
MOST_RESULT = 2000  # characters: of a longer one an echo is no part worth the time


def without_echo(result: Value, arguments: Value) -> Value:
    """A result in which a mask stands for each value of the arguments."""
    if arguments is None:
        return result
    is_text = isinstance(result, str)
    text = result if is_text else packed(result).decode() if isinstance(result, dict | list) else ""
    if not text or len(text) > MOST_RESULT:
        return result
    said = sorted(set(first(values(arguments))), key=lambda each: (-len(each), each))
    told = [each if is_text else packed(each).decode()[1:-1] for each in said]
    found = [each for each in told if each in text]
    if not found:
        return result
    for each in found:
        text = text.replace(each, MASK)
    return text if is_text else parsed(text, result)


def parsed(text: str, otherwise: Value) -> Value:
    """JSON; something else where what was masked was a part of its marks."""
    try:
        found: Value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return otherwise
    return found


def first(values: Iterator[str]) -> list[str]:
    """The first MOST of some values."""
    return [each for each, _ in zip(values, range(MOST), strict=False)]


def values(arguments: Value, depth: int = 0) -> Iterator[str]:
    """The texts in some arguments that are long enough to be told from chance."""
    if isinstance(arguments, str):
        if SHORTEST <= len(arguments) <= LONGEST:
            yield arguments
    elif isinstance(arguments, dict) and depth < DEEPEST:
        for each in arguments.values():
            yield from values(each, depth + 1)
    elif isinstance(arguments, list) and depth < DEEPEST:
        for each in arguments:
            yield from values(each, depth + 1)
