"""Entries of the ledger in words: who did what, and what became of what. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentscope.audit.kinds import ITSELF, kind_words
from agentscope.audit.read import Found
from agentscope.ledger.read import parsed

PAIRS = (("before", "after"), ("was", "to"))  # how details name what was and what is
SERVER = "this server"  # who speaks where the ledger speaks of itself
UNREADABLE = "It says nothing that can be read."
NOTHING = "nothing"
DEEPEST = 4  # levels of a value that are put into words
HEAD = ("who", "what", "details", "salt")  # what is said elsewhere, or to nobody


@dataclass(slots=True, frozen=True)
class Eraser:
    """Who erased what an entry said, and why, as another entry tells."""

    position: int
    who: str
    why: str


@dataclass(slots=True, frozen=True)
class Line:
    """An entry in a list."""

    position: int
    at: datetime  # when it was done
    about: str  # its kind in words
    who: str
    what: str  # a sentence; "" where it was erased
    eraser: Eraser | None
    is_gone: bool  # what it said is not there any more


@dataclass(slots=True, frozen=True)
class Difference:
    """A part of something that was changed: what it was and what it is, in words; "" where it was
    or is nothing."""

    part: str
    before: str
    after: str


@dataclass(slots=True, frozen=True)
class Changed:
    """What was changed, part by part."""

    parts: list[Difference]

    @property
    def is_new(self) -> bool:
        """Whether none of it was there before."""
        return not any(each.before for each in self.parts)

    @property
    def is_gone(self) -> bool:
        """Whether none of it is there any more."""
        return not any(each.after for each in self.parts)

    @property
    def title(self) -> str:
        """What became of it."""
        return f"What was {'set' if self.is_new else 'removed' if self.is_gone else 'changed'}"


def line(found: Found, eraser: Found | None) -> Line:
    """An entry in words."""
    said = found.said
    return Line(
        position=found.position,
        at=done_at(found),
        about=kind_words(found.link.kind),
        who=text_of(said.get("who")) or (SERVER if found.link.kind.startswith(ITSELF) else ""),
        what="" if found.text is None else text_of(said.get("what")) or UNREADABLE,
        eraser=eraser_of(eraser) if eraser else None,
        is_gone=found.text is None,
    )


def eraser_of(found: Found) -> Eraser:
    """Who erased something, and why."""
    said = found.said
    return Eraser(found.position, text_of(said.get("who")), text_of(said.get("why")))


def done_at(found: Found) -> datetime:
    """When it was done: what was taken over into the ledger, or said anew, says so itself."""
    try:
        return parsed(found.said["at"])
    except (KeyError, TypeError, ValueError):
        return found.at


def text_of(value: Any) -> str:
    """A text; "" for what is none."""
    return value if isinstance(value, str) else ""


def differences(details: Any) -> list[Difference]:
    """What was changed, part by part; what stayed as it was is left out."""
    if not isinstance(details, Mapping):
        return []
    return [
        each
        for before, after in PAIRS
        if before in details or after in details
        for each in apart("", details.get(before), details.get(after))
    ]


def apart(part: str, before: Any, after: Any) -> Iterator[Difference]:
    """The parts in which two values differ."""
    if before == after or (is_empty(before) and is_empty(after)):
        return
    if is_object(before) and is_object(after):
        for name in dict.fromkeys([*(before or {}), *(after or {})]):
            inner = f"{part}, {name}" if part else str(name)
            yield from apart(inner, (before or {}).get(name), (after or {}).get(name))
    else:
        yield Difference(
            part, *("" if is_empty(each) else in_words(each) for each in (before, after))
        )


def is_empty(value: Any) -> bool:
    """Whether it says nothing."""
    return value is None or value in ("", [], {})


def is_object(value: Any) -> bool:
    """Whether it has parts, or is nothing."""
    return value is None or isinstance(value, Mapping)


def in_words(value: Any, depth: int = 0) -> str:
    """A value as people read it; what lies in it very deep is JSON."""
    if is_empty(value):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if depth == DEEPEST or not isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False)
    said = ", ".join(pieces(value, depth + 1)) or NOTHING
    return f"({said})" if depth else said


def pieces(value: list[Any] | Mapping[str, Any], depth: int) -> Iterator[str]:
    """What it is made of, in words; parts that say nothing are left out."""
    if isinstance(value, list):
        yield from (in_words(each, depth) for each in value)
    else:
        for name, each in value.items():
            if not is_empty(each):
                yield f"{name.replace('_', ' ')}: {in_words(each, depth)}"
