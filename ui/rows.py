"""A tree as the rows of a page: every label, indent, offset and width, nothing left to compute.

Pure: no database, no clock, no settings. What is shown of a huge tree is decided in stretches.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from agentscope.prices.names import bare_model
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import PICO, Ints, Row, Tree
from agentscope.vocabulary import Flag, Kind, Status
from ui import amounts
from ui.billing import billing_pills
from ui.kinds import MARKS, failure, kind_word
from ui.pills import Pill
from ui.stretches import Bools, Stretch, hidden_stretches

DEEPEST = 12  # indents stop growing here; `aria-level` keeps the truth
PILLS = 4


@dataclass(slots=True, frozen=True)
class Hidden:
    """What a folded row, or a row that stands for left-out siblings, says of what it hides."""

    opens: str  # the value of `?open=` that shows it
    words: str
    failed: bool
    found: bool = False  # evidence of findings is among it


@dataclass(slots=True, frozen=True)
class Line:
    """One row of the page: a span, or (`span_id` empty) siblings that were left out."""

    level: int  # 1 for a root
    indent: int
    position: int  # in the whole tree, from 1
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
    found: bool = False  # it is evidence of a finding
    is_agent: bool = False
    time: str = ""
    tokens: str = ""
    is_sum: bool = False
    cost: str = ""
    cost_note: str = ""
    share: str = ""  # of the cost of the trace, in percent
    start: str = ""  # of its bar, in percent of the time lane; likewise width and tail
    width: str = ""
    tail: str = ""
    after: str = ""  # how long after the start of the trace it started
    open_ended: bool = False
    hidden: Hidden | None = None
    opened: str = ""  # the `?open=` of the stretch that starts here, so that it stays open


def lines(view: View, shown: Bools, start: int, stop: int) -> Iterator[Line]:
    """Rows `start` to `stop` as far as they are `shown`, and what stands for the others."""
    folded: dict[int, Stretch] = {}
    left_out: dict[int, Stretch] = {}
    for stretch in hidden_stretches(view.tree, shown, start, stop):
        if stretch.is_everything_below:
            folded[stretch.parent] = stretch
        else:
            left_out[stretch.first] = stretch
    seen = (np.flatnonzero(shown[start:stop]) + start).tolist()
    for at in sorted([*seen, *left_out]):
        yield view.rest(left_out[at]) if at in left_out else view.line(at, folded.get(at))


@dataclass(frozen=True)
class View:
    """What all rows of one tree are drawn against.

    `live` says that spans may still come, so that an open end means "running". `marks` are the
    pills of rows that are evidence of findings.
    """

    tree: Tree
    live: bool
    opened: Sequence[Stretch] = ()
    marks: Mapping[int, Pill] = field(default_factory=dict)

    def line(self, at: int, folded: Stretch | None) -> Line:
        """The row of a span."""
        row = self.tree.row(at)
        depth = int(self.tree.depth[at])
        letter, family = MARKS[row.kind]
        calls = int(self.tree.sum_unpriced[at])
        start, width, tail = self.lane(at)
        return Line(
            level=depth + 1,
            indent=min(depth, DEEPEST),
            position=at + 1,
            place=int(self.places[0][at]),
            siblings=int(self.places[1][at]),
            span_id=span_hex(row.span_id),
            expanded="" if row.size == 1 else "false" if folded else "true",
            mark=letter,
            family=family,
            kind=kind_word(row.kind),
            name=row.text("name") or "(unnamed)",
            pills=tuple(pills(row, self.live, self.marks.get(at))),
            failed=row.status == Status.ERROR,
            found=at in self.marks,
            is_agent=row.kind == Kind.AGENT,
            time=took(row, self.live),
            tokens=tokens_of(row),
            is_sum=row.size > 1,
            cost=cost_of(row),
            cost_note=amounts.cost_note(calls),
            share=self.share(at),
            start=start,
            width=width,
            tail=tail,
            after=self.after(at),
            open_ended=self.tree.end_ns[at] == 0,
            hidden=self.hides(folded) if folded else None,
            opened=self.openings.get(at, ""),
        )

    def rest(self, stretch: Stretch) -> Line:
        """The row that stands for siblings that are not shown."""
        depth = int(self.tree.depth[stretch.first])
        return Line(depth + 1, min(depth, DEEPEST), stretch.first + 1, hidden=self.hides(stretch))

    def hides(self, stretch: Stretch) -> Hidden:
        """What a stretch hides, evidence of findings too."""
        first, stop = np.searchsorted(self.marked, (stretch.first, stretch.stop))
        return hides(stretch, int(stop - first))

    def share(self, at: int) -> str:
        spent = int(self.tree.sum_cost[at])
        return percent(spent / self.total_cost) if spent > 0 else ""

    def after(self, at: int) -> str:
        waited = int(self.tree.start_ns[at]) - self.bounds[0]
        return amounts.duration(waited) if waited >= 0 else amounts.UNKNOWN

    def lane(self, at: int) -> tuple[str, str, str]:
        """Where the bar of a row starts, how wide it is, and its subtree; all inside the lane."""
        begin, end = self.bounds
        start = min(max(int(self.tree.start_ns[at]), begin), end)
        last = min(max(int(self.tree.last_ns[at]), start), end)
        own = int(self.tree.end_ns[at]) or (end if self.live else last)
        stop = min(max(own, start), end)
        whole = end - begin
        tail = percent((last - start) / whole) if last > stop else ""
        return percent((start - begin) / whole), percent((stop - start) / whole), tail

    @cached_property
    def marked(self) -> Ints:
        """The rows that are evidence, in order."""
        return np.array(sorted(self.marks), np.int64)

    @cached_property
    def openings(self) -> dict[int, str]:
        """The opened stretches by their first row."""
        return {stretch.first: stretch.text for stretch in self.opened}

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """First and last time of the lane. Suspect clocks stretch it only if there is no other."""
        return bounds(self.tree)

    @cached_property
    def total_cost(self) -> int:
        return int(self.tree.sum_cost[self.tree.parent == -1].sum()) or 1

    @cached_property
    def places(self) -> tuple[Ints, Ints]:
        """For each row: its place among its siblings, from 1, and how many there are."""
        parents = self.tree.parent.astype(np.int64) + 1
        siblings = np.bincount(parents, minlength=len(parents) + 1)
        order = np.argsort(parents, kind="stable")
        before = np.concatenate(([0], np.cumsum(siblings)))[parents[order]]
        place = np.empty(len(parents), np.int64)
        place[order] = np.arange(len(parents)) - before + 1
        return place, siblings[parents]


def bounds(tree: Tree) -> tuple[int, int]:
    """First and last time of a trace in ns, 1 apart or more; of trusted clocks if there are any."""
    trusted = (tree.flags & int(Flag.CLOCK_SUSPECT)) == 0
    if not trusted.any():
        trusted = ~trusted
    begin = int(tree.start_ns[trusted].min())
    end = int(np.maximum(tree.start_ns, tree.end_ns)[trusted].max())
    return begin, max(end, begin + 1)


def percent(part: float) -> str:
    return f"{part * 100:.2f}%"


def hides(stretch: Stretch, marked: int = 0) -> Hidden:
    """`3,214 more · 2 failed · 12 in findings · $1.90`."""
    said = [f"{stretch.spans:,} more"]
    if stretch.failed:
        said.append(f"{stretch.failed:,} failed")
    if marked:
        said.append(f"{marked:,} in findings")
    if stretch.cost or stretch.unpriced:
        said.append(amounts.cost(stretch.cost * PICO, stretch.unpriced))
    return Hidden(stretch.text, " · ".join(said), bool(stretch.failed), bool(marked))


def pills(row: Row, live: bool, mark: Pill | None = None) -> list[Pill]:
    """What is odd about a span and its bill, of which finding it is evidence, then what it used, as
    far as its name does not say so."""
    name = row.text("name").lower()
    used = [row.text(column) for column in ("tool", "model")]
    if row.kind == Kind.AGENT:
        used.append(row.text("agent"))
    plain = [Pill(text) for text in dict.fromkeys(used) if text and bare_model(text) not in name]
    marked = [mark] if mark else []
    return [*troubles(row, live), *marked, *billing_pills(row), *plain][:PILLS]


def troubles(row: Row, live: bool) -> Iterator[Pill]:
    """What a reader must know, the worst first."""
    if row.status == Status.ERROR:
        yield Pill(failure(row.text("error_class")), "bad")
    elif row.status == Status.WAITING:
        yield Pill("waits for a person", "warn")
    elif row.flags & Flag.SILENT_FAILURE:
        yield Pill(f"{failure(row.text('error_class'))}, status fine", "warn")
    if row.flags & Flag.NOT_ENDED:
        yield Pill("running", "good") if live else Pill("never ended", "warn")
    yield from (Pill(text, "warn") for flag, text in ODDITIES.items() if row.flags & flag)


ODDITIES: dict[Flag, str] = {
    Flag.ORPHAN: "parent missing",
    Flag.PARENT_MALFORMED: "parent id malformed",
    Flag.CYCLE_CUT: "was in a cycle",
    Flag.CLOCK_SUSPECT: "clock suspect",
    Flag.CONFLICT: "sent twice, differently",
}


def took(row: Row, live: bool) -> str:
    """How long a span took; a clock that ran backwards took no time (the span is marked)."""
    start, end = int(row.tree.start_ns[row.at]), int(row.tree.end_ns[row.at])
    if end == 0:
        return "running" if live else amounts.UNKNOWN
    return amounts.duration(max(end - start, 0))


def tokens_of(row: Row) -> str:
    """Tokens of the subtree that count; unknown where its model calls reported none."""
    total = int(row.tree.sum_input[row.at] + row.tree.sum_output[row.at])
    if total:
        return amounts.tokens(total)
    return amounts.UNKNOWN if row.tree.sum_llm_calls[row.at] else ""


def cost_of(row: Row) -> str:
    """Cost of the subtree; empty where there was nothing to pay for."""
    spent, calls = int(row.tree.sum_cost[row.at]), int(row.tree.sum_unpriced[row.at])
    return amounts.cost(spent * PICO, calls) if spent or calls else ""
