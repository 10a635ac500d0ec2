"""Log records that were written on a neighbour of the model call that they tell of.

A logger knows the span that is current, and that may be the agent around the call or the HTTP
request inside it. Such a record belongs to the nearest model call below that ran at its time, else
to the nearest one above.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agentscope.traces.models import Span, SpanLog
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind

MOST_ABOVE, MOST_BELOW = 20, 200  # spans that are looked at; further away it would be chance


def logs_nearby(tree: Tree, span: Span) -> list[SpanLog]:
    """The records on neighbours of a model call that belong to it, in order of time."""
    row = tree.find(span.span_id)
    if row is None or tree.kind[row] != Kind.LLM:
        return []
    neighbours = {int(tree.span_id[at]): at for at in (*above(tree, row), *below(tree, row))}
    logs = SpanLog.objects.filter(
        trace_id=span.trace_id, project_id=span.project_id, span_id__in=list(neighbours)
    ).order_by("time_ns", "digest")
    return [log for log in logs if call_of(tree, neighbours[log.span_id or 0], log.time_ns) == row]


def above(tree: Tree, row: int) -> Iterable[int]:
    """Rows above that are no model calls, up to the first that is."""
    at = int(tree.parent[row])
    for _ in range(MOST_ABOVE):
        if at < 0 or tree.kind[at] == Kind.LLM:
            return
        yield at
        at = int(tree.parent[at])


def below(tree: Tree, row: int) -> Iterable[int]:
    """Rows below that are no model calls."""
    inside = np.arange(row + 1, tree.end[row])
    return (int(at) for at in inside[tree.kind[inside] != Kind.LLM][:MOST_BELOW])


def call_of(tree: Tree, at: int, time_ns: int) -> int | None:
    """The row of the model call that a record on row `at` tells of."""
    inside = np.arange(at + 1, tree.end[at])
    calls = inside[tree.kind[inside] == Kind.LLM]
    ends = np.where(tree.end_ns[calls] > 0, tree.end_ns[calls], time_ns)
    ran = calls[(tree.start_ns[calls] <= time_ns) & (time_ns <= ends)]
    if len(ran):
        return int(ran[np.argmin(tree.depth[ran])])
    outer = int(tree.parent[at])
    while outer >= 0 and tree.kind[outer] != Kind.LLM:
        outer = int(tree.parent[outer])
    return outer if outer >= 0 else None
