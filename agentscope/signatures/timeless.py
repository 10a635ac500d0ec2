"""What a run is asked to do, without when and as which run it does it. Pure.

A schedule writes the time into the prompt, and the number of the run; the work is the same. But
numbers and dates say what the work is about as well ("settle order 17", "the figures of the 3rd"),
and those stay: left out is what has a time of the day with seconds or a zone, what is named as now,
and what is named as the id of a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentscope.signatures.canonical import key_of
from agentscope.signatures.remembered import remembered

MASK = "#"
LONGEST = 2000  # characters that are looked at; what comes after them counts as it is
# The patterns are tried around these words, and around times, only: elsewhere nothing matches.
HINTS = (
    "as of",
    *"run exec invo attempt trace request session correlation span worker thread process nonce pid"
    " current today present start schedul now triggered generated time".split(),
)
BEFORE, AFTER = 40, 110  # characters around one
ZONE = r"(?:\s?(?:Z|UTC|GMT|[A-Z]{2,4}T|[+-]\d\d:?\d\d)\b)"
CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    rf"|{MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?\s{MONTH}\.?(?:,?\s\d{{4}})?)"
)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?"
TIME = rf"[T,]?\s?(?:at\s)?{CLOCK}{ZONE}?(?:\s\d{{4}}\b)?"
WHEN = (
    rf"(?:(?:{WEEKDAY}\s)?{DATE}(?:{TIME})?|{CLOCK}{ZONE}?|{WEEKDAY}(?!\w)"
    r"|\d{10,19}(?:\.\d+)?)"
)
# A moment, wherever it stands: a date with a time, or a time with seconds.
MOMENT = re.compile(
    rf"(?:\b{WEEKDAY}\s)?\b{DATE}{TIME}|(?<![\d:.])\d{{1,2}}:\d\d:\d\d(?:[.,]\d+)?{ZONE}?"
    r"|\b1[5-9]\d{8}(?:\.\d+)?\b|\b1[5-9]\d{11}\b",  # seconds or milliseconds since 1970
    re.IGNORECASE,
)
NOW = re.compile(
    r"(\b(?:(?:current|today'?s|present|run|start(?:ed)?|execution|scheduled)[ _-]?"
    r"(?:date|time|day|timestamp|datetime)?(?:\s(?:and|&)\stime)?|today|now|timestamp|as of"
    r"|triggered|generated|invoked|time)"
    rf"(?:\s(?:is|at|on|for))?\s?[:=(\"']*\s?){WHEN}",
    re.IGNORECASE,
)
ID = r"[\"'(\[<]*(?=[\w.:/+-]*\d)[\w.:/+-]{1,80}"
RUN = re.compile(
    r"(\b(?:(?:run|execution|invocation|attempt|trace|request|session|correlation|span|worker|thread"
    r"|process|workflow[ _-]?run|job[ _-]?run|task[ _-]?run|batch[ _-]?run)"
    r"(?:[ _-]?(?:id|no|number|key|token|uuid)\b\.?\s?(?:is\s)?[:=#]?|\s?[:=#])"
    r"|(?:nonce|pid)\s?[:=]?)"
    rf"\s?){ID}",
    re.IGNORECASE,
)
HAS_DIGIT = re.compile(r"\d").search
TIMED = re.compile(r"(?<=\d):\d\d|1[5-9]\d{8}")


def timeless(text: str) -> str:
    """A text without what is another in each run, and its whitespace as single spaces."""
    text = " ".join(text.split())
    head, tail = text[:LONGEST], text[LONGEST:]
    if not HAS_DIGIT(head):
        return text
    pieces, done = [], 0
    for start, end in windows(head):
        pieces += [head[done:start], without_times(head[start:end])]
        done = end
    return "".join([*pieces, head[done:], tail])


def windows(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which a pattern may match, in order, none within another."""
    lower = text.lower()
    places = [found.start() for found in TIMED.finditer(text)]
    for hint in HINTS:
        at = lower.find(hint)
        while at >= 0:
            places.append(at)
            at = lower.find(hint, at + 1)
    start, end = 0, 0
    for at in sorted(places):
        if at - BEFORE > end:
            yield start, end
            start = at - BEFORE
        end = min(at + AFTER, len(text))
    yield start, end


def without_times(text: str) -> str:
    """A part of a text without what is another in each run."""
    if not HAS_DIGIT(text):
        return text
    text = RUN.sub(rf"\1{MASK}", text)
    return NOW.sub(rf"\1{MASK}", MOMENT.sub(MASK, text))


@remembered
def key_of_work(text: str) -> int:
    """The key of a text without what is another in each run; 0 where nothing in it is, so that it
    is its own key."""
    if not HAS_DIGIT(text):
        return 0
    work = timeless(text)
    return key_of("work", work) if work != " ".join(text.split()) else 0
