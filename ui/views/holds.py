"""Legal holds: which traces nothing may remove, since when and why."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from agentscope.projects.roles import Right
from agentscope.retention.read import hold_of, holds
from agentscope.retention.write import GONE, BadHold, hold, lift
from ui.access import PageRequest, form_page, page, who
from ui.retention_forms import ReasonForm
from ui.views.trace import known_trace


@page
def all_holds(request: PageRequest) -> HttpResponse:
    """The traces that are held, the newest hold first."""
    context = {"page": "settings", "tab": "storage", "holds": holds(request.project.pk)}
    return render(request, "settings/holds.html", context)


@form_page(needs=Right.MANAGE)
def trace_hold(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Hold a trace, or let it go; each with a reason."""
    found = known_trace(request, trace_id)
    held = hold_of(request.project.pk, trace_id)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if form.is_valid():
        try:
            change(request, trace_id, form.cleaned_data["reason"], lifts="lift" in request.POST)
            return redirect("trace", request.project.name, trace_id)
        except BadHold as error:
            form.add_error("reason", str(error))
    context = {"page": "traces", "trace": found, "held": held, "form": form}
    return render(request, "trace/hold.html", context)


def change(request: PageRequest, trace_id: UUID, reason: str, *, lifts: bool) -> None:
    """Put a hold, or lift the one that was shown. Raises BadHold."""
    held = hold_of(request.project.pk, trace_id)
    if not lifts:
        hold(request.project.pk, trace_id, reason, who(request))
    elif held is None:
        raise BadHold(GONE)
    else:
        lift(held, reason, who(request))
