"""What people decide by hand: who may go on over a budget or in spite of a finding, who is stopped,
and what holds where no budget does."""

from __future__ import annotations

from time import time_ns
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.alerts.watch import BadRule
from agentscope.budgets.by_hand import stops
from agentscope.budgets.failing import failing_tools
from agentscope.budgets.read import otherwise
from agentscope.budgets.write import end_stop, lift_budget, lift_findings, set_otherwise, stop
from agentscope.meter.scope import group_name
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, who
from ui.circuit_words import TONES, WORDS
from ui.stop_forms import LONGEST_NAME, LiftForm, OtherwiseForm, StopForm
from ui.views.budgets import found_budget
from ui.views.by_hand import STOPPED, as_tables, listed
from ui.views.mappings import is_number
from ui.views.trace import known_trace

TOOLS = 50  # that failed, on a page


@form_page(to_read=Right.OPERATE)
def lift(request: PageRequest, budget: int) -> HttpResponse:
    """Let a group of a budget go on for a while: that of `?group=`, or all where it has none."""
    found = found_budget(request, budget)
    group = request.GET.get("group", "") if found.each else ""
    if "\0" in group or len(group) > LONGEST_NAME or bool(found.each) != bool(group):
        return redirect("budget", request.project.name, found.pk)
    form = LiftForm(request.POST) if request.method == "POST" else LiftForm()
    if form.is_valid():
        try:
            lift_budget(found, group, form.until, who(request), form.cleaned_data["why"])
            return redirect("budget", request.project.name, found.pk)
        except BadRule as error:
            form.add_error("why", str(error))
    name = group_name(found.each, group)
    context = {"page": "budgets", "budget": found, "group": name, "form": form}
    return render(request, "budgets/lift.html", context)


@form_page(to_read=Right.OPERATE)
def lift_found(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Let a trace go on for a while in spite of what was found in it."""
    found = known_trace(request, trace_id)
    form = LiftForm(request.POST) if request.method == "POST" else LiftForm()
    if form.is_valid():
        why = form.cleaned_data["why"]
        try:
            lift_findings(request.project.pk, trace_id, form.until, who(request), why)
            return redirect("trace", request.project.name, trace_id)
        except BadRule as error:
            form.add_error("why", str(error))
    context = {"page": "traces", "trace": found, "form": form}
    return render(request, "budgets/lift_findings.html", context)


@form_page
def all_stops(request: PageRequest) -> HttpResponse:
    """Who is stopped by hand, and the form that stops somebody."""
    form = StopForm(request.POST) if request.method == "POST" else StopForm(initial=asked(request))
    if form.is_valid():
        try:
            stop(request.project.pk, who=who(request), **form.cleaned_data)
            return redirect("budget-stops", request.project.name)
        except BadRule as error:
            form.add_error(error.part if error.part in form.fields else "name", str(error))
    now_ns = time_ns()
    context = {
        "page": "budgets",
        "form": form,
        "exports": as_tables(request, "api-stops"),
        **listed(request, stops(request.project.pk, now_ns), STOPPED),
        "tools": [
            (each, WORDS[each.state], TONES[each.state])
            for each in failing_tools(request.project.pk, now_ns, TOOLS)
        ],
    }
    return render(request, "budgets/stops.html", context)


def asked(request: PageRequest) -> dict[str, str]:
    """Who is to be stopped, where a link says so."""
    return {name: request.GET.get(name, "") for name in ("of", "name")}


@require_POST
@form_page
def let_go(request: PageRequest, number: int) -> HttpResponse:
    """Let somebody go on who was stopped by hand."""
    held = stops(request.project.pk, time_ns())
    found = held.filter(pk=number).first() if is_number(str(number)) else None
    if found is None:
        raise Http404("no such stop")
    end_stop(found, who(request))
    return redirect("budget-stops", request.project.name)


@form_page
def where_none_holds(request: PageRequest) -> HttpResponse:
    """What those are told of whose call no budget holds."""
    now = otherwise(request.project.pk)
    start = {"decision": now.decision, "fail": now.fail}
    form = OtherwiseForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        set_otherwise(request.project.pk, who=who(request), **form.cleaned_data)
        return redirect(f"{reverse('budgets-otherwise', args=[request.project.name])}?saved=1")
    context = {"page": "budgets", "form": form, "saved": request.GET.get("saved")}
    return render(request, "budgets/otherwise.html", context)
