"""Traces and their spans, read by machine."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.bodies import (
    detail_body,
    price_body,
    span_body,
    spans_body,
    trace_body,
    traces_body,
)
from agentscope.api.parameters import SPANS_AT_ONCE, TRACES_AT_ONCE
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.api.shapes import SpanDetailShape, SpansShape, TraceShape, TracesShape
from agentscope.prices.book import price_book
from agentscope.traces.export import exported_logs, exported_spans
from agentscope.traces.grow import grow
from agentscope.traces.ids import parse_span_id, parse_trace_id
from agentscope.traces.load import load_spans
from agentscope.traces.otlp_json import otlp_json
from agentscope.traces.read import span_detail, trace, trace_tree, traces
from agentscope.traces.tree import Row

TRACES_A_PAGE = 50
LAST_POSITION = 10**9


class TracesView(ProjectView):
    takes = parameters.FILTERS

    @described("list_traces", {200: TracesShape}, parameters.FILTERS)
    def get(self, request: Request) -> HttpResponse:
        """Traces, newest first."""
        said = request.query_params
        limit = parameters.number(said, "limit", TRACES_A_PAGE, 1, TRACES_AT_ONCE)
        filters, after = parameters.trace_filters(said, self.role), parameters.cursor(said)
        return json_answer(traces_body(traces(self.project.pk, filters, after, limit)))


class TraceView(ProjectView):
    @described("read_trace", {200: TraceShape})
    def get(self, request: Request, trace_id: str) -> HttpResponse:
        """One trace with its totals."""
        found = trace(self.project.pk, known_trace_id(trace_id))
        if found is None:
            raise no_trace(trace_id)
        return json_answer(trace_body(found))


class SpansView(ProjectView):
    takes = parameters.PAGING

    @described("list_spans", {200: SpansShape}, parameters.PAGING)
    def get(self, request: Request, trace_id: str) -> HttpResponse:
        """The spans of a trace in reading order: each parent is followed by what is below it."""
        said = request.query_params
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", SPANS_AT_ONCE, 1, SPANS_AT_ONCE)
        tree = trace_tree(self.project.pk, known_trace_id(trace_id))
        if tree is None:
            raise no_trace(trace_id)
        return json_answer(spans_body(tree, offset, limit))


class SpanView(ProjectView):
    @described("read_span", {200: SpanDetailShape})
    def get(self, request: Request, trace_id: str, span_id: str) -> HttpResponse:
        """Everything about one span: its messages normalised, its attributes as they came."""
        trace_key, span_key = known_trace_id(trace_id), known_span_id(span_id)
        detail = span_detail(self.project.pk, trace_key, span_key)
        row = row_of(self.project.pk, trace_key, span_key) if detail else None
        if detail is None or row is None:
            raise no_span(span_id)
        prices = price_body(row, price_book(self.project.pk))
        return json_answer(span_body(row) | prices | detail_body(detail))


class OtlpView(ProjectView):
    takes = parameters.EXPORT

    @described("export_trace", {(200, "application/json"): OpenApiTypes.OBJECT}, parameters.EXPORT)
    def get(self, request: Request, trace_id: str) -> StreamingHttpResponse:
        """The trace as an OTLP/JSON request, as it could be sent again: its spans, or with
        `signal=logs` its log records.
        """
        signal = parameters.one_of(request.query_params, "signal", parameters.SIGNALS)
        key = known_trace_id(trace_id)
        if trace(self.project.pk, key) is None:
            raise no_trace(trace_id)
        return StreamingHttpResponse(self.parts(signal, key), content_type="application/json")

    def parts(self, signal: str, trace_id: UUID) -> Iterator[bytes]:
        """The JSON text, a part for each group of records, so that memory stays bounded."""
        exported = exported_logs if signal == "logs" else exported_spans
        yield b'{"resourceLogs":[' if signal == "logs" else b'{"resourceSpans":['
        for number, group in enumerate(exported(self.project.pk, trace_id)):
            yield (b"," if number else b"") + orjson.dumps(otlp_json(group))
        yield b"]}"


def row_of(project_id: int, trace_id: UUID, span_id: int) -> Row | None:
    """The row of a span; of one that came after the last examination in a tree grown now."""
    tree = trace_tree(project_id, trace_id)
    at = tree.find(span_id) if tree else None
    if at is None:
        tree = grow(load_spans(project_id, trace_id))
        at = tree.find(span_id)
    return tree.row(at) if tree and at is not None else None


def known_trace_id(text: str) -> UUID:
    """A trace id from the address. Raises Refused: what is no id cannot be found."""
    try:
        return parse_trace_id(text)
    except ValueError as error:
        raise no_trace(text) from error


def known_span_id(text: str) -> int:
    """A span id from the address. Raises Refused."""
    try:
        return parse_span_id(text)
    except ValueError as error:
        raise no_span(text) from error


def no_trace(text: str) -> Refused:
    """Also for traces of other projects, which do not exist for this one."""
    hint = "An id has 32 hex digits. Is it of another project, or older than the retention?"
    return Refused(NOT_FOUND, f"This project has no trace {text[:40]!r}.", hint)


def no_span(text: str) -> Refused:
    """The same for spans."""
    return Refused(NOT_FOUND, f"This trace has no span {text[:40]!r}.", "An id has 16 hex digits.")
