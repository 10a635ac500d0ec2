"""What was sent but not stored, or not kept elsewhere, and why: nobody has to find out by missing
it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from agentscope.audit.places import failing
from agentscope.audit.read import forged
from agentscope.inbox.read import dead_letters, nameless_refusals, refusals
from agentscope.projects.changes import INSTALLATION
from ui.access import PageRequest, page, sees_installation

MOST = 200  # rows of each table


@page
def problems(request: PageRequest) -> HttpResponse:
    """Refusals by day and reason, accepted requests that could not be stored, entries of a ledger
    that somebody forged, and places that do not take checkpoints."""
    number, runs_it = request.project.pk, sees_installation(request)
    found = {
        "refusals": refusals(number, MOST),
        "nameless": nameless_refusals(MOST) if runs_it else [],
        "dead_letters": dead_letters(number, MOST),
        "not_anchored": list(failing(number)) if request.may["audit"] else [],
        "installation_not_anchored": list(failing(INSTALLATION)) if runs_it else [],
        "forged": forged(number) if request.may["audit"] else [],
        "installation_forged": forged(INSTALLATION) if runs_it else [],
    }
    context = {"page": "problems", "most": MOST, "has_any": any(found.values())}
    return render(request, "problems/page.html", context | found)
