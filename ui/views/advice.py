"""Which calls could run on a cheaper model, what it would save, and what shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from agentscope.costs.read import TookTooLong
from agentscope.routing.advised import ASSUMED, Verdict
from agentscope.routing.read import report, saving_of, with_examples
from ui import amounts
from ui.access import PageRequest, page
from ui.advice_words import RULE, pieces
from ui.exports import exports
from ui.listing_forms import AdviceForm

SHOWN = 50  # pieces on the page, what is proven first, then by what it saves
UNAVAILABLE = 503


@page
def advice(request: PageRequest) -> HttpResponse:
    """The calls of a period that could run on a cheaper model."""
    form, now = AdviceForm(request.GET), timezone.now()
    since, agent = now - form.period, form.said("agent")
    context: dict[str, Any] = {"page": "costs", "form": form, "assumed": ASSUMED, "rule": RULE}
    try:
        found = report(request.project.pk, since, now)
    except TookTooLong as problem:
        context["problem"] = str(problem)
        return render(request, "costs/advice.html", context, status=UNAVAILABLE)
    picked = [each for each in found.advice if not agent or each.agent == agent]
    asked = {"project": request.project.name, "agent": agent}
    asked["since"] = since.isoformat(timespec="seconds")
    context |= {
        "pieces": pieces(with_examples(request.project.pk, found, picked[:SHOWN])),
        "proven": amounts.money(saving_of(picked, Verdict.PROVEN)),
        "tried": amounts.money(saving_of(picked, Verdict.TRY)),
        "total": len(picked),
        "left": len(picked) - SHOWN,
        "is_whole": found.is_whole,
        "exports": exports(
            reverse("api-advice"), {name: said for name, said in asked.items() if said}
        ),
    }
    return render(request, "costs/advice.html", context)
