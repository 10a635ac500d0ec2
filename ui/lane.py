"""The bars of a page in its time lane, in percent of it, and what its head says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agentscope.outline.critical import Critical, critical, trusted
from agentscope.outline.lane import Lane, lane
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind
from ui import amounts
from ui.kinds import kind_word

MS = 10**6  # ns
TO_SPAN = "To the selected span"
TOLD = 3  # kinds of what the critical path went through


@dataclass(slots=True, frozen=True)
class Bar:
    """A bar in the lane, all in percent; `start` empty: it lies outside of what is shown."""

    start: str = ""
    width: str = ""
    tail: str = ""  # of what lies beneath and outlives it
    outside: str = ""  # "before" or "after" what is shown
    path_start: str = ""  # of the critical path in or below it
    path_width: str = ""
    path_note: str = ""


NO_BAR = Bar()


@dataclass(slots=True, frozen=True)
class Rest:
    """A gap that is drawn short."""

    start: str
    width: str
    words: str


@dataclass(frozen=True)
class Bars:
    """All bars of a page. `zoom` is what is shown, in ms after the start of the trace, or all."""

    tree: Tree
    live: bool
    zoom: tuple[int, int] | None = None
    is_critical: bool = False

    @cached_property
    def whole(self) -> tuple[int, int]:
        """First and last time of the trace in ns."""
        return bounds(self.tree)

    @cached_property
    def lane(self) -> Lane:
        """What is shown, with its gaps."""
        begin, end = self.whole
        if self.zoom:
            first, last = (begin + ms * MS for ms in self.zoom)
            begin, end = min(first, end - 1), min(last, end)
        return lane(self.tree, begin, end, self.live)

    @cached_property
    def path(self) -> Critical | None:
        """The critical path, if it is drawn."""
        return critical(self.tree, *self.whole) if self.is_critical else None

    def of_row(self, at: int) -> Bar:
        """The bar of a span, and the tail of its subtree."""
        begin, end = self.whole
        start = min(max(int(self.tree.start_ns[at]), begin), end)
        last = min(max(int(self.tree.last_ns[at]), start), end)
        own = int(self.tree.end_ns[at]) or (end if self.live else last)
        stop = min(max(own, start), end)
        return self.bar(start, stop, last, at, at + 1)

    def of_fold(self, begin_ns: int, end_ns: int, first: int, stop: int) -> Bar:
        """The bar of a fold: the rows from `first` up to `stop`."""
        begin, end = self.whole
        start = min(max(begin_ns, begin), end)
        last = min(max(end_ns, start), end)
        return self.bar(start, last, last, first, stop)

    def bar(self, start: int, stop: int, last: int, first: int, after: int) -> Bar:
        """The bar from `start` to `stop` with a tail to `last`, of some rows."""
        shown = self.lane
        if last < shown.begin_ns or start > shown.end_ns:
            return Bar(outside="before" if last < shown.begin_ns else "after")
        left = shown.at(start)
        return Bar(
            percent(left),
            percent(shown.at(stop) - left),
            percent(shown.at(last) - left) if last > stop else "",
            "",
            *self.on_path(first, after),
        )

    def on_path(self, first: int, after: int) -> tuple[str, str, str]:
        """Where the critical path is in some rows or beneath: start, width, and how long."""
        if self.path is None:
            return "", "", ""
        low, high = np.searchsorted(self.path.rows, (first, after))
        if low == high:
            return "", "", ""
        begin, end = self.path.begin_ns[low:high].min(), self.path.end_ns[low:high].max()
        left = self.lane.at(int(begin))
        long = amounts.duration(int(self.path.own_ns[low:high].sum()))
        note = f"On the critical path, for {long} by itself"
        return percent(left), percent(self.lane.at(int(end)) - left), note

    @property
    def rests(self) -> list[Rest]:
        """The gaps of the lane."""
        places = [(self.lane.at(begin), self.lane.at(end)) for begin, end in self.lane.gaps]
        return [
            Rest(percent(left), percent(right - left), f"{amounts.duration(end - begin)} idle")
            for (left, right), (begin, end) in zip(places, self.lane.gaps, strict=True)
        ]

    @property
    def rest_words(self) -> str:
        """How much time is drawn short, in a sentence; empty if none is."""
        gaps = self.lane.gaps
        idle = amounts.duration(sum(end - begin for begin, end in gaps))
        return f"{idle} in which nothing ran are drawn short." if gaps else ""

    @property
    def stripes(self) -> str:
        """The gaps as a picture that lies behind all bars; empty if there are none."""
        edges = [
            f"transparent {rest.start},var(--gap) {rest.start} calc({rest.start} + {rest.width}),"
            f"transparent calc({rest.start} + {rest.width})"
            for rest in self.rests
        ]
        return f"linear-gradient(90deg,{','.join(edges)})" if edges else ""

    @property
    def ends(self) -> tuple[str, str]:
        """When what is shown begins and ends, after the start of the trace."""
        begin = self.whole[0]
        since = self.lane.begin_ns - begin
        until = amounts.duration(self.lane.end_ns - begin)
        return amounts.duration(since) if since else "0", until

    @property
    def knots(self) -> str:
        """Places in the lane and the times there, `share:ms`, so that dragging can be told."""
        times, places = self.lane.knots
        pairs = zip(places, times, strict=True)
        return " ".join(f"{place:.4f}:{(ns - self.whole[0]) / MS:.0f}" for place, ns in pairs)

    @property
    def path_words(self) -> str:
        """What the run waited for, in a sentence; empty if the path is not drawn."""
        if self.path is None:
            return ""
        whole = amounts.duration(self.whole[1] - self.whole[0])
        steps = amounts.count(len(self.path.rows), "span")
        return f"{steps} decided when the {whole} ended: {self.shares(self.path)}."

    def shares(self, path: Critical) -> str:
        """What the time of the path went into, the most first."""
        spent: dict[str, int] = {}
        kinds = self.tree.kind[path.rows].tolist()
        for kind, own in zip(kinds, path.own_ns.tolist(), strict=True):
            word = kind_word(Kind(kind))
            spent[word] = spent.get(word, 0) + own
        spent["nothing"] = path.idle_ns
        most = sorted((each for each in spent.items() if each[1]), key=lambda each: -each[1])
        return ", ".join(f"{amounts.duration(own)} {word}" for word, own in most[:TOLD])


def zooms(bars: Bars, row: int | None) -> list[tuple[str, str]]:
    """Where the lane can go from here: words, and the value of `zoom`; empty for all of it."""
    begin, end = bars.whole
    whole = max(-(-(end - begin) // MS), 1)
    first, last = bars.zoom or (0, whole)
    last = min(last, whole)
    size, half = last - first, max((last - first) // 2, 1)
    found = []
    if half < size:
        found.append(("Zoom in", (first + size // 4, first + size // 4 + half)))
    if bars.zoom:
        found.append(("Zoom out", (max(first - half, 0), last + half)))
        if first > 0:
            found.append(("Earlier", (max(first - half, 0), max(first - half, 0) + size)))
        if last < whole:
            found.append(("Later", (first + half, last + half)))
    if row is not None:
        found.append((TO_SPAN, around(bars, row)))
    named = [(words, f"{start}-{stop}") for words, (start, stop) in found]
    return [*named, ("Whole run", "")] if bars.zoom else named


def around(bars: Bars, row: int) -> tuple[int, int]:
    """The time of a row with a tenth of it on both sides, in ms after the start."""
    begin, end = bars.whole
    start = min(max(int(bars.tree.start_ns[row]), begin), end)
    last = min(max(int(bars.tree.last_ns[row]), start), end)
    edge = (last - start) // 10
    first = max(start - edge - begin, 0) // MS
    return first, max(-(-(last + edge - begin) // MS), first + 1)


def bounds(tree: Tree) -> tuple[int, int]:
    """First and last time of a trace in ns, 1 apart or more; of trusted clocks if there are any."""
    good = trusted(tree)
    begin = int(tree.start_ns[good].min())
    end = int(np.maximum(tree.start_ns, tree.end_ns)[good].max())
    return begin, max(end, begin + 1)


def percent(part: float) -> str:
    return f"{part * 100:.2f}%"
