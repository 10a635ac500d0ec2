"""Alerts and their history, read by machine, and what is done about them."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.alerts.acts import Refused as NotNow
from agentscope.alerts.acts import acknowledge, snooze, unsnooze
from agentscope.alerts.models import Alert
from agentscope.alerts.read import (
    STATES,
    BadCursor,
    Standing,
    alert,
    alerts,
    counts,
    event,
    evidence_of,
    history,
)
from agentscope.alerts.watch import BadRule
from agentscope.api import parameters
from agentscope.api.alerts_bodies import alert_body, event_body, evidence_body
from agentscope.api.alerts_shapes import (
    AcknowledgeShape,
    AlertEvidenceShape,
    AlertHistoryShape,
    AlertShape,
    AlertsShape,
    SnoozeShape,
)
from agentscope.api.alerts_tables import ALERT_HEAD, EVENT_HEAD, alert_cells, event_cells
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import check_known, json_body, text
from agentscope.api.managed import ManagedView, changing, needed_moment, who
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused

A_PAGE, AT_ONCE = 50, 500
LAST_POSITION = 10**9
LISTED = [
    *parameters.PROJECT,
    OpenApiParameter("state", str, enum=[str(each) for each in STATES]),
    OpenApiParameter("rule", int, description="of this rule"),
    OpenApiParameter("offset", int, description="position of the first alert, from 0"),
    OpenApiParameter("limit", int, description=f"alerts on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]
PAGED = [
    *parameters.PROJECT,
    OpenApiParameter("alert", int, description="of this alert"),
    OpenApiParameter("rule", int, description="of this rule"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"events on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]
TRACES = [
    *parameters.PROJECT,
    OpenApiParameter("limit", int, description="traces, 1 to 500, else 20"),
]


class AlertsView(ProjectView):
    takes = LISTED

    @described("list_alerts", {200: AlertsShape}, LISTED)
    def get(self, request: Request) -> HttpResponseBase:
        """Alerts, those that fire first, and how many are in which state; as csv all of them from
        `offset` on."""
        said, now, project = request.query_params, timezone.now(), self.project
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        state = parameters.one_of(said, "state", [str(each) for each in STATES])
        rule = parameters.identity(said, "rule")
        if is_csv(said):
            return csv_answer("alerts", ALERT_HEAD, alert_cells(project, state, rule, offset))
        page = alerts(project.pk, now, state=state, rule_id=rule, offset=offset, limit=limit)
        return json_answer(
            {
                "alerts": [alert_body(project, each) for each in page.items],
                "total": page.total,
                "offset": offset,
                "counts": counts(project.pk, now),
            }
        )


class AlertView(ProjectView):
    @described("read_alert", {200: AlertShape})
    def get(self, request: Request, alert_id: int) -> HttpResponse:
        """One alert; its history is at `/alerts/history?alert=`."""
        return json_answer(alert_body(self.project, known(self.project.pk, alert_id)))


class HistoryView(ProjectView):
    takes = PAGED

    @described("list_alert_history", {200: AlertHistoryShape}, PAGED)
    def get(self, request: Request) -> HttpResponseBase:
        """What happened to alerts, the newest first; as csv all of it from `cursor` on."""
        said = request.query_params
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        of = {f"{name}_id": parameters.identity(said, name) for name in ("alert", "rule")}
        try:
            page = history(self.project.pk, **of, after=said.get("cursor", ""), limit=limit)
        except BadCursor as error:
            raise Refused(BAD_REQUEST, f"cursor: {error}") from error
        if is_csv(said):
            of_rule, cursor = of["rule_id"], said.get("cursor", "")
            every = event_cells(self.project, of["alert_id"], of_rule, cursor)
            return csv_answer("alert-history", EVENT_HEAD, every)
        events = [event_body(each) for each in page.items]
        return json_answer({"events": events, "next": page.next or None})


class EventView(ProjectView):
    takes = TRACES

    @described("read_alert_event", {200: AlertEvidenceShape}, TRACES)
    def get(self, request: Request, event_id: int) -> HttpResponse:
        """Something that happened, with the traces behind its value."""
        limit = parameters.number(request.query_params, "limit", 20, 1, AT_ONCE)
        found = event(self.project.pk, event_id) if event_id <= parameters.LARGEST_ID else None
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no event {event_id}.")
        try:
            evidence = evidence_of(self.project, found, limit)
        except BadRule as error:
            raise Refused(BAD_REQUEST, str(error), "Change the rule.") from error
        return json_answer(evidence_body(found, evidence))


class AcknowledgeView(ManagedView):
    @changing("acknowledge_alert", AcknowledgeShape, {200: AlertShape})
    def post(self, request: Request, alert_id: int) -> HttpResponse:
        """Say that somebody looks at it: nobody is reminded until it is over."""
        said = json_body(request)
        check_known(said, ("note",))
        found = known(self.project.pk, alert_id).alert
        try:
            acknowledge(found, who(request), text(said, "note"))
        except NotNow as error:
            raise Refused(BAD_REQUEST, str(error)) from error
        return self.answer(found)

    def answer(self, found: Alert) -> HttpResponse:
        """The alert as it stands now."""
        return json_answer(alert_body(self.project, known(self.project.pk, found.pk)))


class SnoozeView(AcknowledgeView):
    @changing("snooze_alert", SnoozeShape, {200: AlertShape})
    def post(self, request: Request, alert_id: int) -> HttpResponse:
        """Have nobody told of it until then; then people are, if it still stands."""
        said = json_body(request)
        check_known(said, ("until", "note"))
        found, until = known(self.project.pk, alert_id).alert, needed_moment(said, "until")
        try:
            snooze(found, until, who(request), text(said, "note"))
        except NotNow as error:
            raise Refused(BAD_REQUEST, str(error)) from error
        return self.answer(found)

    @changing("wake_alert", None, {200: AlertShape})
    def delete(self, request: Request, alert_id: int) -> HttpResponse:
        """Have people told of it again."""
        found = known(self.project.pk, alert_id).alert
        unsnooze(found, who(request))
        return self.answer(found)


def known(project_id: int, alert_id: int) -> Standing:
    """An alert of a project. Raises Refused."""
    found = alert(project_id, min(alert_id, parameters.LARGEST_ID), timezone.now())
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no alert {alert_id}.")
    return found
