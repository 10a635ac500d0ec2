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
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.fields import Shape, count, text
from agentscope.api.findings_bodies import paging
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.findings.lineage import Level
from agentscope.findings.origins import Origin, origins_of_trace
from agentscope.traces.ids import span_hex

AT_ONCE = 1000
KINDS = ("host", "address")
OF_TRACE = [
    *parameters.PROJECT,
    OpenApiParameter("level", int, description="at least this level, 1 to 5"),
    OpenApiParameter("offset", int, description="position of the first edge, from 0"),
    OpenApiParameter("limit", int, description=f"edges on a page, 1 to {AT_ONCE}"),
    FORMAT,
]
HEAD = ("level", "target", "call_span_id", "call_tool", "source_span_id", "source_tool")


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
        every = origins_of_trace(self.project.pk, key)
        if every is None:
            raise no_trace(trace_id)
        found = [each for each in every if each.level >= level]
        if is_csv(said):
            rows = (edge_body(each).values() for each in found)
            return csv_answer(f"lineage-{key.hex}", HEAD, map(tuple, rows))
        return json_answer(lineage_body(key, found, offset, limit))


def lineage_body(
    trace_id: UUID, found: Sequence[Origin], offset: int, limit: int
) -> dict[str, Any]:
    """A page of edges as LineageShape."""
    shown = found[offset : offset + limit]
    return {
        "trace_id": trace_id.hex,
        "edges": [edge_body(each) for each in shown],
        **paging(len(found), offset, len(shown)),
    }


def edge_body(each: Origin) -> dict[str, Any]:
    """An edge as LineageEdgeShape."""
    return {
        "level": int(each.level),
        "target": KINDS[each.is_mail],
        "call_span_id": span_hex(each.call),
        "call_tool": each.call_tool,
        "source_span_id": span_hex(each.source),
        "source_tool": each.source_tool,
    }
