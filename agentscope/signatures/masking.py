"""Results without what differs though nothing happened: times, durations, counters, ids.

Exact equality is defeated by a single timestamp, so that a loop would look like progress.
"""

from __future__ import annotations

import re
from typing import Any

from agentscope.signatures.canonical import DEEPEST, Names, number, plain, shortened
from agentscope.signatures.remembered import remembered
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
DIGITS = re.compile(r"\d[^ ]*")  # a word from its first digit on
# What VARYING matches lies within one of these, and needs no more than it to be seen. A long word
# is JSON without spaces, most often.
PIECE = re.compile(r"[\w.:,+-]+")
LONG_WORD, SHORT_NUMBER = 40, 10  # characters
NUMBER = re.compile(r"[(#]?\d+(?:\.\d+)?[).,;:]*")
UNITS = frozenset(
    "ns us µs ms s sec secs second seconds min mins minute minutes h hour hours am pm".split()
)
COUNTED = frozenset("attempt try retry iteration step request call round".split())
EDGES = ".,;:()[]"
ODD = b"0123456789\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f"  # digits, and whitespace but the space
HAS_DIGIT = re.compile(r"\d|[a-fA-F]{8}-").search  # a UUID may have letters alone


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
    text = shortened(text)
    return text if is_plain(text) else with_masks(text)


def is_plain(text: str) -> bool:
    """Whether there is nothing to mask in a text, and no whitespace but single spaces, as is quick
    to see of most."""
    if not text.isascii() or "  " in text or text[:1] == " " or text[-1:] == " ":
        return False
    return len(text.encode().translate(None, ODD)) == len(text)


@remembered
def with_masks(text: str) -> str:
    """The same, word by word: the first LONGEST of them."""
    text, pieces, done = " ".join(text.split()), [], 0
    for found in DIGITS.finditer(text, 0, end_of_looked_at(text)):
        start, end = text.rfind(" ", 0, found.start()) + 1, found.end()
        word = masked_word(text, start, end)
        pieces += [text[done:start], word]
        done = end
    return "".join([*pieces, text[done:]])


def end_of_looked_at(text: str) -> int:
    """Where the first LONGEST words end."""
    if text.count(" ") < LONGEST:
        return len(text)
    return sum(map(len, text.split(" ", LONGEST)[:LONGEST])) + LONGEST - 1


def masked_word(text: str, start: int, end: int) -> str:
    """A word with a digit in it, given by its place in a text, with what varies masked."""
    word = text[start:end]
    if NUMBER.fullmatch(word):
        if is_measured(text, start, end):
            return MASK
        if len(word) < SHORT_NUMBER:
            return word
    if len(word) < LONG_WORD:
        return VARYING.sub(MASK, word)
    return PIECE.sub(masked_piece, word)


def masked_piece(found: re.Match[str]) -> str:
    """A piece of a word with what varies masked."""
    piece = found[0]
    return VARYING.sub(MASK, piece) if HAS_DIGIT(piece) else piece


def is_measured(text: str, start: int, end: int) -> bool:
    """Whether a number stands before a unit, or behind what is counted."""
    after = next_word(text, end)
    before = text[text.rfind(" ", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]
    return after.strip(EDGES).lower() in UNITS or before.strip(EDGES).lower() in COUNTED


def next_word(text: str, end: int) -> str:
    """The word after the one that ends there."""
    then = text.find(" ", end + 1)
    return text[end + 1 : then if then >= 0 else len(text)]
