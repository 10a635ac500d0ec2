"""Mutes: when nobody is told of a rule, or of any."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.alerts.acts import Refused
from agentscope.alerts.read import mute as read_mute
from agentscope.alerts.read import mutes, rules
from agentscope.alerts.write import end_mute, mute
from ui.access import PageRequest, form_page, who
from ui.alert_forms import MuteForm
from ui.exports import exports


@form_page
def all_mutes(request: PageRequest) -> HttpResponse:
    """The mutes that hold or are to come, and the form of another one."""
    said = request.POST if request.method == "POST" else None
    known = [each.rule for each in rules(request.project.pk)]
    zone = ZoneInfo(request.project.time_zone)
    form = MuteForm(said, known, zone, initial={"rule": request.GET.get("rule", "")})
    if form.is_valid() and muted(request, form, {str(each.pk): each for each in known}):
        return redirect("alert-mutes", request.project.name)
    now = timezone.now()

    def local(at: datetime) -> str:
        return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")

    context = {
        "page": "alerts",
        "tab": "mutes",
        "form": form,
        "zone": zone.key,
        "exports": exports(reverse("api-alert-mutes"), {"project": request.project.name}),
        "mutes": [
            (each, local(each.begins_at), local(each.ends_at), each.begins_at <= now)
            for each in mutes(request.project.pk, now)
        ],
    }
    return render(request, "alerts/mutes.html", context)


def muted(request: PageRequest, form: MuteForm, known: dict[str, Any]) -> bool:
    """Mute what the form says; what is wrong with it the form says itself."""
    clean = form.cleaned_data
    rule = known.get(clean["rule"])
    times = clean["begins"], clean["ends"]
    try:
        mute(request.project.pk, rule, *times, who(request), clean["reason"])
    except Refused as problem:
        form.add_error("ends", str(problem))
        return False
    return True


@require_POST
@form_page
def stop_mute(request: PageRequest, mute: int) -> HttpResponse:
    """End a mute now."""
    found = read_mute(request.project.pk, mute)
    if found is None:
        raise Http404("no such mute in this project")
    end_mute(found, who(request))
    return redirect("alert-mutes", request.project.name)
