"""A window of a trace as the rows of a page: every label, indent, offset and width, nothing left to
compute. Pure: no database, no clock, no settings. Which rows these are is decided in reading.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString

from agentscope.outline.entries import SPAN
from agentscope.outline.gist import gist
from agentscope.outline.noise import left_out
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Ints, Mask, Row, Tree
from agentscope.vocabulary import Kind, Status
from ui import amounts, fold_words
from ui.continuation_words import Way, row_ways
from ui.finding_marks import NO_MARKS, Marks
from ui.kinds import MARKS, kind_word
from ui.lane import NO_BAR, Bar, Bars, percent
from ui.lineage_words import Lineage
from ui.pills import QUIET, Pill
from ui.reading import PLUMBING, Window
from ui.row_pills import pills
from ui.row_words import cost_of, tokens_of, took

DEEPEST = 12  # indents stop growing here; `aria-level` keeps the truth


@dataclass(slots=True, frozen=True)
class Line:
    """One row of the page: a span, or (`span_id` empty) a fold."""

    key: str
    level: int  # 1 for a root
    indent: int
    position: int  # among all rows that are to be seen, from 1
    above: int  # the position of the row that it lies in; 0: a root
    place: int = 0  # among its siblings, from 1
    siblings: int = 0
    span_id: str = ""
    expanded: str = ""  # "true", "false", or empty for a leaf
    mark: str = ""
    family: str = ""
    kind: str = ""
    name: str = ""
    pills: tuple[Pill, ...] = ()
    failed: bool = False
    found: bool = False  # it, or something that it hides, is evidence of a finding
    hit: bool = False  # it has what is looked for
    gone: bool = False  # nobody used its work, or that of all that is folded in it
    is_agent: bool = False
    time: str = ""
    tokens: str = ""
    is_sum: bool = False
    cost: str = ""
    cost_note: str = ""
    share: str = ""  # of the cost of the trace, in percent
    bar: Bar = NO_BAR
    after: str = ""  # how long after the start of the trace it started
    open_ended: bool = False
    hides: str = ""  # what is inside, in words, while it is closed
    why: str = ""  # why it is folded
    plumbing: str = ""  # what is left out below it, in words
    plumbing_key: str = ""
    ways: tuple[Way, ...] = ()  # to the traces that it goes on from

    @property
    def said(self) -> dict[str, Any]:
        """By the names that its template knows; whole and with numbers as texts, as looking up each
        attribute of an object, and putting a number into the form of a language, is most of what
        drawing takes."""
        found = {name: getattr(self, name) for name in NAMES}
        found |= {name: SafeString(found[name]) for name in NUMBERS}
        found["index"] = SafeString(self.position + 1)  # the head of the table is a row as well
        found["pills"] = [parts(each) for each in self.pills]
        found["bar"] = parts(self.bar)
        return found


def parts(of: Pill | Bar) -> dict[str, str]:
    """What a pill or a bar says, by name."""
    return {name: getattr(of, name) for name in of.__slots__}


NAMES = tuple(each.name for each in fields(Line))
NUMBERS = tuple(each.name for each in fields(Line) if each.type == "int")


@dataclass(frozen=True)
class View:
    """What all rows of one page are drawn against.

    `live` says that spans may still come, so that an open end means "running". `marks` are the
    pills of rows that are evidence of findings. `silent` is when the last news of a stalled run
    came.
    """

    window: Window
    live: bool
    marks: Marks = field(default_factory=lambda: NO_MARKS)
    links: Mapping[int, Sequence[UUID]] = field(default_factory=dict)  # by span: traces before
    silent: datetime | None = None

    @property
    def tree(self) -> Tree:
        return self.window.outline.tree

    def lines(self) -> Iterator[Line]:
        """The rows of the page, in order."""
        return map(self.line, range(len(self.window.entries)))

    def line(self, number: int) -> Line:
        """One row of the page, from 0."""
        at = int(self.window.entries[number])
        fold = int(self.window.outline.fold[at])
        placed = self.placed(at, self.window.start + number + 1, self.above[number])
        return self.span(at, placed) if fold == SPAN else self.fold(fold, placed)

    @cached_property
    def above(self) -> list[int]:
        """What each row of the page lies in directly, as an entry; -1 for the outermost."""
        return self.window.outline.parents(self.window.entries)

    def placed(self, at: int, position: int, above: int) -> dict[str, Any]:
        """Where an entry is, directly inside of another one, and whether it is open."""
        seen, depth = self.window.outline, int(self.window.outline.depth[at])
        siblings = self.inside(above)
        return {
            "key": seen.key(at),
            "level": depth + 1,
            "indent": min(depth, DEEPEST),
            "position": position,
            "above": self.window.place(above) + 1 if above >= 0 else 0,
            "place": siblings.index(at) + 1,
            "siblings": len(siblings),
            "expanded": str(bool(self.window.opened[at])).lower() if seen.has_more[at] else "",
        }

    def inside(self, at: int) -> list[int]:
        """What an entry holds directly, looked up once."""
        if at not in self.held:
            self.held[at] = self.window.outline.children(at)
        return self.held[at]

    def span(self, at: int, placed: dict[str, Any]) -> Line:
        """The row of a span."""
        row = self.tree.row(int(self.window.outline.row[at]))
        letter, family = MARKS[row.kind]
        below = self.below(row) if placed["expanded"] == "false" else ("", False)
        return Line(
            **placed,
            span_id=span_hex(row.span_id),
            mark=letter,
            family=family,
            kind=kind_word(row.kind),
            name=amounts.short(row.text("name")) or "(unnamed)",
            pills=tuple(self.pills(row)),
            failed=row.status == Status.ERROR,
            found=row.at in self.marks or below[1],
            hit=self.is_hit(row.at),
            gone=bool(row.discarded),
            is_agent=row.kind == Kind.AGENT,
            time=took(row, self.live),
            tokens=tokens_of(row),
            is_sum=row.size > 1,
            cost=cost_of(row),
            cost_note=amounts.cost_note(int(self.tree.sum_unpriced[row.at])),
            share=self.share(int(self.tree.sum_cost[row.at])),
            bar=self.bars.of_row(row.at),
            after=self.after(int(self.tree.start_ns[row.at])),
            open_ended=bool(self.tree.end_ns[row.at] == 0),
            hides=below[0],
            ways=tuple(row_ways(self.links.get(row.span_id, ()))),
            **self.plumbing(row),
        )

    def pills(self, row: Row) -> list[Pill]:
        """What is odd about a span, what it is evidence of, what it used."""
        mark, waited = self.marks.get(row.at), self.lineage.waits.get(row.at)
        return pills(row, self.live, mark, waited, self.silent)

    def fold(self, fold: int, placed: dict[str, Any]) -> Line:
        """The row of a fold."""
        seen = self.window.outline
        held = gist(seen, fold)
        first, stop = int(seen.folds.first[fold]), int(seen.folds.stop[fold])
        marked = self.marks.within(first, stop)
        tone = "warn" if self.marks.is_loud(first, stop) else QUIET
        letter, family = MARKS[Kind(int(self.tree.kind[held.rows[0]]))]
        return Line(
            **placed,
            mark=letter,
            family=family,
            kind="folded",
            name=fold_words.title(seen, fold, held),
            pills=tuple(fold_words.pills(held, marked, tone)),
            failed=bool(held.failed),
            gone=bool(self.tree.discarded[held.rows].all()),
            found=bool(marked),
            time=amounts.duration(max(held.end_ns - held.begin_ns, 0)),
            tokens=amounts.tokens(held.tokens) if held.tokens else "",
            is_sum=True,
            cost=fold_words.cost(held),
            cost_note=amounts.cost_note(held.unpriced),
            share=self.share(held.cost),
            bar=self.bars.of_fold(held.begin_ns, held.end_ns, first, stop),
            after=self.after(held.begin_ns),
            hides=" · ".join(
                [
                    fold_words.size(held),
                    *self.lineage.within(first, stop),
                    *self.sought_within(first, stop),
                ]
            ),
            why=fold_words.why(seen, fold),
        )

    def plumbing(self, row: Row) -> dict[str, Any]:
        """What is left out right below a row, and the key that shows or hides it."""
        key, count = f"{PLUMBING}-{span_hex(row.span_id)}", int(self.left_out[row.at])
        if key in self.window.reading.opened:
            return {"plumbing": "hide plumbing", "plumbing_key": key}
        return {"plumbing": f"+{count:,} folded", "plumbing_key": key} if count else {}

    def below(self, row: Row) -> tuple[str, bool]:
        """What a closed row hides, in words, and whether evidence is among it."""
        failed = int(self.tree.sum_errors[row.at]) - int(self.is_culprit[row.at])
        marked = self.marks.within(row.at + 1, row.at + row.size)
        said = fold_words.hidden(row.size - 1, failed, marked)
        inside = row.at + 1, row.at + row.size
        more = *self.lineage.within(*inside), *self.sought_within(*inside)
        return " · ".join([said, *more]), marked > 0

    def sought_within(self, first: int, stop: int) -> Iterator[str]:
        """How many of some rows are filtered for, and have what is looked for, in words."""
        if self.window.chosen is not None:
            yield f"{int(self.window.chosen[first:stop].sum()):,} shown by the filter"
        begin, end = np.searchsorted(self.window.hits, (first, stop))
        if end > begin:
            yield amounts.count(int(end - begin), "hit")

    def is_hit(self, row: int) -> bool:
        """Whether a row has what is looked for."""
        hits = self.window.hits
        place = int(np.searchsorted(hits, row))
        return place < len(hits) and int(hits[place]) == row

    def share(self, spent: int) -> str:
        """What part of the cost of the trace so many 1e-12 USD are."""
        return percent(spent / self.total_cost) if spent > 0 else ""

    def after(self, start_ns: int) -> str:
        """How long after the start of the trace something began."""
        waited = start_ns - self.bars.whole[0]
        return amounts.duration(waited) if waited >= 0 else amounts.UNKNOWN

    @cached_property
    def lineage(self) -> Lineage:
        """Interrupts, checkpoints and answers of people."""
        return Lineage(self.tree)

    @cached_property
    def held(self) -> dict[int, list[int]]:
        """What entries hold, as far as it was looked up."""
        return {}

    @cached_property
    def left_out(self) -> Ints:
        """How much plumbing there is below each row."""
        return left_out(self.window.outline.host, self.window.outline.quiet)

    @cached_property
    def is_culprit(self) -> Mask:
        """The rows that failed by themselves."""
        return self.tree.is_culprit

    @cached_property
    def bars(self) -> Bars:
        """The bars of the rows."""
        reading = self.window.reading
        return Bars(self.tree, self.live, reading.zoom, reading.is_critical)

    @cached_property
    def total_cost(self) -> int:
        return int(self.tree.sum_cost[self.tree.parent == -1].sum()) or 1
