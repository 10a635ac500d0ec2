"""What was sent but not stored, and why: nobody has to find out by missing a trace."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from agentscope.inbox.read import dead_letters, nameless_refusals, refusals
from agentscope.retention.disk import ROOM
from ui.access import PageRequest, page

MOST = 200  # rows of each table


@page
def problems(request: PageRequest) -> HttpResponse:
    """Refusals by day and reason, and accepted requests that could not be stored."""
    may_see_nameless = settings.AGENTSCOPE_EMBEDDED or request.user.is_staff
    context = {
        "page": "problems",
        "refusals": refusals(request.project.pk, MOST),
        "nameless": nameless_refusals(MOST) if may_see_nameless else [],
        "dead_letters": dead_letters(request.project.pk, MOST),
        "full": ROOM.full(),
        "most": MOST,
    }
    return render(request, "problems/page.html", context)
