"""Alerts: how they stand, what happened to one, the runs behind it, and what people do about it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from agentscope.alerts.acts import Refused, acknowledge, snooze, unsnooze
from agentscope.alerts.evidence import names_of
from agentscope.alerts.models import AlertEvent
from agentscope.alerts.read import (
    STATES,
    AlertPage,
    BadCursor,
    HistoryPage,
    Standing,
    alerts,
    counts,
    event,
    evidence_of,
    history,
    rule,
)
from agentscope.alerts.read import alert as read_alert
from agentscope.alerts.watch import BadRule
from agentscope.channels.models import Delivery
from agentscope.channels.read import deliveries_about
from ui import amounts
from ui.access import PageRequest, form_page, page, wants, who
from ui.address import address_of
from ui.alert_forms import AcknowledgeForm, SnoozeForm
from ui.alert_words import alert_line, runs_of, tiles, when
from ui.event_words import EventLine, about, event_line, parts
from ui.exports import exports
from ui.views.mappings import is_number
from ui.views.sessions import position

PAGE = 50  # alerts, or what happened to one
LAST = 10**6
NO_CONTENT = 204
ANEW: dict[str, str | None] = {"from": None, "seen": None}  # a list from its begin


@page
def all_alerts(request: PageRequest) -> HttpResponse:
    """The alerts, those that fire first; `?state=` and `?rule=` filter. htmx asks whether the list
    changed: 204 if not."""
    state, now = request.GET.get("state", ""), timezone.now()
    state = state if state in STATES else ""
    rule_id, first = rule_asked(request), position(request, LAST)
    found = alerts(request.project.pk, now, state=state, rule_id=rule_id, offset=first, limit=PAGE)
    counted = counts(request.project.pk, now, rule_id)
    is_part, seen = wants(request, "alerts"), mark(found, counted)
    if is_part and request.GET.get("seen") == seen:
        return HttpResponse(status=NO_CONTENT)
    names = names_of(request.project.pk, runs_of(each.alert for each in found.items))
    context = {
        "page": "alerts",
        "tab": "alerts",
        "tiles": [with_address(request, each) for each in tiles(counted, state, STATES)],
        "lines": [alert_line(each, request.project.week_start, names) for each in found.items],
        "count": count(found, first),
        "rule": None if rule_id is None else rule(request.project.pk, rule_id),
        "state": state,
        "is_filtered": bool(state) or rule_id is not None,
        "any": sum(counted[name] for name in STATES[:5]),
        "seen": seen,
        "address": address_of(request).without("seen"),
        "exports": exports(reverse("api-alerts"), asked_of_api(request, state, rule_id)),
        **pages(request, first, len(found.items), found.total),
    }
    return render(request, "alerts/_list.html" if is_part else "alerts/page.html", context)


def rule_asked(request: PageRequest) -> int | None:
    """The rule whose alerts alone are asked for."""
    asked = request.GET.get("rule", "")
    return int(asked) if is_number(asked) else None


def asked_of_api(request: PageRequest, state: str, rule_id: int | None) -> dict[str, str]:
    """The filters of the list, as the API has them."""
    said = {"state": state, "rule": "" if rule_id is None else str(rule_id)}
    return {"project": request.project.name} | {name: text for name, text in said.items() if text}


def mark(found: AlertPage, counted: dict[str, int]) -> str:
    """Changes whenever the list would: what htmx has seen."""
    told = [
        (each.alert.pk, each.alert.state, each.alert.value, each.is_snoozed, each.is_muted,
         each.is_flapping, each.alert.acknowledged_by, each.alert.since_ns)
        for each in found.items
    ]  # fmt: skip
    return blake2b(repr((told, found.total, counted)).encode(), digest_size=8).hexdigest()


def with_address(request: PageRequest, tile: dict[str, Any]) -> dict[str, Any]:
    """A tile with where it leads: to its state, or back to all."""
    state = None if tile["is_chosen"] else tile["state"]
    return tile | {"address": address_of(request).with_(**{"state": state, **ANEW})}


def count(found: AlertPage, first: int) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "alert")
    shown = f": {first + 1:,} to {first + len(found.items):,}" if found.total > PAGE else ""
    return f"{total}{shown}, those that fire first"


def pages(request: PageRequest, first: int, shown: int, total: int) -> dict[str, str]:
    """Where the rest of a list is."""
    here, last = address_of(request), first + shown
    earlier = here.with_(**ANEW | {"from": str(max(first - PAGE, 0))}) if first else ""
    return {
        "earlier": earlier,
        "later": here.with_(**ANEW | {"from": str(last)}) if last < total else "",
    }


@form_page
def one_alert(request: PageRequest, alert: int) -> HttpResponse:
    """One alert: how it stands, the runs behind it, and what happened. What somebody does about it
    is posted here."""
    found = read_alert(request.project.pk, alert, timezone.now())
    if found is None:
        raise Http404("no such alert in this project")
    forms = {"acknowledge": AcknowledgeForm(), "snooze": SnoozeForm()}
    refused = ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = {"acknowledge": AcknowledgeForm, "snooze": SnoozeForm}.get(do)
        said = form(request.POST) if form else None
        if said is not None:
            forms[do] = said
        refused = act(request, found, do, said)
        if not refused and (said is None or said.is_valid()):
            return redirect("alert", request.project.name, alert)
    return shown(request, found, {"forms": forms, "refused": refused})


def act(request: PageRequest, found: Standing, do: str, form: Any) -> str:
    """Do what somebody asked for; why it cannot be done, else empty. Raises Http404."""
    if form is not None and not form.is_valid():
        return ""
    try:
        if do == "acknowledge":
            acknowledge(found.alert, who(request), form.cleaned_data["note"])
        elif do == "snooze":
            snooze(found.alert, form.until, who(request), form.cleaned_data["reason"])
        elif do == "wake":
            unsnooze(found.alert, who(request))
        else:
            raise Http404("nothing that can be done")
    except Refused as problem:
        return str(problem)
    return ""


def shown(request: PageRequest, found: Standing, context: dict[str, Any]) -> HttpResponse:
    """The page of an alert."""
    happened = history_of(request, found.alert.pk)
    names = names_of(request.project.pk, runs_of([found.alert]))
    context |= {
        "page": "alerts",
        "line": alert_line(found, request.project.week_start, names),
        "run": next(iter(names), None),
        "events": lines(request, happened.items),
        "older": address_of(request).with_(after=happened.next) if happened.next else "",
        "newest": "after" in request.GET,
        **evidence(request, found, happened),
    }
    return render(request, "alerts/alert.html", context)


def history_of(request: PageRequest, pk: int) -> HistoryPage:
    """What happened to an alert; a place that is not ours is the first page."""
    after = request.GET.get("after", "")
    try:
        return history(request.project.pk, alert_id=pk, after=after, limit=PAGE)
    except BadCursor:
        return history(request.project.pk, alert_id=pk, limit=PAGE)


def lines(request: PageRequest, events: Sequence[AlertEvent]) -> list[EventLine]:
    """What happened to an alert in words, and how people were told of it."""
    told = told_of(request.project.pk, events)
    return [event_line(each, told) for each in events]


def told_of(project_id: int, events: Sequence[AlertEvent]) -> dict[str, list[Delivery]]:
    """How people were told of what happened. One query."""
    return deliveries_about(project_id, [about(each) for each in events if each.notice])


def evidence(request: PageRequest, found: Standing, happened: HistoryPage) -> dict[str, Any]:
    """The runs behind the event that the address names, else behind the newest that has any."""
    chosen = event_asked(request, found) or next(
        (each for each in happened.items if each.window_end_ns is not None), None
    )
    if chosen is None:
        return {}
    told: dict[str, Any] = {"chosen": event_line(chosen)}
    try:
        behind = evidence_of(request.project, chosen)
    except BadRule as problem:
        return told | {"problem": str(problem)}
    if behind is None:
        return told
    is_part = behind.since_ns > (chosen.window_begin_ns or 0)
    since = when(behind.since_ns) if is_part else None
    return told | {"behind": behind, "parts": parts(behind, chosen), "since": since}


def event_asked(request: PageRequest, found: Standing) -> AlertEvent | None:
    """The event that the address names. Raises Http404 for one of another alert."""
    said = request.GET.get("event", "")
    if not said:
        return None
    chosen = event(request.project.pk, int(said)) if is_number(said) else None
    if chosen is None or chosen.alert_id != found.alert.pk:
        raise Http404("nothing of the kind happened to this alert")
    return chosen
