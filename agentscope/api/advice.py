"""Which calls could run on a cheaper model, read by machine."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.advice_bodies import HEAD, advice_body, cells
from agentscope.api.advice_shapes import AdvicesShape
from agentscope.api.costs import csv_answer, too_long
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.costs.read import TookTooLong
from agentscope.routing.read import report

ADVICE, ADVICE_AT_ONCE = 50, 500
PERIOD = timedelta(days=30)  # that is asked about unless one is named
TAKES = [
    *parameters.PROJECT,
    OpenApiParameter(
        "since", OpenApiTypes.DATETIME, description="hours from then on; else 30 days ago"
    ),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="hours before; else now"),
    OpenApiParameter("agent", str, description="exactly this agent's own calls"),
    OpenApiParameter("limit", int, description=f"pieces, 1 to {ADVICE_AT_ONCE}, else {ADVICE}"),
    FORMAT,
]


class AdviceView(ProjectView):
    takes = TAKES

    @described("read_advice", {200: AdvicesShape}, TAKES)
    def get(self, request: Request) -> HttpResponseBase:
        """Which calls of which agents could run on a cheaper model, with what it would save and how
        such calls went on it; csv has all of it."""
        said, now = request.query_params, timezone.now()
        since = parameters.parsed(said, "since", parameters.moment, parameters.DAY)
        until = parameters.parsed(said, "until", parameters.moment, parameters.DAY) or now
        limit = parameters.number(said, "limit", ADVICE, 1, ADVICE_AT_ONCE)
        agent = parameters.text(said, "agent")
        try:
            found = report(self.project.pk, since or now - PERIOD, until)
        except TookTooLong as error:
            raise too_long(error) from error
        picked = [each for each in found.advice if not agent or each.agent == agent]
        if is_csv(said):
            return csv_answer("advice", HEAD, cells(picked))
        return json_answer(advice_body(self.project.pk, found, picked[:limit], len(picked)))
