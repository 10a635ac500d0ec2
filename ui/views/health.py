"""Health of tools and models: how a circuit breaker in front of each would have stood."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agentscope.costs.read import TookTooLong
from agentscope.findings.circuits import CircuitPage, circuits
from ui.access import PageRequest, page
from ui.circuit_words import circuit_lines
from ui.exports import exports
from ui.listing_forms import HealthForm

CIRCUITS = 50  # on the page, those with the most failures
UNAVAILABLE = 503
API = "/api/v1/circuits"


@page
def health(request: PageRequest) -> HttpResponse:
    """The tools and providers that failed in a period, over time."""
    form, now = HealthForm(request.GET), timezone.now()
    since, agent = now - form.period, form.said("agent")
    context: dict[str, Any] = {"page": "findings", "form": form}
    try:
        found = circuits(request.project.pk, since, now, CIRCUITS, agent)
    except TookTooLong as problem:
        context["problem"] = str(problem)
        return render(request, "findings/health.html", context, status=UNAVAILABLE)
    asked = {"project": request.project.name, "agent": agent}
    asked["since"] = since.isoformat(timespec="seconds")
    context |= {
        "circuits": circuit_lines(found.items, since, now),
        "count": count(found),
        "exports": exports(API, {name: said for name, said in asked.items() if said}),
    }
    return render(request, "findings/health.html", context)


def count(found: CircuitPage) -> str:
    """How many there are, and how many of them are here."""
    shown, order = len(found.items), "most failures first"
    if found.total > shown:
        return f"{shown:,} of {found.total:,} that failed at all, {order}"
    return f"{found.total:,} that failed at all, {order}"
