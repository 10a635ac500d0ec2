"""Sessions, read by machine."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.agents.read import agents_of_traces
from agentscope.api import parameters
from agentscope.api.agents_bodies import AGENT_HEAD, agent_cells
from agentscope.api.blocks import each_from
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.api.sessions_bodies import (
    SESSION_HEAD,
    TRACE_HEAD,
    session_cells,
    sessions_body,
    trace_cells,
    whole_body,
)
from agentscope.api.sessions_shapes import SessionsShape, WholeSessionShape
from agentscope.sessions.read import (
    STATES,
    BadCursor,
    Cursor,
    SessionFilters,
    session_block,
    sessions,
    whole,
)

SESSIONS_A_PAGE, SESSIONS_AT_ONCE = 50, 500
TRACES_AT_ONCE = 1000  # of one session
TABLES = ("traces", "agents")
FILTERS = [
    *parameters.PROJECT,
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="last active at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="last active before"),
    OpenApiParameter("user", str, description="exactly this user"),
    OpenApiParameter("state", str, enum=STATES),
    OpenApiParameter("environment", str, description="a trace of it ran in this environment"),
    OpenApiParameter("agent", str, description="an agent of this name took part"),
    OpenApiParameter("name", str, description="part of the id, any case"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter(
        "limit", int, description=f"sessions on a page, 1 to {SESSIONS_AT_ONCE}, else 50"
    ),
    FORMAT,
]
ONE = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first trace, from 0"),
    OpenApiParameter("limit", int, description=f"traces on a page, 1 to {TRACES_AT_ONCE}"),
    OpenApiParameter("table", str, enum=TABLES, description="of csv: which table, else traces"),
    FORMAT,
]
LAST_POSITION = 10**9


class SessionsView(ProjectView):
    takes = FILTERS

    @described("list_sessions", {200: SessionsShape}, FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """Sessions, the one that was active last first; as csv all from `cursor` on."""
        said = request.query_params
        limit = parameters.number(said, "limit", SESSIONS_A_PAGE, 1, SESSIONS_AT_ONCE)
        filters, after = session_filters(said), cursor(said.get("cursor", ""))
        if is_csv(said):
            every = each_from(after, partial(session_block, self.project.pk, filters))
            return csv_answer("sessions", SESSION_HEAD, map(session_cells, every))
        return json_answer(sessions_body(sessions(self.project.pk, filters, after, limit)))


class SessionView(ProjectView):
    takes = ONE

    @described("read_session", {200: WholeSessionShape}, ONE)
    def get(self, request: Request, session: str) -> HttpResponseBase:
        """One session with its traces in the order in which they began; as csv all of them, or the
        agents."""
        said = request.query_params
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", TRACES_AT_ONCE, 1, TRACES_AT_ONCE)
        found = whole(self.project.pk, session)
        if found is None:
            hint = "Is it of another project, or older than the retention?"
            raise Refused(NOT_FOUND, f"This project has no session {session[:40]!r}.", hint)
        table = parameters.one_of(said, "table", TABLES)
        if is_csv(said) and table == "agents":
            traces = [trace.trace_id for trace in found.traces]
            agents = agents_of_traces(self.project.pk, traces)
            return csv_answer("agents", AGENT_HEAD, map(agent_cells, agents))
        if is_csv(said):
            return csv_answer("session", TRACE_HEAD, map(trace_cells, found.traces))
        return json_answer(whole_body(found, offset, limit))


def session_filters(said: QueryDict) -> SessionFilters:
    """What is looked for. Raises Refused."""
    return SessionFilters(
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
        user=parameters.text(said, "user"),
        state=parameters.one_of(said, "state", STATES),
        environment=parameters.text(said, "environment"),
        agent=parameters.text(said, "agent"),
        text=parameters.text(said, "name"),
    )


def cursor(said: str) -> Cursor | None:
    """Where the page begins. Raises Refused."""
    try:
        return Cursor.parse(said.replace(" ", "+"))
    except BadCursor as error:
        raise Refused(BAD_REQUEST, f"cursor: {error}") from error
