"""Costs, read by machine: by path of a trace, by anything for a period, and down to the calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponseBase, QueryDict, StreamingHttpResponse
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.costs_bodies import (
    AMOUNTS,
    CALL_HEAD,
    PATH_HEAD,
    call_cells,
    calls_body,
    cost_cells,
    costs_body,
    path_cells,
    paths_body,
)
from agentscope.api.costs_parameters import (
    CALLS,
    CALLS_A_PAGE,
    CALLS_AT_ONCE,
    COSTS,
    PATHS,
    calls_query,
    cost_query,
    is_attribute,
    is_csv,
    refused,
    shown,
)
from agentscope.api.costs_shapes import CallsShape, CostsShape, PathsShape
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import UNAVAILABLE, Refused
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.costs.read import (
    BadQuery,
    Call,
    CostQuery,
    Show,
    TookTooLong,
    calls,
    cost_rows,
    costs,
    trace_paths,
)
from agentscope.csv import csv_text

CSV_TYPE = "text/csv; charset=utf-8"


class CostsView(ProjectView):
    takes = COSTS

    def check_names(self, said: QueryDict) -> None:
        parameters.check_names(without_attributes(said), self.takes)

    @described("read_costs", {200: CostsShape}, COSTS)
    def get(self, request: Request) -> HttpResponseBase:
        """What a period cost: by groups, over time, against the same time before."""
        said = request.query_params
        query = cost_query(said)
        try:
            if is_csv(said):
                head = ["start", *query.group_by, *AMOUNTS]
                return csv_answer("costs", head, cost_cells(cost_rows(self.project.pk, query)))
            return json_answer(costs_body(costs(self.project.pk, query)))
        except BadQuery as error:
            raise refused(error) from error
        except TookTooLong as error:
            raise too_long(error) from error


class CallsView(ProjectView):
    takes = CALLS

    def check_names(self, said: QueryDict) -> None:
        parameters.check_names(without_attributes(said), self.takes)

    @described("list_calls", {200: CallsShape}, CALLS)
    def get(self, request: Request) -> HttpResponseBase:
        """The single calls behind the costs of a period: model calls, tool calls, failures."""
        said = request.query_params
        limit = parameters.number(said, "limit", CALLS_A_PAGE, 1, CALLS_AT_ONCE)
        cursor, query, show = parameters.text(said, "cursor"), calls_query(said), shown(said)
        try:
            page = calls(self.project.pk, query, cursor, limit, show)
        except BadQuery as error:
            raise refused(error) from error
        except TookTooLong as error:
            raise too_long(error) from error
        if is_csv(said):
            every = self.from_here(query, show, page.calls, page.next)
            return csv_answer("calls", CALL_HEAD, call_cells(every))
        return json_answer(calls_body(page))

    def from_here(
        self, query: CostQuery, show: Show, found: list[Call], after: str | None
    ) -> Iterator[Call]:
        """These calls, and page after page those that follow."""
        yield from found
        while after:
            page = calls(self.project.pk, query, after, CALLS_AT_ONCE, show)
            yield from page.calls
            after = page.next


class PathsView(ProjectView):
    takes = PATHS

    @described("read_trace_paths", {200: PathsShape}, PATHS)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """What each agent path of a trace cost, by itself and with all paths below it."""
        key = known_trace_id(trace_id)
        report = trace_paths(self.project.pk, key)
        if report is None:
            raise no_trace(trace_id)
        if is_csv(request.query_params):
            return csv_answer(f"paths-{key.hex}", PATH_HEAD, path_cells(report))
        return json_answer(paths_body(key, report))


def without_attributes(said: QueryDict) -> QueryDict:
    """The parameters whose names are known beforehand; those of attributes are checked later."""
    known = said.copy()
    for name in filter(is_attribute, said):
        del known[name]
    return known


def csv_answer(
    name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A table as a file, streamed."""
    answer = StreamingHttpResponse(csv_text(head, rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def too_long(error: TookTooLong) -> Refused:
    """An answer that the database did not find in time."""
    return Refused(UNAVAILABLE, str(error), "Ask for a shorter period, or in a while.")
