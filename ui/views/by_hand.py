"""Lists of what people decided by hand: who is let go on, and who was stopped or let go on."""

from __future__ import annotations

from time import time_ns
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.budgets.by_hand import ended_lifts, ended_stops, lifts
from agentscope.budgets.models import Lift, Stop
from agentscope.budgets.write import end_lift
from ui.access import PageRequest, form_page, page, who
from ui.address import address_of
from ui.by_hand_words import decided
from ui.exports import Links, exports
from ui.views.mappings import is_number
from ui.views.sessions import position

AT_ONCE = 50  # on a page
GOES_ON, STOPPED = "let go on", "stopped by hand"  # what is counted
Row = TypeVar("Row", Lift, Stop)


@page
def all_lifts(request: PageRequest) -> HttpResponse:
    """Who is let go on at present."""
    found = listed(request, lifts(request.project.pk, time_ns()), GOES_ON)
    context = {"page": "budgets", "exports": as_tables(request, "api-lifts"), **found}
    return render(request, "budgets/lifts.html", context)


@page
def over_lifts(request: PageRequest) -> HttpResponse:
    """Who was let go on, and is not any more."""
    found = listed(request, ended_lifts(request.project.pk, time_ns()), GOES_ON)
    links = as_tables(request, "api-lifts", state="ended")
    context = {"page": "budgets", "tab": "lifts", "exports": links, **found}
    return render(request, "budgets/ended.html", context)


@page
def over_stops(request: PageRequest) -> HttpResponse:
    """Who was stopped by hand, and is not any more."""
    found = listed(request, ended_stops(request.project.pk, time_ns()), STOPPED)
    links = as_tables(request, "api-stops", state="ended")
    context = {"page": "budgets", "tab": "stops", "exports": links, **found}
    return render(request, "budgets/ended.html", context)


def listed(request: PageRequest, found: QuerySet[Row], what: str) -> dict[str, Any]:
    """A page of a list from `?from=` on, `what` is counted, and where the rest is. Two queries."""
    total, here = found.count(), address_of(request)
    first = position(request, total)
    last = min(first + AT_ONCE, total)
    numbers = f"{first + 1:,} to {last:,} of {total:,}" if total > AT_ONCE else f"{total:,}"
    return {
        "lines": decided(found[first:last], time_ns()),
        "shown": f"{numbers} {what}",
        "newer": here.with_(**{"from": str(max(first - AT_ONCE, 0))}) if first else "",
        "older": here.with_(**{"from": str(last)}) if last < total else "",
    }


def as_tables(request: PageRequest, name: str, **asked: str) -> Links:
    """The list for machines."""
    return exports(reverse(name), {"project": request.project.name, **asked})


@require_POST
@form_page
def end_going_on(request: PageRequest, lift: int) -> HttpResponse:
    """Let nobody go on any more by a lift; the page of its budget says how it stands then."""
    held = lifts(request.project.pk, time_ns())
    found = held.filter(pk=lift).first() if is_number(str(lift)) else None
    if found is None:
        raise Http404("no such lift")
    end_lift(found, who(request))
    if found.budget_id is None:
        return redirect("budget-lifts", request.project.name)
    return redirect("budget", request.project.name, found.budget_id)
