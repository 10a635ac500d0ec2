"""Pricing history again, with the prices and the policy of today: a job, with a preview.

The preview bills every trace once more and writes nothing. The job itself examines the traces, as
if spans had come, so that everything that follows from a cost is written by the one who always
writes it. Both say what was, what is, and by which models the difference came about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Protocol
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from agentscope.billing.bill import bill
from agentscope.billing.books import COPIED, Marks
from agentscope.billing.difference import Difference, difference
from agentscope.billing.read import terms
from agentscope.jobs.models import Job
from agentscope.projects.changes import note_change
from agentscope.traces.grow import grow
from agentscope.traces.index import trace_tree
from agentscope.traces.load import Spans, load_spans
from agentscope.traces.models import Trace
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Why

STEP = 0.6  # second; then what is done is committed
BATCH = 50  # traces looked up at once
Place = tuple[datetime, UUID]


class Examine(Protocol):
    """Examines a trace in the transaction of its caller; False if another worker is at it."""

    def __call__(self, project_id: int, trace_id: UUID) -> bool: ...


class Repricing:
    """Runs the jobs of kind REPRICE. Parameters: `since` and `until` (ISO 8601, or null) bound the
    start of a trace; `models` are names as sent, of which a trace has at least one, or empty."""

    def __init__(self, examine: Examine) -> None:
        self.examine = examine

    def count(self, job: Job) -> int:
        """How many traces there are to look at."""
        return traces_of(job).count()

    def step(self, job: Job) -> bool:
        """Some more traces, the oldest first; whether none is left."""
        if job.cursor is None and not job.is_preview:
            note_change("price", job.project_id, job.asked_by, began(job), job.parameters)
        found = Difference.parse(job.result)
        end = monotonic() + STEP
        for place in self.places(job):
            trace_id = place[1]
            if not self.settle(job, trace_id, found):
                break
            job.cursor = [place[0].isoformat(), str(trace_id)]
            job.done += 1
            if monotonic() > end:
                break
        else:
            return self.finish(job, found)
        job.cursor = job.cursor or []
        job.result = found.written()
        return False

    def places(self, job: Job) -> Iterator[Place]:
        """The traces that are left, in order."""
        after = place_of(job.cursor)
        while places := list(beyond(traces_of(job), after)[:BATCH]):
            yield from places
            after = places[-1]

    def settle(self, job: Job, trace_id: UUID, found: Difference) -> bool:
        """Price one trace again; False if it has to wait."""
        before = trace_tree(job.project_id, trace_id)
        if job.is_preview:
            after = billed_again(job.project_id, trace_id, before) if before else None
        elif self.examine(job.project_id, trace_id):
            after = trace_tree(job.project_id, trace_id)
        else:
            return False
        if before and after:
            found.add(difference(before, after))
        return True

    def finish(self, job: Job, found: Difference) -> bool:
        """The end of a job: the log of changes says what it came to."""
        job.result = found.written()
        if not job.is_preview:
            note_change("price", job.project_id, job.asked_by, ended(found), job.result)
        return True


def traces_of(job: Job) -> QuerySet[Trace]:
    """The traces that a job is about."""
    found = Trace.objects.filter(project_id=job.project_id, spans__gt=0)
    for name, bound in (("since", "started_at__gte"), ("until", "started_at__lt")):
        if text := job.parameters.get(name):
            found = found.filter(**{bound: datetime.fromisoformat(text)})
    if models := job.parameters.get("models"):
        found = found.filter(model_names__overlap=list(models))
    return found


def beyond(found: QuerySet[Trace], after: Place | None) -> QuerySet[Trace, Place]:
    """Traces in order of their start, those after a place."""
    if after is not None:
        same = Q(started_at=after[0], trace_id__gt=after[1])
        found = found.filter(same | Q(started_at__gt=after[0]))
    return found.order_by("started_at", "trace_id").values_list("started_at", "trace_id")


def place_of(cursor: list[str] | None) -> Place | None:
    """A place as it is kept in a job."""
    return (datetime.fromisoformat(cursor[0]), UUID(cursor[1])) if cursor else None


def billed_again(project_id: int, trace_id: UUID, before: Tree) -> Tree:
    """The tree of a trace with today's prices; calls that were copies still are."""
    copies = frozenset(before.span_id[before.billing == COPIED].tolist())

    def kept(tree: Tree, spans: Spans, found: Marks) -> dict[int, Why]:
        rows = np.flatnonzero(np.isin(tree.span_id, list(copies))).tolist()
        return dict.fromkeys(rows, Why.SAME_RESPONSE_ID)

    spans = load_spans(project_id, trace_id)
    tree = grow(spans)
    bill(tree, spans, terms(project_id, kept))
    return tree


def began(job: Job) -> str:
    """What the log of changes says at the start."""
    said = [job.parameters.get(name) for name in ("since", "until")]
    bounds = [
        f" {word} {day[:10]}" for word, day in zip(("from", "until"), said, strict=True) if day
    ]
    models = job.parameters.get("models")
    return f"Began to price {'some of the ' if models else ''}history{''.join(bounds)} again."


def ended(found: Difference) -> str:
    """What the log of changes says at the end."""
    return (
        f"Priced history again: {count(found.calls, 'call')} in {count(found.traces, 'trace')}"
        f" changed, from ${found.old.normalize():f} to ${found.new.normalize():f}."
    )


def count(number: int, noun: str) -> str:
    """`1 call`, `4 calls`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
