"""Finding in one trace: the hits that are known, and a slice more of what its steps say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from agentscope.search.inside import SECONDS, Within, hit_ids, look_on
from agentscope.search.models import TraceSearch
from agentscope.search.within import (
    LONGEST,
    MOST_WORDS,
    all_of,
    is_cut,
    named_rows,
    needles,
)
from agentscope.traces.models import Trace
from agentscope.traces.tree import Ints, Tree
from ui import amounts
from ui.access import PageRequest

LONGER = 1.0  # seconds of a slice that a reader waits for, without JavaScript


@dataclass(frozen=True)
class Sought:
    """What is looked for in a trace, and what was found of it."""

    trace: Trace
    tree: Tree
    within: Within | None  # None: nothing is looked for
    stored: TraceSearch | None
    is_cut: bool = False  # more was written than is looked for

    @cached_property
    def by_name(self) -> Ints:
        """The rows that have it in their names, in order."""
        named = self.within.named if self.within else ()
        return np.flatnonzero(all_of(self.tree, named))

    @cached_property
    def said(self) -> Ints:
        """The rows that say it, as far as they were read."""
        ids = hit_ids(self.stored) if self.stored else np.zeros(0, np.int64)
        return np.flatnonzero(np.isin(self.tree.span_id, ids))

    @cached_property
    def hits(self) -> Ints:
        """Both, in order."""
        return np.union1d(self.by_name, self.said)

    @property
    def goes_on(self) -> bool:
        """Whether there is more to read."""
        if self.within is None:
            return False
        return self.stored is None or not self.stored.is_done or self.is_stale

    @property
    def is_stale(self) -> bool:
        """Whether the trace grew since the search began."""
        stored = self.stored
        return stored is not None and stored.generation != self.trace.generation

    @property
    def words(self) -> str:
        """How far it came."""
        stored = self.stored or TraceSearch()
        told = [f"Searched what {stored.searched:,} of {len(self.tree):,} spans say"]
        if stored.records:
            told[0] += f" and {amounts.count(stored.records, 'log record')}"
        told.append(f"{amounts.count(len(self.said), 'hit')} there")
        if stored.unplaced:
            told.append(f"{stored.unplaced:,} more in records of no span")
        if stored.is_done and not self.is_stale and stored.searched < len(self.tree):
            told.append("too many to go on" if len(self.said) else "the others have no content")
        if self.is_cut:
            told.append(f"for no more than {MOST_WORDS} words and {LONGEST} characters")
        return ", ".join(told)


def sought(request: PageRequest, found: Trace, tree: Tree) -> Sought:
    """What the address asks for. One query, none without words; with `look` one slice is read."""
    written = request.GET.get("q", "")
    wanted = needles(written)
    if not wanted:
        return Sought(found, tree, None, None)
    within = Within(found.project_id, found.trace_id, tree, wanted, named_rows(tree, wanted))
    looks = "look" in request.GET
    stored = look_on(within, found.generation, LONGER) if looks else within.stored()
    return Sought(found, tree, within, stored, is_cut(written))


def looked_on(before: Sought) -> Sought:
    """The same after one more slice."""
    if before.within is None:
        return before
    stored = look_on(before.within, before.trace.generation, SECONDS)
    return replace(before, stored=stored)


def is_news(before: Sought, after: Sought) -> bool:
    """Whether rows are to be drawn anew: at the first hit, and at the end."""
    had, has = len(before.said), len(after.said)
    return bool(has) and (not had or not after.goes_on)
