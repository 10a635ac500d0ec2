"""How long whoever failed asks to be left alone: RFC 9110's Retry-After and its relatives, as
attributes, and in messages, where clients quote them. Dates are passed over: whose clock they are
of is not known.
"""

from __future__ import annotations

import re

import orjson

from agentscope.vocabulary import Meaning, Value
from ingest.reading.json_values import parsed
from ingest.reading.scalars import number
from ingest.reading.source import Facts

LONGEST = 7 * 24 * 3600.0  # seconds; more is no pause but an end
LONGEST_SEARCHED = 4000  # characters
MS = 1000.0
UNITS = {"ms": 1 / MS, "mi": 60.0, "m": 60.0, "h": 3600.0, "s": 1.0}
AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)\s*(ms|milliseconds?|minutes?|mins?|m|hours?|h|seconds?|secs?|s)(?![a-z])",
    re.IGNORECASE,
)
# `Please try again in 1m26.4s`, `Please retry after 26 seconds`
ASKED = re.compile(
    r"\b(?:try again|retry|retrying|wait)\s+(?:in|after|for|at least)?\s*"
    r"((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?){1,3})",
    re.IGNORECASE,
)
# `Retry-After: 30`, `"retryDelay": "38s"`, `retry_after_ms=250`
FIELD = re.compile(
    r"\bretry[-_ ]?(?:after|delay|in)(?:[-_]?(?P<ms>ms|millis\w*)|[-_]?s(?:ec\w*)?)?"
    r"[\"']?\s*[:=]\s*[\"']?(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>ms|s)?\b",
    re.IGNORECASE,
)


def seconds(value: Value) -> float | None:
    """A number of seconds, alone or in a list as attributes of headers are."""
    return bounded(single(value), 1.0)


def milliseconds(value: Value) -> float | None:
    """The same of milliseconds, in seconds."""
    return bounded(single(value), MS)


def single(value: Value) -> Value:
    """The first of a list; a value as it is."""
    found = parsed(value)
    return (found[0] if found else None) if isinstance(found, list) else found


def bounded(value: Value, parts: float) -> float | None:
    """An amount of which so many parts make a second, if it is one to be waited."""
    amount = number(value)
    found = float(amount) / parts if amount is not None else 0.0
    return found if 0 < found <= LONGEST else None


def in_text(text: str) -> float | None:
    """The seconds that a message asks to wait; None if it asks for none."""
    text = text[:LONGEST_SEARCHED]
    if field := FIELD.search(text):
        is_ms = field["ms"] or (field["unit"] or "").lower() == "ms"
        return bounded(field["amount"], MS if is_ms else 1.0)
    if asked := ASKED.search(text):
        return bounded(sum(map(in_seconds, AMOUNT.findall(asked[1]))), 1.0)
    return None


def in_seconds(said: tuple[str, str]) -> float:
    """An amount with its unit."""
    unit = said[1].lower()
    return float(said[0]) * next(UNITS[name] for name in UNITS if unit.startswith(name))


def say_wait(meaning: Meaning, facts: Facts, *told: Value) -> None:
    """Say how long to wait after a failure, by its attributes, else by what was told with it."""
    meaning.retry_after = facts.best("retry_after")
    for value in told if meaning.retry_after is None else ():
        if (found := in_text(text_of(value))) is not None:
            meaning.retry_after, facts.sources["retry_after"] = found, "message"
            return


def text_of(value: Value) -> str:
    """A value as a text; JSON for objects."""
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str).decode()
    return value if isinstance(value, str) else ""
