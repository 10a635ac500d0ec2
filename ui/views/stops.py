"""What people decide by hand: who may go on over a budget, and who is stopped."""

from __future__ import annotations

from time import time_ns

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agentscope.alerts.watch import BadRule
from agentscope.budgets.read import stops
from agentscope.budgets.write import end_stop, lift_budget, stop
from ui.access import PageRequest, form_page, who
from ui.stop_forms import LONGEST_NAME, LiftForm, StopForm
from ui.views.budgets import found_budget


@form_page
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
    context = {"page": "budgets", "budget": found, "group": group, "form": form}
    return render(request, "budgets/lift.html", context)


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
        except ValueError:
            form.add_error("name", "A run is named by the 32 hex digits of its id.")
    context = {"page": "budgets", "form": form, "stops": stops(request.project.pk, time_ns())}
    return render(request, "budgets/stops.html", context)


def asked(request: PageRequest) -> dict[str, str]:
    """Who is to be stopped, where a link says so."""
    return {name: request.GET.get(name, "") for name in ("of", "name")}


@require_POST
@form_page
def let_go(request: PageRequest, number: int) -> HttpResponse:
    """Let somebody go on who was stopped by hand."""
    found = next((each for each in stops(request.project.pk, time_ns()) if each.pk == number), None)
    if found is None:
        raise Http404("no such stop")
    end_stop(found, who(request))
    return redirect("budget-stops", request.project.name)
