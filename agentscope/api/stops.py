"""What people decide by hand, read and done by machine: who is let go on over a budget or in spite
of a finding, who is stopped, and what holds where no budget does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from time import time_ns
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.budgets import LARGEST_ID, known
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
from agentscope.budgets.models import Lift, Otherwise, Stop
from agentscope.budgets.read import lifted, otherwise, stopped
from agentscope.budgets.write import end_stop, lift_budget, lift_findings, set_otherwise, stop

A_PAGE, AT_ONCE, LAST_POSITION = 50, 500, 10**9
TAKEN = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first, from 0"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]
LIFT = ("id", "budget", "group", "trace", "until", "who", "why", "made_at")
STOP = ("id", "of", "name", "until", "who", "why", "made_at")


class LiftsView(ManagedView):
    takes = TAKEN

    @described("list_budget_lifts", {200: LiftsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """Who is let go on at present, the newest first; as csv all of them."""
        found = lifted(self.project.pk, time_ns())
        if is_csv(request.query_params):
            return csv_answer("lifts", LIFT, (lift_body(each).values() for each in found))  # type: ignore[misc]
        first, limit = position(request)
        items = [lift_body(each) for each in found[first : first + limit]]
        return json_answer({"lifts": items, "total": found.count(), "offset": first})

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


class StopsView(ManagedView):
    takes = TAKEN

    @described("list_stops", {200: StopsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """Who is stopped by hand at present, the newest first; as csv all of them."""
        found = stopped(self.project.pk, time_ns())
        if is_csv(request.query_params):
            return csv_answer("stops", STOP, (stop_body(each).values() for each in found))  # type: ignore[misc]
        first, limit = position(request)
        items = [stop_body(each) for each in found[first : first + limit]]
        return json_answer({"stops": items, "total": found.count(), "offset": first})

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
        found = stopped(self.project.pk, time_ns()).filter(pk=min(number, LARGEST_ID)).first()
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
    body = {"id": lift.pk, "budget": lift.budget_id, "group": lift.group, "trace": trace}
    return body | {name: getattr(lift, name) for name in LIFT[4:]}


def stop_body(found: Stop) -> dict[str, Any]:
    """A stop as StopShape, in the order of STOP."""
    return {name: getattr(found, name) for name in STOP}


def otherwise_body(found: Otherwise) -> dict[str, Any]:
    """What holds otherwise as OtherwiseShape."""
    return {"decision": found.decision, "fail": found.fail}
