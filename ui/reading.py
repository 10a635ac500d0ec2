"""What a reader of a trace has opened, closed and chosen: the address says it, and nothing else.

Entries are told by their keys. What is open without a word of the reader is the path that matters;
the address holds only what differs from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import numpy as np
from django.http import QueryDict

from agentscope.outline.chosen import EVERYTHING, Choice, narrowed
from agentscope.outline.chosen import opened as opened_by_choice
from agentscope.outline.entries import Outline, outline
from agentscope.outline.noise import quiet_rows, unfolded
from agentscope.outline.opening import Matters, reveal, usual
from agentscope.traces.ids import parse_span_id
from agentscope.traces.tree import Ints, Mask, Tree

WINDOW = 120  # rows of a page
BEFORE = 40  # of them above what is asked for
DIGITS = 10  # of the number of a row
MOST_KEYS = 2_000  # of an address
LONGEST_WORDS = 400  # characters that are looked for
CRITICAL = "critical"
NO_ROWS: Ints = np.zeros(0, np.int64)
ZOOM = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")  # ms after the start of the trace
PLUMBING = "n"  # before the span whose plumbing is shown


@dataclass(slots=True, frozen=True)
class Reading:
    """The state of a page, as its address says it."""

    opened: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    span: str = ""
    first: int | None = None  # the row that the window is about, from 0
    top: str = ""  # likewise, as a key
    toggled: str = ""
    kept: tuple[str, ...] = ()  # open on the page that asks for more
    is_jump: bool = False  # the reader was led to the selected span, so nothing hides it
    words: str = ""  # that are looked for
    choice: Choice = EVERYTHING  # what is filtered for
    zoom: tuple[int, int] | None = None  # what the lane shows, in ms after the start of the trace
    is_critical: bool = False  # whether the critical path is drawn

    @staticmethod
    def of(said: QueryDict) -> Reading:
        """From the parameters of a request; what is no key is nothing."""
        number = said.get("from", "")
        return Reading(
            opened=keys(said.getlist("open")),
            shut=keys(said.getlist("shut")),
            span=said.get("span", ""),
            first=int(number) if number.isdecimal() and len(number) < DIGITS else None,
            top=said.get("top", ""),
            toggled=said.get("toggle", ""),
            kept=keys(said.getlist("kept")),
            is_jump="jump" in said,
            words=said.get("q", "").strip()[:LONGEST_WORDS],
            choice=Choice.of(said.getlist("show")),
            zoom=zoom_of(said.get("zoom", "")),
            is_critical=said.get("path") == CRITICAL,
        )

    @property
    def query(self) -> str:
        """The start of a query that keeps what is open, what is looked for and what the lane shows:
        `open=…&shut=…&`, or nothing."""
        said = urlencode(self.fields)
        return f"{said}&" if said else ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The parameters of an address that say so, without empty ones."""
        from_to = f"{self.zoom[0]}-{self.zoom[1]}" if self.zoom else ""
        kept = [("open", ".".join(self.opened)), ("shut", ".".join(self.shut)), ("q", self.words)]
        kept += [("show", word) for word in self.choice.words]
        kept += [("zoom", from_to), ("path", CRITICAL * self.is_critical)]
        return [(name, text) for name, text in kept if text]

    def set(self, key: str, *, is_open: bool) -> Reading:
        """The same after an entry was opened or closed."""
        opened = tuple(each for each in self.opened if each != key)
        shut = tuple(each for each in self.shut if each != key)
        if is_open:
            return replace(self, opened=(*opened, key), shut=shut)
        return replace(self, opened=opened, shut=shut if is_plumbing(key) else (*shut, key))


def zoom_of(said: str) -> tuple[int, int] | None:
    """Two times, the first before the second; None for anything else."""
    found = ZOOM.fullmatch(said)
    times = (int(found[1]), int(found[2])) if found else (0, 0)
    return times if times[0] < times[1] else None


def keys(said: Iterable[str]) -> tuple[str, ...]:
    """Keys that are joined by dots, each once."""
    found = dict.fromkeys(key for text in said for key in text.split(".") if key)
    return tuple(found)[:MOST_KEYS]


def is_plumbing(key: str) -> bool:
    """Whether a key tells of the plumbing below a span."""
    return key.startswith(PLUMBING + "-")


@dataclass(frozen=True)
class Window:
    """The rows of a page among all that are to be seen. Columns are by row to be seen."""

    reading: Reading
    outline: Outline
    opened: Mask  # by entry
    visible: Ints  # entries
    start: int
    stop: int
    hits: Ints = field(
        default_factory=NO_ROWS.copy
    )  # that have the words that are looked for, in order
    chosen: Mask | None = None  # by row of the tree: what is filtered for; None: no filter

    @property
    def entries(self) -> Ints:
        """The entries of the page."""
        return self.visible[self.start : self.stop]

    @property
    def above(self) -> int:
        """How many rows lie above it."""
        return self.start

    @property
    def below(self) -> int:
        """How many rows lie below it."""
        return len(self.visible) - self.stop

    @property
    def earlier(self) -> int:
        """The row that the page before is about."""
        return max(self.start - WINDOW + BEFORE, 0)

    @property
    def later(self) -> int:
        """The row that the page after is about."""
        return self.stop + BEFORE

    @property
    def left_out(self) -> int:
        """How many rows are not to be seen because of a filter."""
        dropped = self.outline.dropped
        if dropped is None:
            return 0
        return int((dropped[self.outline.at_row] & ~self.outline.quiet).sum())

    def place(self, at: int) -> int:
        """Where an entry is among what is to be seen, or what hides it."""
        return int(np.searchsorted(self.visible, at, "right")) - 1


def window(
    tree: Tree,
    reading: Reading,
    found: Iterable[int],
    selected: int | None,
    hits: Ints = NO_ROWS,
) -> Window:
    """The page that a reader asks for. `found` are the rows that are evidence of findings, `hits`
    those that have the words that are looked for; the selected row is to be seen, whatever it lies
    in and is filtered for."""
    loud = list(found)
    chosen = reading.choice.rows(tree, loud) if reading.choice.words else None
    own = [] if selected is None else [selected]
    reading = shown(tree, reading) if is_plumbing(reading.toggled) else reading
    seen = outlined(tree, [*loud, *hits.tolist(), *own], reading)
    seen, first = at_first(seen, Matters.of(tree, loud), chosen, own)
    if reading.is_jump and selected is not None:
        reading = led(seen, reading, selected)
    reading = toggled(seen, opened_in(seen, first, reading, selected), reading)
    page = placed(reading, seen, opened_in(seen, first, reading, selected), selected)
    return replace(page, hits=hits, chosen=chosen)


def at_first(
    seen: Outline, matters: Matters, chosen: Mask | None, own: list[int]
) -> tuple[Outline, Mask]:
    """The outline of what is chosen, and of the reader's own rows, and what is open in it."""
    if chosen is None:
        return seen, usual(seen, matters)
    rows = chosen.copy()
    rows[own] = True
    seen = narrowed(seen, rows)
    return seen, usual(seen, matters) | opened_by_choice(seen, rows)


def opened_in(seen: Outline, first: Mask, reading: Reading, selected: int | None) -> Mask:
    """The entries that are open: at first, and those of the reader, who sees them whatever they
    came to lie in since, but for what the reader closed."""
    said = np.array(list(known(seen, (*reading.kept, *reading.opened))), np.int64)
    opened = first | seen.holding(said)
    opened[said] = True
    if selected is not None:
        reveal(seen, opened, [selected])
    opened[list(known(seen, reading.shut))] = False
    return opened


def led(seen: Outline, reading: Reading, row: int) -> Reading:
    """The same without what was closed around a row."""
    around = set(seen.around(int(seen.at_row[row])).tolist())
    return replace(reading, shut=tuple(key for key in reading.shut if seen.find(key) not in around))


def shown(tree: Tree, reading: Reading) -> Reading:
    """The same after the plumbing below a span was shown or hidden, if there is such a span."""
    key = reading.toggled
    if row_of(tree, key) is None:
        return reading
    return reading.set(key, is_open=key not in reading.opened)


def outlined(tree: Tree, loud: Iterable[int], reading: Reading) -> Outline:
    """The outline with as much plumbing as the reader wants to see."""
    quiet = quiet_rows(tree, loud)
    hosts = [row_of(tree, key) for key in reading.opened if is_plumbing(key)]
    return outline(tree, unfolded(tree, quiet, [row for row in hosts if row is not None]))


def toggled(seen: Outline, opened: Mask, reading: Reading) -> Reading:
    """What the reader has opened and closed after an entry was toggled."""
    key = reading.toggled
    at = seen.find(key) if key else None
    return reading if at is None else reading.set(key, is_open=not opened[at])


def known(seen: Outline, keys: Iterable[str]) -> Iterator[int]:
    """The entries of keys, as far as they are there."""
    return (at for key in keys if (at := seen.find(key)) is not None)


def row_of(tree: Tree, key: str) -> int | None:
    """The row of a span id in hex, which may stand behind the first part of a key."""
    try:
        return tree.find(parse_span_id(key.rpartition("-")[2]))
    except ValueError:
        return None


def placed(reading: Reading, seen: Outline, opened: Mask, selected: int | None) -> Window:
    """The window around what is asked for: a row, else an entry, else the selected span if it is
    not on the first page."""
    visible = seen.visible(opened)
    whole = Window(reading, seen, opened, visible, 0, min(WINDOW, len(visible)))
    about = reading.first
    named = (reading.toggled or reading.top).removeprefix(f"{PLUMBING}-")
    if about is None and (at := seen.find(named) if named else None) is not None:
        about = whole.place(at)
    if about is None and selected is not None:
        about = whole.place(int(seen.at_row[selected]))
    start = max(min((about or 0) - BEFORE, len(visible) - WINDOW), 0)
    return replace(whole, start=start, stop=min(start + WINDOW, len(visible)))
