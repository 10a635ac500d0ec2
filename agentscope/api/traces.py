"""Traces and their spans, read by machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

import orjson
from django.http import Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agentscope.api import parameters
from agentscope.api.otlp_json import otlp_json
from agentscope.api.shapes import (
    ErrorShape,
    SpanDetailShape,
    SpansShape,
    TraceShape,
    TracesShape,
    span_body,
    trace_body,
)
from agentscope.projects.models import Project
from agentscope.traces.export import exported_spans
from agentscope.traces.ids import parse_span_id, parse_trace_id
from agentscope.traces.payload import plain
from agentscope.traces.read import SpanDetail, span_detail, trace, trace_tree, traces

ERRORS = {400: ErrorShape, 401: ErrorShape, 403: ErrorShape, 404: ErrorShape}


class ProjectView(APIView):
    """A view of one project, which ProjectAuthentication has found."""

    @property
    def project(self) -> Project:
        return cast(Project, self.request.auth)


class TracesView(ProjectView):
    @extend_schema(parameters=parameters.FILTERS, responses={200: TracesShape, **ERRORS})
    def get(self, request: Request) -> Response:
        """Traces, newest first."""
        said = request.query_params
        limit = parameters.number(said, "limit", 50, 1, 500)
        filters, after = parameters.trace_filters(said), parameters.cursor(said)
        page = traces(self.project.pk, filters, after, limit)
        return Response(
            {
                "traces": [trace_body(item) for item in page.items],
                "total": page.total,
                "truncated": page.truncated,
                "next": str(page.next) if page.next else None,
            }
        )


class TraceView(ProjectView):
    @extend_schema(responses={200: TraceShape, **ERRORS})
    def get(self, request: Request, trace_id: str) -> Response:
        """One trace with its totals."""
        found = trace(self.project.pk, known_trace_id(trace_id))
        if found is None:
            raise Http404
        return Response(trace_body(found))


class SpansView(ProjectView):
    @extend_schema(parameters=parameters.PAGING, responses={200: SpansShape, **ERRORS})
    def get(self, request: Request, trace_id: str) -> HttpResponse:
        """The spans of a trace in reading order: each parent is followed by what is below it."""
        tree = trace_tree(self.project.pk, known_trace_id(trace_id))
        if tree is None:
            raise Http404
        offset = parameters.number(request.query_params, "offset", 0, 0, 10**9)
        limit = parameters.number(request.query_params, "limit", 10_000, 1, 100_000)
        stop = min(offset + limit, len(tree))
        more = stop < len(tree)
        body = {
            "spans": [span_body(row) for row in tree.rows(offset, max(stop, offset))],
            "total": len(tree),
            "offset": offset,
            "truncated": more,
            "next": stop if more else None,
        }
        return json_answer(body)


class SpanView(ProjectView):
    @extend_schema(responses={200: SpanDetailShape, **ERRORS})
    def get(self, request: Request, trace_id: str, span_id: str) -> HttpResponse:
        """Everything about one span: its messages normalised, its attributes as they came."""
        trace_key, span_key = known_trace_id(trace_id), known_span_id(span_id)
        tree = trace_tree(self.project.pk, trace_key)
        at = tree.find(span_key) if tree else None
        detail = span_detail(self.project.pk, trace_key, span_key)
        if tree is None or at is None or detail is None:
            raise Http404
        return json_answer(span_body(tree.row(at)) | detail_body(detail))


class OtlpView(ProjectView):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT, **ERRORS})
    def get(self, request: Request, trace_id: str) -> StreamingHttpResponse:
        """The trace as an OTLP/JSON request, as it could be sent again."""
        key = known_trace_id(trace_id)
        if trace(self.project.pk, key) is None:
            raise Http404
        return StreamingHttpResponse(self.parts(key), content_type="application/json")

    def parts(self, trace_id: UUID) -> Iterator[bytes]:
        """The JSON text, a part for each group of spans, so that memory stays bounded."""
        yield b'{"resourceSpans":['
        for number, group in enumerate(exported_spans(self.project.pk, trace_id)):
            yield (b"," if number else b"") + orjson.dumps(otlp_json(group))
        yield b"]}"


def known_trace_id(text: str) -> UUID:
    """A trace id from the address. Raises Http404: what is no id cannot be found."""
    try:
        return parse_trace_id(text)
    except ValueError as error:
        raise Http404 from error


def known_span_id(text: str) -> int:
    """A span id from the address. Raises Http404."""
    try:
        return parse_span_id(text)
    except ValueError as error:
        raise Http404 from error


def detail_body(detail: SpanDetail) -> dict[str, Any]:
    """What SpanDetailShape adds to SpanShape."""
    content = dict(detail.content)
    return {
        "status_message": detail.status_message,
        "input_messages": content.pop("input_messages", []),
        "output_messages": content.pop("output_messages", []),
        "content": content | detail.said,
        "attributes": detail.attributes,
        "events": [as_json(event) for event in detail.events],
        "links": [as_json(link) for link in detail.links],
        "logs": [
            {
                "event_name": each.log.event_name,
                "time_unix_nano": str(each.log.time_ns),
                **as_json(each.record),
            }
            for each in detail.logs
        ],
        "logs_left_out": detail.logs_left,
        "resource": detail.resource,
        "scope": detail.scope,
        "sources": detail.sources,
    }


def as_json(record: Any) -> dict[str, Any]:
    """A record as a dict, its time as a string of ns."""
    said = asdict(record)
    if "time_ns" in said:
        said["time_unix_nano"] = str(said.pop("time_ns"))
    return said


def json_answer(body: dict[str, Any]) -> HttpResponse:
    """JSON of values that Django's encoder does not know (bytes) or writes slowly."""
    return HttpResponse(orjson.dumps(body, default=plain), content_type="application/json")
