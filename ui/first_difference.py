"""Two texts from shortly before they differ, so that what is different is seen at once. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE = 120  # characters of what is the same, at most


@dataclass(slots=True, frozen=True)
class Passage:
    """A part of a text, and how many characters of it are left out before and after."""

    shown: str
    equal: int = 0  # before, the same in both texts
    left: int = 0


def passages(one: str, other: str, limit: int) -> tuple[Passage, Passage]:
    """Both texts from the line on in which they differ, up to `limit` characters; from their
    beginnings if one is empty, or nothing differs."""
    pairs = enumerate(zip(one, other, strict=False))
    at = next((at for at, (here, there) in pairs if here != there), min(len(one), len(other)))
    is_apart = one and other and one != other
    begin = start_of_line(one[:at]) if is_apart else 0
    return passage(one, begin, limit), passage(other, begin, limit)


def start_of_line(same: str) -> int:
    """Where to begin, if this is all that is the same: with its last line, or so much of it."""
    if len(same) <= BEFORE:
        return 0
    return max(same.rfind("\n") + 1, len(same) - BEFORE)


def passage(text: str, begin: int, limit: int) -> Passage:
    """A text from a character on."""
    return Passage(text[begin : begin + limit], begin, max(len(text) - begin - limit, 0))
