"""Traces by what their steps say, read by machine."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.bodies import listed_body
from agentscope.api.fields import Shape, text
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.api.shapes import ListedTraceShape
from agentscope.search.asked import Asked
from agentscope.search.blocks import Hit
from agentscope.search.cursor import SearchCursor
from agentscope.search.read import SearchPage, search
from agentscope.search.syntax import BadQuery, parse
from agentscope.traces.cursor import BadCursor
from agentscope.traces.ids import span_hex

A_PAGE, AT_ONCE = 50, 100
TAKES = [
    OpenApiParameter("q", str, required=True, description="words, phrases and conditions"),
    *(each for each in parameters.FILTERS if each.name != "limit"),
    OpenApiParameter("limit", int, description=f"traces on a page, 1 to {AT_ONCE}, else 50"),
]


class SightShape(Shape):
    """The newest step of the trace that has what was searched for."""

    span_id = serializers.CharField(allow_null=True, help_text="null: a log record on no span")
    time = serializers.DateTimeField(help_text="when the step began")
    place = text("name, error, input, output, system, arguments, result, …, or an attribute's name")
    before = text("what stands before it")
    found = text("what was found, as it was written where that can be told")
    after = text("what stands behind it")


class FoundShape(Shape):
    trace = ListedTraceShape()
    found = SightShape()


class SearchShape(Shape):
    traces = FoundShape(many=True, help_text="newest step first")
    next = serializers.CharField(allow_null=True, help_text="`cursor` to go on; null: all searched")
    searched_back_to = serializers.DateTimeField(
        allow_null=True, help_text="where the time was up; null where a page was full, or all done"
    )


class SearchView(ProjectView):
    takes = TAKES

    @described("search_traces", {200: SearchShape}, TAKES)
    def get(self, request: Request) -> HttpResponse:
        """Traces with a step that says something, or has attributes: a span or a log record. Ends
        when a page is full or after a second, and says how far it came; times are of the step."""
        said = request.query_params
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        filters = parameters.trace_filters(said, self.role)
        found = search(self.project.pk, asked(said), filters, cursor(said), limit)
        return json_answer(body_of(found))


def asked(said: QueryDict) -> Asked:
    """What to look for. Raises Refused."""
    try:
        found = parse(said.get("q", ""))
    except BadQuery as error:
        raise Refused(BAD_REQUEST, f"q: {error}", f"At character {error.at + 1}.") from error
    if not found.is_of_steps:
        hint = "Write it like q=parcel; facts of traces alone are filters of /api/v1/traces."
        raise Refused(BAD_REQUEST, "q: say a word, or a condition of an attribute.", hint)
    return found


def cursor(said: QueryDict) -> SearchCursor | None:
    """Where to go on. Raises Refused."""
    try:
        return SearchCursor.parse(said.get("cursor", "").replace(" ", "+"))
    except BadCursor as error:
        raise Refused(BAD_REQUEST, f"cursor: {error}") from error


def body_of(page: SearchPage) -> dict[str, Any]:
    """What was found as SearchShape."""
    stopped = page.next is not None and not page.is_full
    return {
        "traces": [
            {"trace": listed_body(trace), "found": sight_body(hit)} for trace, hit in page.items
        ],
        "next": str(page.next) if page.next else None,
        "searched_back_to": page.next.at if page.next and stopped else None,
    }


def sight_body(hit: Hit) -> dict[str, Any]:
    """A hit as SightShape."""
    sight = hit.sight
    return {
        "span_id": span_hex(hit.span_id) if hit.span_id is not None else None,
        "time": hit.at,
        "place": sight.place,
        "before": sight.before,
        "found": sight.found,
        "after": sight.after,
    }
