"""Digests of calls and results, so that repeated ones are found by comparing two numbers."""

from __future__ import annotations

from hashlib import blake2b

from agentscope.traces.payload import canonical_json
from agentscope.vocabulary import Flag, Kind, Meaning, Value

# What was cut or replaced by the sender says nothing about what was really called.
UNKNOWABLE = int(Flag.REDACTED | Flag.TRUNCATED)


def call_key(meaning: Meaning) -> int | None:
    """Which call a tool span made: the same tool with equal arguments has the same key.

    None for other spans, and when the arguments are not known in full.
    """
    arguments = meaning.content.arguments
    if not is_known(meaning, arguments):
        return None
    return digest([meaning.kind.word, meaning.tool, arguments])


def result_key(meaning: Meaning) -> int | None:
    """What a tool span gave back, likewise."""
    result = meaning.content.result
    return digest(result) if is_known(meaning, result) else None


def is_known(meaning: Meaning, value: Value) -> bool:
    """Whether `value` is the whole argument or result of a tool."""
    return meaning.kind is Kind.TOOL and value is not None and not int(meaning.flags) & UNKNOWABLE


def digest(value: Value) -> int:
    """64 bits, signed as Postgres keeps them. The order of an object's keys does not matter."""
    hashed = blake2b(canonical_json(value), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)
