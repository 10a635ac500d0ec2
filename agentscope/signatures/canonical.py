"""The canonical form of a call's arguments: equal for calls that mean the same.

Objects in order of their keys, whitespace and paths normalised, whole numbers whole, and without
the fields that change from one call to the next though the call is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from posixpath import normpath
from typing import Any
from unicodedata import normalize

import orjson

from agentscope.vocabulary import Value

# Of the call, not of what is asked for. As `plain` writes names. Runs, traces, threads and messages
# are things that tools are asked for, and those that a framework adds are the same each time.
VOLATILE = frozenset(
    "callid toolcallid tooluseid requestid correlationid invocationid timestamp now currenttime"
    " nonce salt seed attempt attempts retry retrycount tries securityrisk".split()
)
# Of these what may be asked for as well, and counts where nothing else is said.
THINGS = frozenset("requestid correlationid seed".split())
# Why a call is made, in words that a model finds anew each time. Where nothing else is said they
# are what is asked for, and count.
REASONS = frozenset(
    "description reason reasoning explanation thought thoughts thinking justification rationale"
    " purpose intent toolreason".split()
)
DEEPEST = 20  # levels of nesting; what is deeper counts as one value
MOST_LEAVES = 500  # of a bag of values
LONGEST = 50_000  # characters of a text; for what comes after them stands its digest
OPENING = ("{", "[")
INTEGERS = range(-(2**63), 2**63)

Names = frozenset[str]
NONE: Names = frozenset()


class Plain(dict[str, str]):
    """Names of fields as they are compared. Those that were written once are remembered, for there
    are few of them; but not what is no name, nor any number."""

    def __missing__(self, name: str) -> str:
        plain = name.replace("_", "").replace("-", "").lower()
        if len(name) <= LONGEST_NAME:
            if len(self) >= MOST_NAMES:
                self.clear()
            self[name] = plain
        return plain


LONGEST_NAME, MOST_NAMES = 64, 20_000
# A field's name as it is compared: `toolCallId`, `tool_call_id` and `tool-call-id` are one.
plain = Plain().__getitem__


def canonical(value: Value, volatile: Names = NONE, depth: int = 0) -> Any:
    """The canonical form of a value. `volatile` are further names, as `plain` writes them, that a
    project does not compare."""
    if isinstance(value, str):
        return canonical_text(value)
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dict) and depth < DEEPEST:
        return {
            key: canonical(value[key], volatile, depth + 1)
            for key in compared(value, volatile, depth)
            if value[key] is not None
        }
    if isinstance(value, list | tuple) and depth < DEEPEST:
        return [canonical(each, volatile, depth + 1) for each in value]
    return None if value is None else str(value)


def number(value: float) -> int | str:
    """A number: whole ones whole, and one that is no number of JSON as text."""
    if isinstance(value, int):
        return value if value in INTEGERS else str(value)
    return int(value) if value.is_integer() and int(value) in INTEGERS else repr(value)


def shortened(text: str) -> str:
    """A text of bounded length, still different for different texts."""
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST] + blake2b(text[LONGEST:].encode("utf-8", "replace")).hexdigest()


def compared(fields: dict[str, Value], volatile: Names, depth: int = 0) -> list[str]:
    """The keys of an object, at some level of nesting, that say what is asked for, in order."""
    left_out = VOLATILE | volatile if volatile else VOLATILE
    kept = [key for key in sorted(fields) if plain(key) not in left_out]
    if not kept and not depth:
        return [key for key in sorted(fields) if plain(key) in THINGS - volatile]
    return [key for key in kept if plain(key) not in REASONS] or kept


def canonical_text(text: str) -> str:
    """A text without the whitespace that says nothing; a path in its shortest form; what is written
    in JSON in one order. All of it counts there, for it may be what is to be stored."""
    if text[:1] in OPENING and (found := in_json(text)) is not None:
        return packed(found).decode()
    text = " ".join(shortened(text).split())
    if not text.isascii():
        text = normalize("NFC", text)
    is_path = "/" in text and " " not in text and "://" not in text
    return normpath(text) if is_path else text


def in_json(text: str) -> Any:
    """The object or list that a text is; None if it is none, or too long to be read."""
    try:
        found = orjson.loads(text) if len(text) <= LONGEST else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict | list) else None


def leaves(value: Value, depth: int = 0) -> Iterator[str]:
    """The values in a canonical form, without their names, as text: `16` and `"16"` are one."""
    if isinstance(value, dict) and depth < DEEPEST:
        for each in value.values():
            yield from leaves(each, depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        for each in value:
            yield from leaves(each, depth + 1)
    elif value is not None and value != "":
        yield str(value).lower()


def bag(value: Value) -> list[str]:
    """The values of a canonical form whatever they are called and in whatever order."""
    found = [each for each, _ in zip(leaves(value), range(MOST_LEAVES), strict=False)]
    return sorted(found)


def key_of(*said: Value) -> int:
    """64 bits that stand for these values, signed as Postgres and numpy keep them; never 0, which
    stands for "unknown"."""
    digest = blake2b(packed(said), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def packed(value: Value) -> bytes:
    """A value as JSON with sorted keys; as Python writes it where JSON cannot, such as half of a
    surrogate pair."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return repr(value).encode("utf-8", "replace")
