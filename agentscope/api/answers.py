"""What those were told who asked whether they may go on, read by machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.answers_shapes import AnswersShape, OneAnswerShape
from agentscope.api.costs import csv_answer, too_long
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.decide_shapes import DECISIONS
from agentscope.api.managed import ManagedView
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.budgets.models import Answer
from agentscope.budgets.read import AnswerFilters, answer, answers
from agentscope.costs.bounded import TookTooLong, bounded

A_PAGE, AT_ONCE = 50, 500
HEAD = ("id", "at", "decision", "budget", "trace", "session", "agent", "reason")
TAKEN = [
    *parameters.PROJECT,
    OpenApiParameter("decision", str, enum=DECISIONS),
    OpenApiParameter("budget", int, description="id of the one that decided"),
    OpenApiParameter("trace", str, description="32 hex digits"),
    OpenApiParameter("session", str, description="exactly this session"),
    OpenApiParameter("agent", str, description="exactly this agent"),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="answered at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="answered before"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"answers, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]


class AnswersView(ManagedView):
    takes = TAKEN

    @described("list_answers", {200: AnswersShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """What was answered, the newest first; as csv all of it from `cursor` on."""
        said, project_id = request.query_params, self.project.pk
        filters, limit = asked_for(said), parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        after = parameters.identity(said, "cursor")
        if is_csv(said):
            return csv_answer("answers", HEAD, cells(project_id, filters, after))
        try:
            with bounded():
                page = answers(project_id, filters, after, limit)
        except TookTooLong as error:
            raise too_long(error) from error
        found = [answer_body(each) for each in page.items]
        return json_answer({"answers": found, "next": str(page.next) if page.next else None})


class AnswerView(ManagedView):
    @described("read_answer", {200: OneAnswerShape})
    def get(self, request: Request, answer_id: int) -> HttpResponse:
        """One answer, with what was asked and what it was decided on."""
        found = answer(self.project.pk, min(answer_id, parameters.LARGEST_ID))
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no answer {answer_id}.")
        return json_answer({**answer_body(found), "asked": found.asked, "said": found.said})


def asked_for(said: QueryDict) -> AnswerFilters:
    """What answers are listed. Raises Refused."""
    trace = parameters.parsed(said, "trace", UUID, "0" * 32)
    return AnswerFilters(
        budget=parameters.identity(said, "budget"),
        decision=parameters.one_of(said, "decision", DECISIONS),
        session=parameters.text(said, "session"),
        trace=trace.hex if trace else "",
        agent=parameters.text(said, "agent"),
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
    )


def cells(
    project_id: int, filters: AnswerFilters, after: int | None
) -> Iterator[tuple[object, ...]]:
    """A line for each answer, as HEAD names its cells, read page by page."""
    while True:
        page = answers(project_id, filters, after, AT_ONCE)
        yield from (tuple(answer_body(each).values()) for each in page.items)
        if page.next is None:
            return
        after = page.next


def answer_body(found: Answer) -> dict[str, Any]:
    """An answer as AnswerShape, in the order of HEAD."""
    return {
        "id": found.pk,
        "at": found.at.isoformat(),
        "decision": found.decision,
        "budget": found.budget,
        "trace": None if found.trace is None else found.trace.hex,
        "session": found.session,
        "agent": found.agent,
        "reason": found.said.get("reason", ""),
    }
