"""Names as they stand in sentences. Pure."""

from __future__ import annotations

from uuid import UUID

LONGEST_NAME = 200  # characters of a name in a sentence; what is cut is an ellipsis
ROOM = 35  # of them that an id in brackets takes


def run_id(name: str) -> UUID | None:
    """The id of a run that a group is; None for what is none, as of what a rule said before."""
    try:
        return UUID(name)
    except ValueError:
        return None


def digits(name: str) -> str:
    """The 32 digits of an id; whatever else it is stays."""
    found = run_id(name)
    return found.hex if found else name


def run_called(name: str, run: UUID) -> str:
    """A run by its name, and its id: it may be one of many of that name."""
    return f"{short(name, LONGEST_NAME - ROOM)} ({run.hex})" if name else run.hex


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
