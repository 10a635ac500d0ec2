"""Rules of alerts and times in which nobody is told, read and changed by machine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from time import time_ns
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from agentscope.alerts.acts import Refused as NotNow
from agentscope.alerts.models import Rule
from agentscope.alerts.preview import preview
from agentscope.alerts.read import mute as one_mute
from agentscope.alerts.read import mutes, rule, rules
from agentscope.alerts.write import SAID, delete_rule, end_mute, mute, save_rule
from agentscope.api import parameters
from agentscope.api.alerts_bodies import mute_body, preview_body, rule_body, standing_body
from agentscope.api.alerts_shapes import (
    AlertMuteShape,
    AlertMutesShape,
    AlertRuleShape,
    AlertRulesShape,
    NewAlertMuteShape,
    NewAlertRuleShape,
    RulePreviewShape,
)
from agentscope.api.alerts_tables import MUTE_HEAD, RULE_HEAD, mute_cells, rule_cells
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import (
    bad,
    check_known,
    is_storable,
    json_body,
    text,
    whole_number,
)
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
from agentscope.projects.models import Key
from agentscope.projects.roles import Right
from agentscope.retention.read import kept_of

OBJECTS, NUMBERS = ("only", "window", "condition"), ("hold", "remind")
PLAIN = str | int | Decimal | bool | None  # what an object of a rule holds
TAKEN = [*parameters.PROJECT, FORMAT]


class SavingView(ManagedView):
    """A view of what saves rules."""

    def saved(self, request: Request, found: Rule | None) -> dict[str, Any]:
        """A rule as the body says. Raises Refused."""
        with naming_parts():
            made = save_rule(self.project, rule_of(json_body(request)), who(request), found)
        return self.body(made)

    def body(self, found: Rule) -> dict[str, Any]:
        """One rule."""
        return rule_body(self.project, found, kept_of(self.project.pk))


class RulesView(SavingView):
    takes = TAKEN

    @described("list_alert_rules", {200: AlertRulesShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """All rules by name, and how their alerts stand."""
        if is_csv(request.query_params):
            return csv_answer("alert-rules", RULE_HEAD, rule_cells(self.project))
        kept = kept_of(self.project.pk)
        found = [standing_body(self.project, each, kept) for each in rules(self.project.pk)]
        return json_answer({"rules": found, "total": len(found)})

    @changing("add_alert_rule", NewAlertRuleShape, {201: AlertRuleShape})
    def post(self, request: Request) -> HttpResponse:
        """A new rule."""
        return created(self.saved(request, None))


class RuleView(SavingView):
    @described("read_alert_rule", {200: AlertRuleShape})
    def get(self, request: Request, rule_id: int) -> HttpResponse:
        """One rule."""
        return json_answer(self.body(known_rule(self.project.pk, rule_id)))

    @changing("change_alert_rule", NewAlertRuleShape, {200: AlertRuleShape})
    def patch(self, request: Request, rule_id: int) -> HttpResponse:
        """Change what is said of a rule."""
        return json_answer(self.saved(request, known_rule(self.project.pk, rule_id)))

    @changing("delete_alert_rule", None, NOTHING)
    def delete(self, request: Request, rule_id: int) -> HttpResponse:
        """Delete a rule with its alerts and their history."""
        with naming_parts():
            delete_rule(known_rule(self.project.pk, rule_id), who(request))
        return HttpResponse(status=GONE)


class PreviewView(ManagedView):
    changes = (Key.Scope.MANAGE, Key.Scope.READ)
    change_needs = Right.SEE

    @changing("preview_alert_rule", NewAlertRuleShape, {200: RulePreviewShape})
    def post(self, request: Request) -> HttpResponse:
        """What a rule would have done in the last 30 days; nothing is kept."""
        with naming_parts():
            return json_answer(
                preview_body(preview(self.project, rule_of(json_body(request)), time_ns()))
            )


class MutesView(ManagedView):
    takes = TAKEN

    @described("list_alert_mutes", {200: AlertMutesShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """The times in which nobody is told, that hold or are to come."""
        if is_csv(request.query_params):
            return csv_answer("alert-mutes", MUTE_HEAD, mute_cells(self.project))
        found = [mute_body(each) for each in mutes(self.project.pk, timezone.now())]
        return json_answer({"mutes": found, "total": len(found)})

    @changing("mute_alerts", NewAlertMuteShape, {201: AlertMuteShape})
    def post(self, request: Request) -> HttpResponse:
        """Have nobody told of the alerts of a rule, or of all, for a while."""
        said, project_id = json_body(request), self.project.pk
        check_known(said, ("rule", "begins_at", "ends_at", "reason"))
        of, ends_at = whole_number(said, "rule"), needed_moment(said, "ends_at")
        begins_at = moment_of(said, "begins_at") or timezone.now()
        found = known_rule(project_id, of) if of is not None else None
        try:
            made = mute(project_id, found, begins_at, ends_at, who(request), text(said, "reason"))
        except NotNow as error:
            raise Refused(BAD_REQUEST, str(error)) from error
        return created(mute_body(made))


class MuteView(ManagedView):
    @changing("end_alert_mute", None, NOTHING)
    def delete(self, request: Request, mute_id: int) -> HttpResponse:
        """Have people told again."""
        found = one_mute(self.project.pk, mute_id) if mute_id <= parameters.LARGEST_ID else None
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no mute {mute_id}.")
        end_mute(found, who(request))
        return HttpResponse(status=GONE)


def known_rule(project_id: int, rule_id: int) -> Rule:
    """A rule of a project. Raises Refused."""
    found = rule(project_id, rule_id) if rule_id <= parameters.LARGEST_ID else None
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no rule {rule_id}.")
    return found


def rule_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as a body says it, of types that can be stored. Raises Refused."""
    check_known(said, (*SAID, "channels"))
    found: dict[str, Any] = {}
    for name, value in said.items():
        if name in OBJECTS:
            found[name] = plain_object(name, value)
        elif name in NUMBERS:
            found[name] = whole_number(said, name)
        elif name in ("enabled", "channels"):
            found[name] = value
        else:
            found[name] = text(said, name)
    return found


def plain_object(name: str, value: Any) -> dict[str, Any]:
    """An object without others in it; numbers as texts, so that none is rounded. Raises Refused."""
    if not isinstance(value, dict):
        raise bad(name, value, "an object")
    for each in (*value, *value.values()):
        if not isinstance(each, PLAIN) or (isinstance(each, str) and not is_storable(each)):
            raise bad(name, each, "a text or a number")
    return {key: str(each) if isinstance(each, Decimal) else each for key, each in value.items()}
