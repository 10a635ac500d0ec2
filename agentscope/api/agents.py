"""Agents, read by machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpResponseBase, QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.agents.read import (
    Agent,
    AgentFilters,
    AgentPage,
    TookTooLong,
    agents,
    detail,
    midnight_before,
)
from agentscope.api import parameters
from agentscope.api.agents_bodies import (
    AGENT_HEAD,
    agent_cells,
    agent_table,
    agents_body,
    detail_body,
)
from agentscope.api.agents_shapes import AgentDetailShape, AgentsShape
from agentscope.api.costs import csv_answer, too_long
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused

AGENTS_A_PAGE, AGENTS_AT_ONCE = 50, 500
RUNS_SHOWN, RUNS_AT_ONCE = 20, 500
TABLES = ("runs", "called_by", "calls", "versions", "days", "tools", "models")
DAYS = 30  # that are asked about unless a period is named
LAST_POSITION = 10**9
PERIOD = [
    *parameters.PROJECT,
    OpenApiParameter(
        "since",
        OpenApiTypes.DATETIME,
        description=f"ran at or after; else midnight UTC {DAYS} days ago",
    ),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="ran before; else now"),
    OpenApiParameter("service", str, description="exactly this service"),
    OpenApiParameter("environment", str, description="exactly this environment"),
]
FILTERS = [
    *PERIOD,
    OpenApiParameter("name", str, description="part of the name, any case"),
    OpenApiParameter("offset", int, description="position of the first agent, from 0"),
    OpenApiParameter("limit", int, description=f"agents on a page, 1 to {AGENTS_AT_ONCE}, else 50"),
    FORMAT,
]
ONE = [
    *PERIOD,
    OpenApiParameter(
        "limit", int, description=f"newest traces, 1 to {RUNS_AT_ONCE}, else {RUNS_SHOWN}"
    ),
    OpenApiParameter("table", str, enum=TABLES, description="of csv: which table, else runs"),
    FORMAT,
]


class AgentsView(ProjectView):
    takes = FILTERS

    @described("list_agents", {200: AgentsShape}, FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """Agents over a period, the most expensive first; as csv all from `offset` on."""
        said = request.query_params
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", AGENTS_A_PAGE, 1, AGENTS_AT_ONCE)
        filters = agent_filters(said)
        try:
            page = agents(self.project.pk, filters, offset, limit)
        except TookTooLong as error:
            raise too_long(error) from error
        if is_csv(said):
            every = self.from_here(filters, offset, page)
            return csv_answer("agents", AGENT_HEAD, map(agent_cells, every))
        return json_answer(agents_body(page, offset))

    def from_here(self, filters: AgentFilters, offset: int, page: AgentPage) -> Iterator[Agent]:
        """The agents of a page, and page after page those that follow."""
        while page.items:
            yield from page.items
            offset += len(page.items)
            page = agents(self.project.pk, filters, offset, AGENTS_AT_ONCE)


class AgentView(ProjectView):
    takes = ONE

    @described("read_agent", {200: AgentDetailShape}, ONE)
    def get(self, request: Request, name: str) -> HttpResponseBase:
        """One agent over a period: who calls it, whom it calls, its versions, days and newest
        traces; as csv one of these tables."""
        said, project_id = request.query_params, self.project.pk
        limit = parameters.number(said, "limit", RUNS_SHOWN, 1, RUNS_AT_ONCE)
        filters = agent_filters(said)
        try:
            found = detail(project_id, name, filters, limit)
        except TookTooLong as error:
            raise too_long(error) from error
        if found is None:
            hint = f"Did it run in this period? Without since it is the last {DAYS} days."
            raise Refused(NOT_FOUND, f"This project has no agent {name[:40]!r} then.", hint)
        body = detail_body(found)
        table = parameters.one_of(said, "table", TABLES)
        if is_csv(said):
            return csv_answer(table or "runs", *agent_table(body, table))
        return json_answer(body)


def agent_filters(said: QueryDict) -> AgentFilters:
    """What is looked for. Raises Refused."""
    since = parameters.parsed(said, "since", parameters.moment, parameters.DAY)
    return AgentFilters(
        since=since or midnight_before(timezone.now(), timedelta(days=DAYS)),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
        service=parameters.text(said, "service"),
        environment=parameters.text(said, "environment"),
        text=parameters.text(said, "name"),
    )
