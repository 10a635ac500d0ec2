"""What a reader of a trace has opened, closed and chosen: the address says it, and nothing else.

Entries are told by their keys. What is open without a word of the reader is the path that matters;
the address holds only what differs from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import numpy as np
from django.http import QueryDict

from agentscope.outline.chosen import EVERYTHING, Choice
from agentscope.outline.entries import Outline
from agentscope.traces.tree import Ints, Mask

WINDOW = 120  # rows of a page
BEFORE = 40  # of them above what is asked for
DIGITS = 10  # of the number of a row
MOST_KEYS = 2_000  # of an address
LONGEST_QUERY = 400  # characters of keys in a link
LONGEST_WORDS = 400  # characters that are looked for
CRITICAL = "critical"
NO_ROWS: Ints = np.zeros(0, np.int64)
ZOOM = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")  # ms after the start of the trace
PLUMBING = "n"  # before the span whose plumbing is shown
ALL, NONE = "all", "none"  # in place of a key: every row is opened, or closed


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
    def is_long(self) -> bool:
        """Whether so much is open that links leave it out, which have a script that adds it."""
        return sum(map(len, (*self.opened, *self.shut))) > LONGEST_QUERY

    @property
    def linked(self) -> Reading:
        """What links say of it, of which a page has hundreds."""
        return self.without_rows if self.is_long else self

    @property
    def without_rows(self) -> Reading:
        """The same without what is open and closed."""
        return replace(self, opened=(), shut=())

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
    about: int = 0  # of the rows of the page, from 0

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
        return max(self.start - min(WINDOW - BEFORE, self.stop - self.start), 0)

    @property
    def later(self) -> int:
        """The row that the page after is about."""
        return self.stop + (BEFORE if self.is_full else 0)

    @property
    def is_full(self) -> bool:
        """Whether there was room for all rows of a page."""
        return self.stop - self.start == min(WINDOW, len(self.visible))

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
