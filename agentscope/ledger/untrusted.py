"""Reading files that somebody may have changed: whatever is not as it has to be is Unreadable, with
its place and why; and what they say is shown so that it cannot pass for what we say."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

MOST = 64 * 2**20  # bytes of a line, or of a file that is read at once
LONGEST = 120  # characters of a text of theirs in a sentence of ours: it fills no line of its own
POSITIONS = 2**63  # there are fewer


class Unreadable(ValueError):
    """What cannot be verified, as it is nothing that was exported. The text says where and why."""


class Form(NamedTuple):
    """How a value has to be."""

    words: str
    fits: Callable[[Any], Any]  # true if it is so


def is_number(value: Any) -> bool:
    """Whether it is a whole number that a database holds; true and false are none."""
    return type(value) is int and abs(value) < POSITIONS


def is_text(value: Any) -> bool:
    """Whether it is text that can be hashed: half a character cannot."""
    return isinstance(value, str) and (value.isascii() or not re.search("[\ud800-\udfff]", value))


def written(words: str, pattern: str) -> Form:
    """Text that is written in one way."""
    found = re.compile(pattern, re.ASCII)
    return Form(words, lambda value: isinstance(value, str) and found.fullmatch(value))


def or_none(form: Form) -> Form:
    """The same, or null."""
    return Form(f"{form.words} or null", lambda value: value is None or form.fits(value))


NUMBER, TEXT = Form("a whole number", is_number), Form("text", is_text)
DIGEST = written("64 hexadecimal digits", "[0-9a-f]{64}")
SIGNATURE = written("128 hexadecimal digits", "[0-9a-f]{128}")
TIME = written("a time in UTC", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
OBJECT = Form("an object", lambda value: isinstance(value, dict))
FROM_ONE = Form("a whole number from 1 on", lambda value: is_number(value) and value > 0)


def shown(text: object) -> str:
    """Foreign text in a sentence: short, on one line, and without codes that move the cursor."""
    said = str(text)
    said = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in said)


def numbered(number: int, one: str, more: str = "") -> str:
    """A number of things in a sentence; `more` if their plural is not made by an s."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def having(said: Any, forms: Mapping[str, Form], place: str) -> dict[str, Any]:
    """An object that says these values, and perhaps others. Raises Unreadable."""
    if not isinstance(said, dict):
        raise Unreadable(f"{place}: it is no object")
    for name, form in forms.items():
        if name not in said:
            raise Unreadable(f"{place}: its {name} is missing")
        if not form.fits(said[name]):
            raise Unreadable(f"{place}: its {name} is not {form.words}")
    return said


def exactly(said: Any, forms: Mapping[str, Form], place: str) -> dict[str, Any]:
    """An object that says these values and no others, which nothing would prove. Raises
    Unreadable."""
    having(said, forms, place)
    if more := sorted(said.keys() - forms.keys()):
        raise Unreadable(f"{place}: it says “{shown(more[0])}”, which belongs to nothing")
    return dict(said)


def opened(file: Path) -> io.BufferedReader:
    """A file to read. Raises Unreadable for one that is not there, or does not end, as a pipe."""
    if not file.is_file():
        raise Unreadable(f"{shown(file.name)} is missing, or is no file")
    return file.open("rb")


def whole(file: Path) -> Any:
    """The JSON of a file. Raises Unreadable."""
    with opened(file) as data:
        return parsed_json(bounded(data.read(MOST + 1), shown(file.name)), shown(file.name))


def each_line(file: Path) -> Iterator[tuple[Any, str]]:
    """The JSON of each line of a file, with its place. Raises Unreadable."""
    with opened(file) as data:
        yield from lines_of(data)


def lines_of(data: io.BufferedReader) -> Iterator[tuple[Any, str]]:
    """The same of a file that is open, from where it stands."""
    name = shown(Path(data.name).name)
    for number, line in enumerate(iter(lambda: data.readline(MOST + 1), b""), 1):
        place = f"{name}, line {number}"
        yield parsed_json(bounded(line, place), place), place


def bounded(data: bytes, place: str) -> bytes:
    """What was read, if that is all of it. Raises Unreadable."""
    if len(data) > MOST:
        raise Unreadable(f"{place}: it has more than {MOST:,} bytes")
    return data


def parsed_json(data: bytes, place: str) -> Any:
    """What JSON says. Raises Unreadable, for what is nested too deep too."""
    try:
        return json.loads(data, object_pairs_hook=once)
    except RecursionError:
        raise Unreadable(f"{place}: it is nested too deep") from None
    except ValueError as error:
        raise Unreadable(f"{place}: it is no JSON: {shown(error)}") from None


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are there once: programs differ in which of two they read. Raises
    ValueError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is said twice")
    return found


def said_in(text: str, name: str, otherwise: Any) -> Any:
    """What content says under a name. It may be anything, if somebody changed it."""
    try:
        return json.loads(text)[name]
    except (ValueError, TypeError, KeyError, RecursionError):
        return otherwise


def numbers_in(text: str, name: str) -> list[int]:
    """The numbers of a list that content says under a name."""
    said = said_in(text, name, [])
    return [each for each in said if isinstance(each, int)] if isinstance(said, list) else []
