"""The retries of a trace, read by machine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.bodies import usd
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.fields import Shape, count, text, texts, tokens
from agentscope.api.fields import usd as amount
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.findings.retries import Backoff
from agentscope.findings.tried import Tried, retries_of_trace
from agentscope.traces.ids import span_hex

AT_ONCE = 1000
LAST_POSITION = 10**9
NAMES = ("agent", "path", "of", "name", "backoff", "recovered", "is_known")
HEAD = (*NAMES, "attempts", "failed", "errors", "longest_wait_ns", "failed_cost_usd", "first_span")
TAKES = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first of them, from 0"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}"),
    FORMAT,
]


class RetriesOfCallShape(Shape):
    """Attempts at one call that failed for a reason that passes, the first attempt included."""

    agent = text("empty: no agent did it")
    agent_path = text("names of the agents above and including it, joined by /")
    of = serializers.ChoiceField(("model", "tool"))
    name = text()
    attempts = count()
    failed = count()
    errors = texts("classes, of the attempts that failed")  # type: ignore[assignment]
    waits_ns = texts("from the end of each attempt to the start of the next; growing or not")
    backoff = serializers.ChoiceField(
        [each.value for each in Backoff], help_text="none: less than a second, as a rule"
    )
    recovered = serializers.BooleanField(help_text="the last attempt succeeded; else exhausted")
    is_known = serializers.BooleanField(
        help_text="that it was the same call; else calls of one name that nothing came between"
    )
    failed_cost_usd = amount("of the attempts that failed, as far as it is known")
    unpriced_spans = count("of these attempts, of unknown cost")
    span_ids = texts("16 hex digits each, in order of time")


class RetriesShape(Shape):
    trace_id = serializers.CharField(help_text="32 hex digits")
    retries = RetriesOfCallShape(many=True, help_text="in order of time")
    total = count("of the trace")
    offset = count("position of the first of this page")
    truncated = serializers.BooleanField(help_text="more follow after this page")
    next = tokens("`offset` of the next page; null: last")


class RetriesView(ProjectView):
    takes = TAKES

    @described("list_retries", {200: RetriesShape}, TAKES)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """Calls that were tried again after an error that passes: how often, with which waits,
        whether one attempt succeeded, what the failed ones cost."""
        said, key = request.query_params, known_trace_id(trace_id)
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", AT_ONCE, 1, AT_ONCE)
        found = retries_of_trace(self.project.pk, key)
        if found is None:
            raise no_trace(trace_id)
        if is_csv(said):
            return csv_answer(f"retries-{key.hex}", HEAD, map(cells, found))
        return json_answer(retries_body(key, found, offset, limit))


def retries_body(trace_id: UUID, found: list[Tried], offset: int, limit: int) -> dict[str, Any]:
    """A page as RetriesShape."""
    more = offset + limit < len(found)
    return {
        "trace_id": trace_id.hex,
        "retries": [tried_body(each) for each in found[offset : offset + limit]],
        "total": len(found),
        "offset": offset,
        "truncated": more,
        "next": offset + limit if more else None,
    }


def tried_body(each: Tried) -> dict[str, Any]:
    """Attempts as RetriesOfCallShape."""
    return {
        "agent": each.agent,
        "agent_path": each.path,
        "of": each.of,
        "name": each.name,
        "attempts": len(each.waits) + 1,
        "failed": len(each.errors),
        "errors": each.errors,
        "waits_ns": [str(wait) for wait in each.waits],
        "backoff": each.backoff.value,
        "recovered": each.recovered,
        "is_known": each.is_known,
        "failed_cost_usd": usd(each.failed_cost),
        "unpriced_spans": each.unpriced,
        "span_ids": [span_hex(span) for span in each.span_ids],
    }


def cells(each: Tried) -> tuple[object, ...]:
    """Attempts as the cells that HEAD names."""
    numbers = len(each.waits) + 1, len(each.errors)
    errors = ", ".join(sorted(set(each.errors)))
    spent = max(each.waits), usd(each.failed_cost), span_hex(each.span_ids[0])
    return *(getattr(each, name) for name in NAMES), *numbers, errors, *spent
