"""The tree of a trace as it is kept."""

from __future__ import annotations

from uuid import UUID

from agentscope.traces.examined import hasten
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.models import TraceIndex
from agentscope.traces.tree import Tree, unpack


def trace_tree(project_id: int, trace_id: UUID) -> Tree | None:
    """The tree of a trace as it was examined last; None if there are no spans.

    One that was not examined yet, or by a version that packed trees otherwise, is grown from its
    spans: complete but for money, which is unknown until it is examined. What was packed otherwise
    is examined next.
    """
    kept = TraceIndex.objects.filter(trace_id=trace_id, project_id=project_id)
    body = kept.values_list("body", flat=True).first()
    tree = None if body is None else unpack(bytes(body))
    if body is not None and not tree:
        hasten(project_id, trace_id)
    if not tree:
        tree = grow(load_spans(project_id, trace_id))
    return tree or None
