"""Where the hosts and addresses come from that the calls of a trace use, read by machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.findings_bodies import paging
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.shapes import Shape, count, text
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.findings.lineage import Edge, Level, edges, tool
from agentscope.findings.scene import Scene
from agentscope.signatures.signature import unpack
from agentscope.traces.grow import grow
from agentscope.traces.ids import span_hex
from agentscope.traces.load import load_spans

AT_ONCE = 1000
KINDS = ("host", "address")
OF_TRACE = [
    *parameters.PROJECT,
    OpenApiParameter("level", int, description="at least this level, 1 to 5"),
    OpenApiParameter("offset", int, description="position of the first edge, from 0"),
    OpenApiParameter("limit", int, description=f"edges on a page, 1 to {AT_ONCE}"),
]


class LineageEdgeShape(Shape):
    """A call that uses a host or an address which came up first in the result of another."""

    level = serializers.IntegerField(
        min_value=1, max_value=5, help_text="how much it says: see docs/findings.md"
    )
    target = serializers.ChoiceField(KINDS)
    call_span_id = serializers.CharField(help_text="16 hex digits")
    call_tool = text("what was called")
    source_span_id = serializers.CharField(help_text="16 hex digits")
    source_tool = text("whose result named it first")


class LineageShape(Shape):
    """The edges of a trace in order of the calls."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    edges = LineageEdgeShape(many=True)
    total = count("edges of at least this level")
    offset = count("position of the first edge")
    truncated = serializers.BooleanField(help_text="there are more: ask from next on")
    next = serializers.IntegerField(allow_null=True, help_text="the offset to ask for next")


class LineageView(ProjectView):
    takes = OF_TRACE

    @described("list_trace_lineage", {200: LineageShape}, OF_TRACE)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """Which results of tools first named the hosts and addresses that later calls use."""
        said, key = request.query_params, known_trace_id(trace_id)
        level = parameters.number(said, "level", 1, 1, max(Level))
        offset = parameters.number(said, "offset", 0, 0, 10**9)
        limit = parameters.number(said, "limit", AT_ONCE, 1, AT_ONCE)
        seen = seen_of(self.project.pk, key)
        if seen is None:
            raise no_trace(trace_id)
        found = [edge for edge in edges(seen) if edge.level >= level]
        return json_answer(lineage_body(key, seen, found, offset, limit))


def seen_of(project_id: int, trace_id: UUID) -> Scene | None:
    """A trace as far as edges need it; None if the project has no such trace."""
    spans = load_spans(project_id, trace_id)
    tree = grow(spans)
    if not tree:
        return None
    spans = spans.follow(tree.span_id)
    return Scene(tree, spans, unpack(spans.signature), [], [])


def lineage_body(
    trace_id: UUID, seen: Scene, found: Sequence[Edge], offset: int, limit: int
) -> dict[str, Any]:
    """A page of edges as LineageShape."""
    shown = found[offset : offset + limit]
    return {
        "trace_id": trace_id.hex,
        "edges": [edge_body(seen, edge) for edge in shown],
        **paging(len(found), offset, len(shown)),
    }


def edge_body(seen: Scene, edge: Edge) -> dict[str, Any]:
    """An edge as LineageEdgeShape."""
    ids = seen.tree.span_id
    return {
        "level": int(edge.level),
        "target": KINDS[edge.is_mail],
        "call_span_id": span_hex(int(ids[edge.call])),
        "call_tool": tool(seen, edge.call),
        "source_span_id": span_hex(int(ids[edge.source])),
        "source_tool": tool(seen, edge.source),
    }
