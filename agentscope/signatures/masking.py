"""Results without what differs though nothing happened: times, durations, counters, ids.

Exact equality is defeated by a single timestamp, so that a loop would look like progress.
"""

from __future__ import annotations

import re
from typing import Any

from agentscope.signatures.canonical import DEEPEST, Names, number, plain, shortened
from agentscope.vocabulary import Value

# Fields of results that tell of the call, not of its outcome. As `plain` writes names.
TOLD = frozenset(
    "timestamp time date datetime createdat updatedat fetchedat checkedat lastchecked asof now"
    " elapsed elapsedms duration durationms took tookms latency latencyms executiontime"
    " requestid traceid spanid id uuid callid toolcallid correlationid responseid etag nonce"
    " attempt attempts retry retrycount iteration sequence seq".split()
)
LONGEST = 600  # words that are looked at; what comes after them counts as it is
MASK = "#"
VARYING = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"  # dates
    r"|(?<![\d:])\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[AaPp][Mm])?(?![\d:])"  # times of the day
    r"|(?<![\w.])\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h)\b"  # durations
    r"|\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"  # UUIDs
    r"|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,64}\b"  # ids in hexadecimal
    r"|\b\d{10,19}(?:\.\d+)?\b"  # times in seconds or less since 1970, and ids like them
    r"|\b0x[0-9a-fA-F]{6,16}\b"  # addresses in memory
)
DIGIT = re.compile(r"\d").search
NUMBER = re.compile(r"[(#]?\d+(?:\.\d+)?[).,;:]*")
UNITS = frozenset(
    "ns us µs ms s sec secs second seconds min mins minute minutes h hour hours am pm".split()
)
COUNTED = frozenset("attempt try retry iteration step request call round".split())
EDGES = ".,;:()[]"


def masked(value: Value, told: Names = TOLD, depth: int = 0) -> Any:
    """A result with what varies masked; objects in no order."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict) and depth < DEEPEST:
        return {
            key: MASK if plain(key) in told else masked(each, told, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple) and depth < DEEPEST:
        return [masked(each, told, depth + 1) for each in value]
    if isinstance(value, int | float):
        return number(value)
    return None if value is None else str(value)


def masked_text(text: str) -> str:
    """A text with what varies masked, and its whitespace as single spaces."""
    words = shortened(text).split()
    for at in [at for at, word in enumerate(words[:LONGEST]) if not word.isalpha()]:
        if DIGIT(words[at]):
            after = words[at + 1] if at + 1 < len(words) else ""
            words[at] = masked_word(words[at], words[at - 1] if at else "", after)
    return " ".join(words)


def masked_word(word: str, before: str, after: str) -> str:
    """A word with a digit in it, between its neighbours, with what varies masked."""
    is_measured = after.strip(EDGES).lower() in UNITS or before.strip(EDGES).lower() in COUNTED
    return MASK if is_measured and NUMBER.fullmatch(word) else VARYING.sub(MASK, word)
