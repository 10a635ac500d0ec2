"""What reviews come to: how often agents were wrong, and how well people looked."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agentscope.projects.roles import Right
from agentscope.reviews.measured import measured, of_agents, of_reviewers
from ui.access import PageRequest, page
from ui.review_forms import RatesForm
from ui.review_words import agent_line, reviewer_line


@page(needs=Right.AUDIT)
def rates(request: PageRequest) -> HttpResponse:
    """Of agents and of reviewers, over a chosen time."""
    form = RatesForm(request.GET)
    since = form.since(timezone.now())
    found = measured(request.project.pk, since, agent=form.said("agent"))
    asked = {"project": request.project.name, "agent": form.said("agent")}
    asked["since"] = since.isoformat(timespec="seconds") if since else ""
    said = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page": "audit",
        "form": form,
        "agents": [agent_line(each) for each in of_agents(found)],
        "reviewers": [reviewer_line(each) for each in of_reviewers(found)],
        "as_json": f"{reverse('api-review-rates')}?{said}",
    }
    return render(request, "audit/review_rates.html", context)
