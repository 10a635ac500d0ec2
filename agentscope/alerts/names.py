"""Names as they stand in sentences. Pure."""

from __future__ import annotations

from uuid import UUID

LONGEST_NAME = 200  # characters of a name in a sentence; what is cut is an ellipsis


def digits(name: str) -> str:
    """The 32 digits of an id; whatever else it is stays."""
    try:
        return UUID(name).hex
    except ValueError:
        return name


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """A name in a sentence: on one line, and not longer than so many characters."""
    line = " ".join(name.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def upper(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """The first letter small."""
    return text[:1].lower() + text[1:]
