"""What was sent but not stored, and why: nobody has to find out by missing a trace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from agentscope.inbox.read import dead_letters, nameless_refusals, refusals
from ui.access import PageRequest, page, sees_installation

MOST = 200  # rows of each table


@page
def problems(request: PageRequest) -> HttpResponse:
    """Refusals by day and reason, and accepted requests that could not be stored."""
    context = {
        "page": "problems",
        "refusals": refusals(request.project.pk, MOST),
        "nameless": nameless_refusals(MOST) if sees_installation(request) else [],
        "dead_letters": dead_letters(request.project.pk, MOST),
        "most": MOST,
    }
    return render(request, "problems/page.html", context)
