"""Budgets: how each stands, its groups by use, and what those were told who asked."""

from __future__ import annotations

from time import time_ns
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.alerts.words import DIMENSION
from agentscope.budgets.by_hand import lifts, stops
from agentscope.budgets.decision import Decision
from agentscope.budgets.models import Budget
from agentscope.budgets.read import AnswerFilters, State, answers, states
from agentscope.budgets.read import budget as budget_of
from agentscope.budgets.read import budgets as budgets_of
from agentscope.budgets.write import delete_budget
from ui import amounts
from ui.access import PageRequest, form_page, page, who
from ui.address import address_of
from ui.answer_words import ANSWERED, answer_lines
from ui.budget_words import budget_line, does, group_line
from ui.by_hand_words import decided
from ui.exports import exports
from ui.urgency import urgency
from ui.views.mappings import is_number
from ui.views.sessions import position

GROUPS = 25  # of a budget on a page
LAST = 10**6
ANSWERS = 25  # on a page
LIFTS = 10  # likewise


@page
def all_budgets(request: PageRequest) -> HttpResponse:
    """The budgets, the most urgent first, each with the group that used most."""
    now_ns, zone = time_ns(), ZoneInfo(request.project.time_zone)
    found = states(request.project, budgets_of(request.project.pk), now_ns)
    context = {
        "page": "budgets",
        "lines": [budget_line(each, zone) for each in sorted(found, key=urgency)],
        "count": amounts.count(len(found), "budget"),
        "exports": exports(reverse("api-budgets"), {"project": request.project.name}),
        "stops": stops(request.project.pk, now_ns).count(),
    }
    return render(request, "budgets/page.html", context)


def found_budget(request: PageRequest, number: int) -> Budget:
    """A budget of the project. Raises Http404."""
    found = budget_of(request.project.pk, number) if is_number(str(number)) else None
    if found is None:
        raise Http404("no such budget")
    return found


@page
def one_budget(request: PageRequest, budget: int) -> HttpResponse:
    """A budget with its groups by use, who was let go on, and what was answered."""
    found, now_ns = found_budget(request, budget), time_ns()
    state, first = stood(request, found, now_ns)
    lifted = lifts(request.project.pk, now_ns).filter(budget=found)
    context = {
        "page": "budgets",
        "line": budget_line(state, ZoneInfo(request.project.time_zone)),
        "budget": found,
        "each": DIMENSION[found.each].lower() if found.each else "",
        "does": list(does(state.terms)) if state.terms else [],
        "groups": [group_line(state.terms, each) for each in state.groups] if state.terms else [],
        "lines": decided(lifted[:LIFTS], now_ns),
        "more_lifts": lifted.count() > LIFTS,
        "shown": shown(first, len(state.groups), state.total, found.each),
        "more": address_of(request).with_(**{"from": str(first + GROUPS)})
        if first + GROUPS < state.total
        else "",
        "begin": address_of(request).with_(**{"from": None}) if first else "",
        **history(request, found),
    }
    return render(request, "budgets/budget.html", context)


def stood(request: PageRequest, budget: Budget, now_ns: int) -> tuple[State, int]:
    """How a budget stands, with its groups from `?from=` on, and where they begin; behind the last
    one that is the first page."""
    first = position(request, LAST)
    (state,) = states(request.project, [budget], now_ns, offset=first, limit=GROUPS)
    if not first or state.groups:
        return state, first
    (state,) = states(request.project, [budget], now_ns, limit=GROUPS)
    return state, 0


def shown(first: int, here: int, total: int, each: str) -> str:
    """Which groups are on the page, of which there is one for each …."""
    groups = amounts.count(total, DIMENSION[each].lower()) if each else ""
    return f"{first + 1:,} to {first + here:,} of {groups}" if total > here else groups


def history(request: PageRequest, budget: Budget) -> dict[str, Any]:
    """What was asked and answered, and where the rest of it is."""
    decision, before = request.GET.get("decision", ""), request.GET.get("before", "")
    decision = decision if decision in {each.word for each in Decision} else ""
    filters = AnswerFilters(budget=budget.pk, decision=decision)
    asked_before = int(before) if is_number(before) else None
    found = answers(request.project.pk, filters, asked_before, ANSWERS)
    here = address_of(request)
    return {
        "answers": answer_lines(found.items),
        "decision": decision,
        "decisions": [
            (word, said[0], here.with_(decision=word, before=None))
            for word, said in ANSWERED.items()
        ],
        "any": here.with_(decision=None, before=None),
        "older": here.with_(before=str(found.next)) if found.next else "",
        "newest": here.with_(before=None) if asked_before else "",
    }


@require_POST
@form_page
def drop_budget(request: PageRequest, budget: int) -> HttpResponse:
    """Delete a budget."""
    delete_budget(found_budget(request, budget), who(request))
    return redirect("budgets", request.project.name)
