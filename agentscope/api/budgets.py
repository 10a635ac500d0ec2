"""Budgets, read and changed by machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from time import time_ns
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.alerts.windows import SECOND
from agentscope.alerts.write import channels_of
from agentscope.api import parameters
from agentscope.api.alerts_tables import cell
from agentscope.api.budgets_shapes import BudgetShape, BudgetsShape, NewBudgetShape
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import bad, check_known, is_storable, json_body, text
from agentscope.api.managed import GONE, NOTHING, ManagedView, changing, created, naming_parts, who
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import plain
from agentscope.budgets.read import Stand, State, budget, budgets, states, told_channels
from agentscope.budgets.write import delete_budget, save_budget
from agentscope.meter.scope import group_name

TEXTS, OBJECTS = ("name", "unit", "each"), ("only", "window", "policy")
NAMES = (*TEXTS, "enabled", "limit", "soft", *OBJECTS, "channels")
NUL = "\\u0000"  # in JSON
GROUPS, GROUPS_AT_ONCE, LAST_POSITION = 50, 500, 10**9
HEAD = ("id", *NAMES, "trouble", "resets_at", "total")
FIRST = ("group", "spent", "reserved", "unpriced_calls", "forecast", "seconds_left", "as_of")
TAKEN = [*parameters.PROJECT, FORMAT]
ONE = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first group, from 0"),
    OpenApiParameter("limit", int, description=f"groups, 1 to {GROUPS_AT_ONCE}, else {GROUPS}"),
]


class SavingView(ManagedView):
    """A view of what saves budgets."""

    def saved(self, request: Request, found: Budget | None) -> dict[str, Any]:
        """A budget as the body says, with the channels that it had where it names none. Raises
        Refused."""
        said, project = said_of(json_body(request)), self.project
        with naming_parts():
            told = channels_of(project.pk, said.pop("channels")) if "channels" in said else None
            made = save_budget(project, who(request), said, told, found)
        return self.bodies([made])[0]

    def bodies(
        self, several: list[Budget], offset: int = 0, limit: int = 1
    ) -> list[dict[str, Any]]:
        """Budgets as they stand now. Two queries."""
        told = told_channels(self.project.pk, several)
        found = states(self.project, several, time_ns(), offset, limit)
        return [body(each, told[each.budget.pk]) for each in found]


class BudgetsView(SavingView):
    takes = TAKEN

    @described("list_budgets", {200: BudgetsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """All budgets by name, each with the group that used most of it."""
        found = self.bodies(budgets(self.project.pk))
        if is_csv(request.query_params):
            return csv_answer("budgets", (*HEAD, *FIRST), cells(found))
        return json_answer({"budgets": found, "total": len(found)})

    @changing("add_budget", NewBudgetShape, {201: BudgetShape})
    def post(self, request: Request) -> HttpResponse:
        """A new budget."""
        return created(self.saved(request, None))


class BudgetView(SavingView):
    takes = ONE

    @described("read_budget", {200: BudgetShape}, ONE)
    def get(self, request: Request, budget_id: int) -> HttpResponse:
        """One budget with its groups, those that used most first."""
        said, found = request.query_params, known(self.project.pk, budget_id)
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", GROUPS, 1, GROUPS_AT_ONCE)
        return json_answer(self.bodies([found], offset, limit)[0])

    @changing("change_budget", NewBudgetShape, {200: BudgetShape})
    def put(self, request: Request, budget_id: int) -> HttpResponse:
        """Say a budget anew; channels that are not said stay."""
        return json_answer(self.saved(request, known(self.project.pk, budget_id)))

    @changing("delete_budget", None, NOTHING)
    def delete(self, request: Request, budget_id: int) -> HttpResponse:
        """Delete a budget with its rules; what was answered stays."""
        delete_budget(known(self.project.pk, budget_id), who(request))
        return HttpResponse(status=GONE)


def known(project_id: int, number: int) -> Budget:
    """A budget of the project. Raises Refused."""
    found = budget(project_id, number) if number <= parameters.LARGEST_ID else None
    if found is None:
        raise Refused(NOT_FOUND, f"There is no budget {str(number)[:40]}.")
    return found


def said_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """A budget as it is said. Raises Refused."""
    check_known(said, NAMES)
    for name in TEXTS:
        text(said, name)
    if said.get("enabled", True) not in (True, False):
        raise bad("enabled", said["enabled"], "true or false")
    return {**said, **{name: plain_object(said, name) for name in OBJECTS}}


def plain_object(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object whose texts Postgres can hold, with fractions as texts. Raises Refused."""
    found = said.get(name) or {}
    written = json.dumps(found, default=str, ensure_ascii=False)
    if not isinstance(found, dict) or NUL in written or not is_storable(written):
        raise bad(name, found, "an object")
    plainly: dict[str, Any] = json.loads(written)
    return plainly


def body(state: State, channels: list[int]) -> dict[str, Any]:
    """A budget as BudgetShape."""
    found = state.budget
    return {
        **{name: getattr(found, name) for name in ("id", "name", "enabled", "unit")},
        "limit": plain(found.limit),
        "soft": plain(found.soft),
        **{name: getattr(found, name) for name in ("only", "each", "window", "policy")},
        "channels": channels,
        "trouble": state.trouble,
        "resets_at": None if state.resets_at_ns is None else iso(state.resets_at_ns),
        "groups": [stand_body(each, found.each) for each in state.groups],
        "total": state.total,
    }


def cells(bodies: list[dict[str, Any]]) -> Iterator[list[object]]:
    """A line for each budget, as HEAD and FIRST name its cells."""
    for said in bodies:
        first = said["groups"][0] if said["groups"] else {}
        yield [*(cell(said[name]) for name in HEAD), *map(first.get, FIRST)]


def stand_body(stand: Stand, each: str) -> dict[str, Any]:
    """A group of a budget of each … as StandShape."""
    left = stand.seconds_left
    return {
        "group": group_name(each, stand.group),
        "spent": plain(stand.spent),
        "reserved": plain(stand.reserved),
        "unpriced_calls": stand.unpriced_calls,
        "forecast": None if stand.forecast is None else plain(stand.forecast),
        "seconds_left": None if left is None else f"{left:.0f}",
        "as_of": None if stand.as_of_ns is None else iso(stand.as_of_ns),
    }


def iso(ns: int) -> str:
    """A time in ns since 1970, as ISO 8601."""
    return datetime.fromtimestamp(ns / SECOND, UTC).isoformat()
