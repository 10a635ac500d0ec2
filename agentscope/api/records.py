"""Decision records, read by machine: who decided what, on which evidence, and what came of it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.blocks import each_from
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.records_bodies import RECORD_HEAD, record_cells, records_body, whole_body
from agentscope.api.records_shapes import AUTHORITIES, OUTCOMES, RecordsShape, WholeRecordShape
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.api.traces import known_span_id, known_trace_id
from agentscope.projects.roles import HELD, Right, Role
from agentscope.records.answers import with_answers
from agentscope.records.read import (
    BadCursor,
    Cursor,
    RecordFilters,
    record,
    record_block,
    records,
)
from agentscope.reviews.listed import STANDINGS, standing_so, with_review

RECORDS_A_PAGE, RECORDS_AT_ONCE = 50, 500
FILTERS = [
    *parameters.PROJECT,
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="began at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="began before"),
    OpenApiParameter("agent", str, description="exactly this agent"),
    OpenApiParameter(
        "effect",
        str,
        description="called this tool, which has effects; `*` stands for any characters",
    ),
    OpenApiParameter("person", str, description="this person approved or turned down"),
    OpenApiParameter("outcome", str, enum=OUTCOMES),
    OpenApiParameter("authority", str, enum=AUTHORITIES),
    OpenApiParameter("finding", str, description="a finding of this code is about it"),
    OpenApiParameter("session", str, description="exactly this session"),
    OpenApiParameter("user", str, description="exactly this user, on whose behalf"),
    OpenApiParameter("environment", str, description="exactly this environment"),
    OpenApiParameter("trace", str, description="32 hex digits"),
    OpenApiParameter("review", str, enum=STANDINGS, description="how it stands in review"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter(
        "limit", int, description=f"decisions on a page, 1 to {RECORDS_AT_ONCE}, else 50"
    ),
    FORMAT,
]


class RecordsView(ProjectView):
    takes = FILTERS

    @described("list_decisions", {200: RecordsShape}, FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """Decisions, the newest first; as csv all from `cursor` on."""
        said = request.query_params
        limit = parameters.number(said, "limit", RECORDS_A_PAGE, 1, RECORDS_AT_ONCE)
        filters, after = record_filters(said, self.role), cursor(said.get("cursor", ""))
        if is_csv(said):
            every = each_from(after, partial(record_block, self.project.pk, filters))
            return csv_answer("decisions", RECORD_HEAD, map(record_cells, every))
        return json_answer(records_body(records(self.project.pk, filters, after, limit)))


class RecordView(ProjectView):
    @described("read_decision", {200: WholeRecordShape})
    def get(self, request: Request, trace_id: str, decision: str) -> HttpResponse:
        """One decision, named by the span in which it began, with all that is known of it, and
        whether it fits what the ledger says."""
        trace_key, span_key = known_trace_id(trace_id), known_span_id(decision)
        found = record(self.project.pk, trace_key, span_key, beside(self.role))
        if found is None:
            raise no_decision(trace_key, decision)
        return json_answer(whole_body(found))


def record_filters(said: QueryDict, role: Role) -> RecordFilters:
    """What is looked for, by whom. Raises Refused."""
    names = ("agent", "effect", "person", "finding", "session", "user", "environment")
    return RecordFilters(
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
        outcome=parameters.one_of(said, "outcome", OUTCOMES),
        authority=parameters.one_of(said, "authority", AUTHORITIES),
        trace=parameters.parsed(said, "trace", UUID, "0" * 32),
        also=standing_so(parameters.of_review(said, STANDINGS, role)),
        beside=beside(role),
        **{name: parameters.text(said, name) for name in names},
    )


def beside(role: Role) -> dict[str, Any]:
    """What is told besides to whom."""
    return with_answers() | (with_review() if Right.AUDIT in HELD[role] else {})


def cursor(said: str) -> Cursor | None:
    """Where the page begins. Raises Refused."""
    try:
        return Cursor.parse(said.replace(" ", "+"))
    except BadCursor as error:
        raise Refused(BAD_REQUEST, f"cursor: {error}") from error


def no_decision(trace_id: UUID, span_id: str) -> Refused:
    """Also for decisions of other projects, which do not exist for this one."""
    message = f"This project has no decision at span {span_id[:40]!r} of trace {trace_id.hex!r}."
    hint = (
        "A decision is named by the span of the agent's run: /api/v1/decisions?trace= lists them."
    )
    return Refused(NOT_FOUND, message, hint)
