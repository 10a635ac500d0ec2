"""What people decide by hand, read and done by machine: who is let go on over a budget or in spite
of a finding, who is stopped, and what holds where no budget does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from time import time_ns
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.alerts_tables import cell
from agentscope.api.budgets import known
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import check_known, identity, json_body, text, whole_number
from agentscope.api.managed import (
    GONE,
    NOTHING,
    ManagedView,
    changing,
    created,
    moment_of,
    naming_parts,
    needed_moment,
    who,
)
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.api.stops_shapes import (
    LiftShape,
    LiftsShape,
    NewLiftShape,
    NewStopShape,
    OtherwiseShape,
    StopShape,
    StopsShape,
)
from agentscope.budgets.by_hand import ended_lifts, ended_stops, lifts, over_at, stops
from agentscope.budgets.models import Lift, Otherwise, Stop
from agentscope.budgets.read import otherwise
from agentscope.budgets.write import (
    end_lift,
    end_stop,
    lift_budget,
    lift_findings,
    set_otherwise,
    stop,
)
from agentscope.meter.scope import group_name

A_PAGE, AT_ONCE, LAST_POSITION = 50, 500, 10**9
HOLDS, ENDED = "holds", "ended"
TAKEN = [
    *parameters.PROJECT,
    OpenApiParameter("state", str, enum=(HOLDS, ENDED), description=f"else {HOLDS}"),
    OpenApiParameter("offset", int, description="position of the first, from 0"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]
SAID = ("until", "who", "why", "made_at")
OVER = ("ended_at", "ended_by")
LIFT = ("id", "budget", "group", "trace", *SAID, *OVER)
STOP = ("id", "of", "name", *SAID, *OVER)
Row = TypeVar("Row", Lift, Stop)


class LiftsView(ManagedView):
    takes = TAKEN

    @described("list_budget_lifts", {200: LiftsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """Who is let go on at present, the newest first, or was, those first that ended last; as
        csv all of them."""
        found = (ended_lifts if is_ended(request) else lifts)(self.project.pk, time_ns())
        return listed(request, "lifts", LIFT, found, lift_body)

    @changing("lift_budget", NewLiftShape, {201: LiftShape})
    def post(self, request: Request) -> HttpResponse:
        """Let a group go on over its budget for a while, or a trace in spite of its findings."""
        said = json_body(request)
        check_known(said, ("budget", "group", "trace", "until", "why"))
        until = needed_moment(said, "until")
        with naming_parts():
            return created(lift_body(self.made(said, until, who(request))))

    def made(self, said: Mapping[str, Any], until: datetime, by: str) -> Lift:
        """What is let go on. Raises Refused and BadRule."""
        trace, number = identity(said, "trace"), whole_number(said, "budget")
        group, why = text(said, "group"), text(said, "why")
        if (trace is None) == (number is None):
            raise Refused(BAD_REQUEST, "Name either a budget or a trace.")
        if trace is not None:
            return lift_findings(self.project.pk, trace, until, by, why)
        found = known(self.project.pk, number or 0)
        if bool(found.each) != bool(group):
            raise Refused(BAD_REQUEST, f"group: {of_group(found.each)}")
        return lift_budget(found, group, until, by, why)


class LiftView(ManagedView):
    @described("read_budget_lift", {200: LiftShape})
    def get(self, request: Request, lift_id: int) -> HttpResponse:
        """One that holds."""
        return json_answer(lift_body(self.known(lift_id)))

    @changing("end_budget_lift", None, NOTHING)
    def delete(self, request: Request, lift_id: int) -> HttpResponse:
        """Let nobody go on any more by this."""
        end_lift(self.known(lift_id), who(request))
        return HttpResponse(status=GONE)

    def known(self, number: int) -> Lift:
        """A lift of the project that holds. Raises Refused."""
        held = lifts(self.project.pk, time_ns())
        found = held.filter(pk=min(number, parameters.LARGEST_ID)).first()
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no lift {number} that holds.")
        return found


class StopsView(ManagedView):
    takes = TAKEN

    @described("list_stops", {200: StopsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """Who is stopped by hand at present, the newest first, or was, those first that ended
        last; as csv all of them."""
        found = (ended_stops if is_ended(request) else stops)(self.project.pk, time_ns())
        return listed(request, "stops", STOP, found, stop_body)

    @changing("stop", NewStopShape, {201: StopShape})
    def post(self, request: Request) -> HttpResponse:
        """Stop a trace, a session or an agent, whatever it has spent."""
        said = json_body(request)
        check_known(said, ("of", "name", "until", "why"))
        of, name, why = (text(said, each) for each in ("of", "name", "why"))
        with naming_parts():
            made = stop(self.project.pk, of, name, who(request), why, moment_of(said, "until"))
        return created(stop_body(made))


class StopView(ManagedView):
    @described("read_stop", {200: StopShape})
    def get(self, request: Request, stop_id: int) -> HttpResponse:
        """One that holds."""
        return json_answer(stop_body(self.known(stop_id)))

    @changing("end_stop", None, NOTHING)
    def delete(self, request: Request, stop_id: int) -> HttpResponse:
        """Let go on what was stopped."""
        end_stop(self.known(stop_id), who(request))
        return HttpResponse(status=GONE)

    def known(self, number: int) -> Stop:
        """A stop of the project that holds. Raises Refused."""
        held = stops(self.project.pk, time_ns())
        found = held.filter(pk=min(number, parameters.LARGEST_ID)).first()
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no stop {number} that holds.")
        return found


class OtherwiseView(ManagedView):
    @described("read_otherwise", {200: OtherwiseShape})
    def get(self, request: Request) -> HttpResponse:
        """What holds for calls that count in no budget."""
        return json_answer(otherwise_body(otherwise(self.project.pk)))

    @changing("set_otherwise", OtherwiseShape, {200: OtherwiseShape})
    def put(self, request: Request) -> HttpResponse:
        """Say what holds for calls that count in no budget."""
        said = json_body(request)
        check_known(said, ("decision", "fail"))
        decision, fail = text(said, "decision"), text(said, "fail")
        with naming_parts():
            made = set_otherwise(self.project.pk, decision, fail, who(request))
        return json_answer(otherwise_body(made))


def is_ended(request: Request) -> bool:
    """Whether it is asked for what is over. Raises Refused."""
    return parameters.one_of(request.query_params, "state", (HOLDS, ENDED)) == ENDED


def listed(
    request: Request,
    name: str,
    head: tuple[str, ...],
    found: QuerySet[Row],
    body: Callable[[Row], dict[str, Any]],
) -> HttpResponseBase:
    """A page of what people decided, or all of it as csv. Raises Refused."""
    if is_csv(request.query_params):
        rows = (tuple(map(cell, body(each).values())) for each in found.iterator(AT_ONCE))
        return csv_answer(name, head, rows)
    first, limit = position(request)
    items = [body(each) for each in found[first : first + limit]]
    return json_answer({name: items, "total": found.count(), "offset": first})


def position(request: Request) -> tuple[int, int]:
    """Where a page begins, and how many are on it. Raises Refused."""
    said = request.query_params
    first = parameters.number(said, "offset", 0, 0, LAST_POSITION)
    return first, parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)


def of_group(each: str) -> str:
    """What is to be said of the group of a budget."""
    return f"Name the {each} that may go on." if each else "This budget is one for all."


def lift_body(lift: Lift) -> dict[str, Any]:
    """A lift as LiftShape, in the order of LIFT."""
    trace = None if lift.trace is None else lift.trace.hex
    group = group_name(lift.budget.each if lift.budget else "", lift.group)
    body = {"id": lift.pk, "budget": lift.budget_id, "group": group, "trace": trace}
    return body | said_body(lift)


def stop_body(found: Stop) -> dict[str, Any]:
    """A stop as StopShape, in the order of STOP."""
    return {"id": found.pk, "of": found.of, "name": found.name} | said_body(found)


def said_body(found: Lift | Stop) -> dict[str, Any]:
    """Who said so and why, and since when it is over."""
    said = {name: getattr(found, name) for name in SAID}
    return said | {"ended_at": over_at(found, time_ns()), "ended_by": found.ended_by}


def otherwise_body(found: Otherwise) -> dict[str, Any]:
    """What holds otherwise as OtherwiseShape."""
    return {"decision": found.decision, "fail": found.fail}
