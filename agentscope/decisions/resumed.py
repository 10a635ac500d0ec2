"""How the states of runs hang together: which trace goes on from which, where one forks off an
older state, and how long an interrupt was not answered.

Traces hang together by links that their spans name, and by states: what a model call was sent, or
the checkpoint or answer that it goes on from (findings.outline.states). A trace whose first state
is one of an earlier trace of its session goes on from there; if that one had gone on itself, this
is a fork. The first state of both is the same question asked again, unless the earlier one waits
for a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection

from agentscope.findings.earlier import Ended
from agentscope.traces.models import Span
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind, Status

MOST = 50  # traces on either side that are told of
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK, Kind.RETRIEVAL, Kind.TOOL, Kind.HANDOFF)
AROUND = f"""
with own as (
    select session, states, start_ns from finding_outline
    where project_id = %(project_id)s and trace_id = %(trace_id)s
)
(select o.trace_id, o.start_ns, o.ended, o.states, false from finding_outline o, own
    where o.project_id = %(project_id)s and o.session = own.session and own.session <> 0
    and o.states && own.states and own.states <> '{{}}'
    order by o.start_ns desc, o.trace_id limit {2 * MOST})
union all
(select t.trace_id, t.start_ns, 0, '{{}}', true from trace t
    where t.project_id = %(project_id)s and t.linked_traces <> '{{}}'
    and t.linked_traces @> array[%(trace_id)s]::uuid[]
    order by t.start_ns, t.trace_id limit {MOST})
"""  # noqa: S608 — our own numbers


@dataclass(slots=True, frozen=True)
class State:
    """A trace of a session with the states that it went through; 0: unknown."""

    trace_id: UUID
    start_ns: int
    ended: int  # findings.earlier.Ended
    states: tuple[int, ...]


@dataclass(slots=True, frozen=True)
class Continuation:
    """Another trace that this one goes on from, or that goes on from this one."""

    trace_id: UUID
    is_earlier: bool
    is_fork: bool = False  # from a state that was not the last one
    at: int = 0  # after how many model calls of the earlier one; 0: a link tells no state
    of: int = 0  # of how many that are known


def continuations(project_id: int, trace_id: UUID, links: Sequence[UUID]) -> list[Continuation]:
    """All that are known of a trace, which links to `links`: earlier ones first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(AROUND, {"project_id": project_id, "trace_id": trace_id})
        rows = cursor.fetchall()
    later = [row[0] for row in rows if row[4]]
    states = [State(row[0], row[1], row[2], tuple(row[3])) for row in rows if not row[4]]
    return joined(trace_id, by_state(trace_id, states), links[:MOST], later)


def joined(
    trace_id: UUID, found: Sequence[Continuation], links: Sequence[UUID], later: Sequence[UUID]
) -> list[Continuation]:
    """What states and what links tell, each trace once: a state says more. Pure."""
    told = {each.trace_id for each in found} | {trace_id}
    before = [Continuation(each, is_earlier=True) for each in links if each not in told]
    after = [Continuation(each, is_earlier=False) for each in later if each not in told]
    every = [*found, *before, *after]
    return [each for each in every if each.is_earlier] + [
        each for each in every if not each.is_earlier
    ]


def by_state(trace_id: UUID, states: Sequence[State]) -> list[Continuation]:
    """The traces that go on from each other by their states: the nearest one that this goes on
    from, and all that go on from this one. Pure."""
    own = next((each for each in states if each.trace_id == trace_id), None)
    if own is None:
        return []
    others = sorted(
        (each for each in states if each.trace_id != trace_id),
        key=lambda each: (each.start_ns, each.trace_id),
    )
    earlier = [each for each in others if each.start_ns < own.start_ns]
    before = [found for each in reversed(earlier) if (found := between(each, own, each.trace_id))]
    after = [
        found
        for each in others
        if each.start_ns > own.start_ns and (found := between(own, each, each.trace_id))
    ]
    return before[:1] + after


def between(earlier: State, later: State, other: UUID) -> Continuation | None:
    """How a later trace goes on from an earlier one; None if it does not. `other` is which of both
    is told of."""
    first = later.states[0] if later.states else 0
    if not first or first not in earlier.states:
        return None
    last = len(earlier.states) - 1
    place = last - earlier.states[::-1].index(first)
    if place == 0 and earlier.ended != Ended.PAUSED:
        return None
    is_fork = place < last
    return Continuation(other, other == earlier.trace_id, is_fork, place + 1, last + 1)


def waits(tree: Tree) -> dict[int, int]:
    """How long each interrupt was not answered, in ns: to the next call after it. Only of those
    that were answered. Pure."""
    is_waiting = (tree.status == Status.WAITING) & (tree.end_ns > 0)
    asked = np.flatnonzero(is_waiting)
    if not len(asked):
        return {}
    calls: Ints = np.sort(tree.start_ns[np.isin(tree.kind, CALLS) & ~is_waiting])
    following = np.searchsorted(calls, tree.end_ns[asked])
    return {
        at: int(calls[place] - tree.end_ns[at])
        for at, place in zip(asked.tolist(), following.tolist(), strict=True)
        if place < len(calls)
    }


def links_of(project_id: int, trace_id: UUID, span_ids: Sequence[int]) -> dict[int, list[UUID]]:
    """The traces that some spans say that they go on from, by span. One query, no payload."""
    found = Span.objects.filter(
        trace_id=trace_id,
        project_id=project_id,
        span_id__in=list(span_ids),
        linked_traces__isnull=False,
    )
    told = found.values_list("span_id", "linked_traces")
    return {span_id: linked for span_id, linked in told if linked}
