"""The form of a budget, with what it would have done."""

from __future__ import annotations

from time import time_ns
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from agentscope.alerts.models import Rule
from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import terms
from agentscope.budgets.preview import past
from agentscope.budgets.write import save_budget
from agentscope.channels.models import Channel
from agentscope.channels.read import channels_of
from agentscope.costs.bounded import TookTooLong
from agentscope.meter.known import known_names
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, wants, who
from ui.budget_form import BudgetForm
from ui.budget_words import past_lines
from ui.views.budgets import found_budget


@form_page(to_read=Right.OPERATE)
def new_budget(request: PageRequest) -> HttpResponse:
    """A budget that is to be."""
    return edited(request, None)


@form_page(to_read=Right.OPERATE)
def edit_budget(request: PageRequest, budget: int) -> HttpResponse:
    """What a budget says."""
    return edited(request, found_budget(request, budget))


def edited(request: PageRequest, budget: Budget | None) -> HttpResponse:
    """The form, its preview if that is asked for, or the budget that was saved."""
    channels, is_part = channels_of(request.project.pk), wants(request, "preview")
    context: dict[str, Any] = {}
    if request.method != "POST":
        form = BudgetForm(None, channels, initial=start_of(budget))
        return shown(request, form, budget, context)
    form = BudgetForm(request.POST, channels)
    if form.is_valid():
        try:
            if is_part or "preview" in request.POST:
                context = preview(request, form)
            else:
                told = [each for each in channels if each.pk in form.chosen]
                return saved(request, form, told, budget)
        except BadRule as error:
            form.blame(error)
    return shown(request, form, budget, context, "_preview" if is_part else "edit")


def start_of(budget: Budget | None) -> dict[str, Any]:
    """What the form begins with."""
    if budget is None:
        return BudgetForm.start()
    rule = Rule.objects.filter(project_id=budget.project_id, budget=budget.pk).first()
    told = [str(each.pk) for each in rule.channels.all()] if rule else []
    return BudgetForm.start_of(budget) | {"channels": told}


def saved(
    request: PageRequest, form: BudgetForm, channels: list[Channel], budget: Budget | None
) -> HttpResponse:
    """Store what is said, and go to it. Raises BadRule, and Http404 for one that is gone."""
    try:
        kept = save_budget(request.project, who(request), form.said, channels, budget)
    except Gone as gone:
        raise Http404(str(gone)) from gone
    return redirect("budget", request.project.name, kept.pk)


def preview(request: PageRequest, form: BudgetForm) -> dict[str, Any]:
    """The windows before beside the limit. Raises BadRule."""
    found, zone = terms(form.said, request.project.week_start), ZoneInfo(request.project.time_zone)
    try:
        lines = past_lines(found, past(request.project, found, time_ns()), zone)
    except TookTooLong as problem:
        return {"problem": str(problem)}
    return {"past": lines, "each": found.watch.scope.each, "stops": found.policy.hard == "stop"}


def shown(
    request: PageRequest,
    form: BudgetForm,
    budget: Budget | None,
    context: dict[str, Any],
    template: str = "edit",
) -> HttpResponse:
    """The page of the form, or its preview alone."""
    context |= {"page": "budgets", "form": form, "budget": budget}
    if template == "edit":
        context["known"] = known_names(request.project.pk)
    return render(request, f"budgets/{template}.html", context)
