"""Finding in one trace by what its steps say: arguments, results, messages, errors.

These are in payloads, of which a trace may have gigabytes, so a search goes on from slice to slice
and remembers how far it came and what it found. Spans come first, in order of their ids, then log
records. One that has ended begins again once the trace has grown; what was found stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from time import monotonic
from typing import Any
from uuid import UUID

import numpy as np
from django.utils import timezone

from agentscope.search.match import spellings
from agentscope.search.models import TraceSearch
from agentscope.search.texts import log_step, said
from agentscope.search.words import fold
from agentscope.traces.load import rows_of
from agentscope.traces.payload import unpack_payload
from agentscope.traces.tree import Ints, Mask, Tree

SECONDS = 0.3  # of a slice
BATCH = 250  # payloads that are fetched at once
SLICE = 2_000  # and that a slice reads at most
MOST_HITS = 20_000  # that are remembered; a search that finds more ends, and says so
KEPT = timedelta(hours=1)  # after its last slice
TOOLS = "tools"  # the place of definitions
FIRST_SPAN, FIRST_RECORD = -(1 << 63), UUID(int=0)

SPANS = """
select span_id, body from span_payload
where trace_id = %(trace)s and project_id = %(project)s and span_id > %(after)s
order by span_id limit %(most)s
"""
RECORDS = """
select digest, span_id, body from span_log
where trace_id = %(trace)s and project_id = %(project)s and digest > %(after)s
order by digest limit %(most)s
"""


@dataclass(slots=True, frozen=True)
class Within:
    """A search in a trace: its words, folded, and for each the rows that have it in their names."""

    project_id: int
    trace_id: UUID
    tree: Tree
    needles: tuple[str, ...]
    named: Sequence[Mask]

    @property
    def words(self) -> str:
        """What it is remembered by: a digest, for words may be long, and are nobody's business."""
        return blake2b("\n".join(self.needles).encode(), digest_size=16).hexdigest()

    def stored(self) -> TraceSearch | None:
        """How far it came, None if it never began. One query."""
        return TraceSearch.objects.filter(
            project_id=self.project_id, trace_id=self.trace_id, words=self.words
        ).first()

    def begun(self) -> TraceSearch:
        """The same, or its beginning."""
        return self.stored() or TraceSearch(
            project_id=self.project_id, trace_id=self.trace_id, words=self.words
        )


def look_on(within: Within, generation: int, seconds: float | None = None) -> TraceSearch:
    """Read one more slice of payloads and remember what is in it. `generation` is that of the
    trace, which grows with it. The number of queries grows with what is read in the time."""
    found = within.begun()
    if found.is_done and found.generation != generation:
        found.after, found.after_record, found.is_done = FIRST_SPAN, FIRST_RECORD, False
        found.searched = found.records = found.unplaced = 0
    if not found.is_done:
        found.generation = generation if found.after == FIRST_SPAN else found.generation
        end = monotonic() + (SECONDS if seconds is None else seconds)
        Slice(within, found, end).read()
        remember(found)
    return found


def remember(found: TraceSearch) -> None:
    """Store how far a search came, and forget those that nobody goes on with."""
    found.updated_at = timezone.now()
    fields = ("after", "after_record", "searched", "records", "unplaced", "is_done", "generation")
    TraceSearch.objects.bulk_create(
        [found],
        update_conflicts=True,
        unique_fields=["project_id", "trace_id", "words"],
        update_fields=[*fields, "hits", "updated_at"],
    )
    TraceSearch.objects.filter(updated_at__lt=timezone.now() - KEPT).delete()


def hit_ids(found: TraceSearch) -> Ints:
    """The spans in which something was found."""
    return np.frombuffer(bytes(found.hits), np.int64)


class Slice:
    """Some of the payloads of a trace, read until `end` by the clock of the process."""

    def __init__(self, within: Within, found: TraceSearch, end: float) -> None:
        self.within, self.found, self.end = within, found, end
        self.row = {span: row for row, span in enumerate(within.tree.span_id.tolist())}
        self.hits = set(hit_ids(found).tolist())
        self.left = SLICE

    def read(self) -> None:
        """Read spans, then records, as far as it gets."""
        if self.spans() and self.records():
            self.found.is_done = True
        self.found.is_done |= len(self.hits) >= MOST_HITS
        self.found.hits = np.array(sorted(self.hits), np.int64).tobytes()

    def spans(self) -> bool:
        """Look into spans; whether these were the last."""
        for span_id, body in self.rows(SPANS, "after"):
            self.found.searched += 1
            if self.has_all(span_id, texts_of(bytes(body))):
                self.hits.add(span_id)
        return self.left > 0

    def records(self) -> bool:
        """Look into log records; whether these were the last."""
        for _, span_id, body in self.rows(RECORDS, "after_record"):
            self.found.records += 1
            if not self.has_all(span_id, record_texts(bytes(body))):
                continue
            if span_id in self.row:
                self.hits.add(span_id)
            else:
                self.found.unplaced += 1
        return self.left > 0

    def rows(self, sql: str, place: str) -> Iterator[tuple[Any, ...]]:
        """The next rows of a query, each key as a whole, until the slice is full: `left` is 0."""
        while self.left > 0:
            asked = {"after": getattr(self.found, place), "most": BATCH}
            asked |= {"trace": self.within.trace_id, "project": self.within.project_id}
            found = rows_of(sql, asked)
            if not found:
                return
            yield from whole_keys(found)
            setattr(self.found, place, whole_keys(found)[-1][0])
            self.left -= len(found)
            if monotonic() >= self.end:
                self.left = 0
        self.left = 0

    def has_all(self, span_id: int | None, texts: Iterator[str]) -> bool:
        """Whether a step has every needle, in what it says or in the name of its span."""
        row = self.row.get(span_id) if span_id is not None else None
        sought = [
            needle
            for needle, named in zip(self.within.needles, self.within.named, strict=True)
            if row is None or not named[row]
        ]
        if not sought:
            return False  # its name says it all
        for text in texts:
            folded = [fold(spelled) for spelled in spellings(text)]
            sought = [each for each in sought if not any(each in said for said in folded)]
            if not sought:
                return True
        return False


def whole_keys(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows without those of the last key, of which more may follow, unless it is all there is."""
    last = rows[-1][0]
    kept = [row for row in rows if row[0] != last] if len(rows) == BATCH else rows
    return kept or rows


def texts_of(body: bytes) -> Iterator[str]:
    """What a span says; not which tools it could have called, which each call repeats."""
    return (text for place, text in said(unpack_payload(body)) if place != TOOLS)


def record_texts(body: bytes) -> Iterator[str]:
    """What a log record says."""
    return (text for place, text in log_step(unpack_payload(body)).texts if place != TOOLS)
