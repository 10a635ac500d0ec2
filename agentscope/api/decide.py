"""May it go on? Asked by machine before each call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import time_ns
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.decide_shapes import ASKED, MayShape, QuestionShape
from agentscope.api.json_body import (
    check_known,
    identity,
    json_body,
    money,
    switch,
    text,
    whole_number,
)
from agentscope.api.project_view import ERRORS, ProjectView, described, json_answer
from agentscope.budgets.deciding import decide, look
from agentscope.budgets.question import Question, Settled
from agentscope.budgets.told import told
from agentscope.projects.models import Key
from agentscope.routing.read import suggested_model

# Agents have a key to send traces with.
ASKING = (Key.Scope.DECIDE, Key.Scope.INGEST)
TEXTS = ("session", "agent", "path", "provider", "model", "user", "environment", "tool")
NUMBERS = ("estimated_tokens", "estimated_output_tokens", "estimated_usd")
RESERVING = ("reserve", "reservation", "spent_usd", "spent_tokens")
NAMES = (*TEXTS, "trace", *NUMBERS, *RESERVING)
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


def suggest(project_id: int, asked: Question) -> str | None:
    """The cheaper model that has proven itself where the call is made. One of which nobody says how
    large it is is taken for one of those before, which would have fitted."""
    agent, path = asked.of("agent"), asked.path
    return suggested_model(project_id, agent, path, asked.model, asked.tokens or 0)


def question(said: Mapping[str, Any], key: Key | None) -> Question:
    """What is asked with a key, which nobody else can name. Raises Refused."""
    check_known(said, NAMES)
    number = partial(whole_number, said)
    return Question(
        **{name: text(said, name) for name in TEXTS},
        trace=identity(said, "trace"),
        tokens=number("estimated_tokens"),
        output_tokens=number("estimated_output_tokens"),
        usd=money(said, "estimated_usd"),
        key=key.name if key else "",
        reserve=switch(said, "reserve"),
        settled=settled(said),
    )


def settled(said: Mapping[str, Any]) -> Settled | None:
    """The reservation that is settled, with what the call came to."""
    key = identity(said, "reservation")
    if key is None:
        return None
    return Settled(key, money(said, "spent_usd"), whole_number(said, "spent_tokens"))
