"""What is different between a call and the one before of its like, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any

import orjson

from ui.amounts import count
from ui.conversation import Plain, parts_of
from ui.cuts import plain
from ui.pointers import parsed

CHARACTERS = 100_000  # of one side
LINES = 800  # of one side that are compared; difflib takes time by their square
WIDTH = 200  # characters of a line; longer ones are compared in pieces
SHOWN = 400  # lines of the outcome
AROUND = 3  # lines without a change on both sides of one
MARKS = {"+": "added", "-": "removed", "@": "gap"}

TITLES = {
    "input_messages": "Messages",
    "arguments": "Arguments",
    "input": "Input",
    "output_messages": "Answer",
    "result": "Result",
    "output": "Output",
}


@dataclass(slots=True, frozen=True)
class Line:
    mark: str  # added, removed, gap, or empty: the same on both sides
    text: str


@dataclass(slots=True, frozen=True)
class Change:
    """One thing that both calls said, or only one of them."""

    title: str
    lines: list[Line]
    left_out: list[str]  # what was not compared or is not shown, in words

    @property
    def words(self) -> str:
        """Whether they are the same, as far as they were compared."""
        if self.lines:
            return "differ"
        return "alike in the part that was compared" if self.left_out else "the same"


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    """What two spans said, side by side. What messages say is not compared again as input."""
    names = [name for name in TITLES if name in before or name in now]
    said = {*before, *now}
    told = {"input": "input_messages", "output": "output_messages"}
    return [
        change(TITLES[name], before.get(name), now.get(name))
        for name in names
        if told.get(name) not in said
    ]


def change(title: str, before: Any, now: Any) -> Change:
    """The difference of two values; None: there is none on that side."""
    one, other = text_of(before), text_of(now)
    if one == other:
        return Change(title, [], [])
    old, new, left_out = compared(wrapped(one), wrapped(other))
    left_out += shortened(one, other)
    lines = list(islice(difference(old, new), SHOWN + 1))
    if len(lines) > SHOWN:
        left_out.append(f"Only the first {count(SHOWN, 'line')} of the difference are shown.")
    return Change(title, lines[:SHOWN], left_out)


def text_of(value: Any) -> str:
    """A value as lines: messages as what was said, JSON with its names in order, text as it is."""
    if value is None:
        return ""
    value = parsed(value) if isinstance(value, str) else value
    if isinstance(value, str):
        return value
    if is_messages(value):
        return "\n".join(line for message in value for line in message_lines(message))
    return in_order(value)


def is_messages(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and "role" in each and "parts" in each for each in value
    )


def in_order(value: Any) -> str:
    """Indented JSON, with names in order so that equal values look the same."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS
    try:
        return orjson.dumps(value, default=plain, option=options).decode()
    except TypeError:
        return str(value)


def message_lines(message: Plain) -> Iterator[str]:
    """A message: who spoke, then what."""
    yield f"[{message.get('role') or 'unknown'}]"
    for part in parts_of(message):
        if part["type"] in ("text", "reasoning"):
            yield part.get("text") or ""
        else:
            named = " ".join(filter(None, (part["type"].replace("_", " "), part.get("name"))))
            yield f"{named}: {text_of(part.get('value'))}"


def wrapped(text: str) -> list[str]:
    """The lines of a text, long ones in pieces."""
    return [
        line[start : start + WIDTH]
        for line in text[:CHARACTERS].splitlines()
        for start in range(0, max(len(line), 1), WIDTH)
    ]


def compared(old: list[str], new: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The lines that are compared: from shortly before the first change on, as many as may be."""
    first = alike(old, new)
    last = alike(old[first:][::-1], new[first:][::-1])
    start, after = max(first - AROUND, 0), max(last - AROUND, 0)
    old, new = old[start : len(old) - after], new[start : len(new) - after]
    most = max(len(old), len(new))
    left_out = [f"{count(most - LINES, 'line')} after the first {LINES} were not compared."]
    return old[:LINES], new[:LINES], left_out if most > LINES else []


def alike(one: list[str], other: list[str]) -> int:
    """How many lines are the same at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def shortened(one: str, other: str) -> list[str]:
    """What is said of texts that are too long to be compared as a whole."""
    most = max(len(one), len(other)) - CHARACTERS
    if most <= 0:
        return []
    return [f"{count(most, 'character')} after the first {CHARACTERS:,} were not compared."]


def difference(old: list[str], new: list[str]) -> Iterator[Line]:
    """The lines that differ, with what is around them."""
    found = islice(unified_diff(old, new, n=AROUND, lineterm=""), 2, None)
    for number, line in enumerate(found):
        if not line.startswith("@@"):
            yield Line(MARKS.get(line[0], ""), line[1:])
        elif number:
            yield Line("gap", "…")
