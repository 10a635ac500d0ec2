"""What happened to alerts: in a project, or of one rule."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from agentscope.alerts.evidence import names_of
from agentscope.alerts.read import BadCursor, HistoryPage, history, rules
from ui.access import PageRequest, page
from ui.address import address_of
from ui.alert_words import of, runs_of
from ui.event_words import EventLine, event_line
from ui.exports import exports
from ui.views.alerts import PAGE, asked_of_api, rule_asked, told_of


@page
def all_history(request: PageRequest) -> HttpResponse:
    """What happened, the newest first; `?rule=` filters."""
    rule_id = rule_asked(request)
    found = history_page(request, rule_id)
    known = [each.rule for each in rules(request.project.pk)]
    context: dict[str, Any] = {
        "page": "alerts",
        "tab": "history",
        "events": lines(request, found),
        "rules": known,
        "rule": next((each for each in known if each.pk == rule_id), None),
        "is_filtered": rule_id is not None,
        "older": address_of(request).with_(after=found.next) if found.next else "",
        "newest": address_of(request).with_() if "after" in request.GET else "",
        "exports": exports(reverse("api-alert-history"), asked_of_api(request, "", rule_id)),
    }
    return render(request, "alerts/history.html", context)


def history_page(request: PageRequest, rule_id: int | None) -> HistoryPage:
    """What happened; a place that is not ours is the first page."""
    after = request.GET.get("after", "")
    try:
        return history(request.project.pk, rule_id=rule_id, after=after, limit=PAGE)
    except BadCursor:
        return history(request.project.pk, rule_id=rule_id, limit=PAGE)


def lines(request: PageRequest, found: HistoryPage) -> list[EventLine]:
    """What happened in words: to which alert, and how people were told of it."""
    project = request.project
    names = names_of(project.pk, runs_of(each.alert for each in found.items))
    told = told_of(project.pk, found.items)
    return [
        event_line(each, told, of(each.alert, project.week_start, names)) for each in found.items
    ]
