"""May it go on? Asked by machine before each call."""

from __future__ import annotations

from time import time_ns

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.decide_shapes import ASKED, MayShape, QuestionShape
from agentscope.api.json_body import json_body
from agentscope.api.project_view import ERRORS, ProjectView, described, json_answer
from agentscope.api.question import ASKING, question, suggest
from agentscope.budgets.deciding import decide, look
from agentscope.budgets.told import told

CHECK = [*parameters.PROJECT, *ASKED]


class DecideView(ProjectView):
    reads = changes = ASKING

    @extend_schema(
        operation_id="decide",
        summary="Decide",
        request=QuestionShape,
        parameters=list(parameters.PROJECT),
        responses={200: MayShape, **ERRORS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Whether a call may be made, by the budgets, findings and stops of the project. The answer
        is kept."""
        asked = question(json_body(request), self.key)
        answer = decide(self.project, asked, time_ns(), suggest)
        return json_answer(told(answer))


class CheckView(ProjectView):
    """The same as a look."""

    reads = changes = ASKING
    takes = CHECK

    @described("check_budgets", {200: MayShape}, CHECK)
    def get(self, request: Request) -> HttpResponse:
        """What `decide` would answer; nothing is reserved or kept."""
        said = {name: request.query_params[name] for name in request.query_params}
        asked = question({name: said[name] for name in said if name != "project"}, self.key)
        return json_answer(told(look(self.project, asked, time_ns(), suggest)))
