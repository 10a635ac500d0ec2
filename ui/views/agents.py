"""Agents: the list, and what one of them did over a period."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agentscope.agents.read import (
    AgentFilters,
    AgentPage,
    TookTooLong,
    callees,
    callers,
    days,
    latest,
    versions,
)
from agentscope.agents.read import (
    agent as read_agent,
)
from agentscope.agents.read import (
    agents as read_agents,
)
from ui import amounts
from ui.access import PageRequest, page
from ui.address import address_of
from ui.agent_rows import VersionLine, day_chart
from ui.listing_forms import AgentForm, PeriodForm
from ui.views.sessions import position, same_table

PAGE = 50  # agents
UNAVAILABLE = 503
RUNS = 20  # newest traces of an agent
API = "/api/v1/agents"
LAST_AGENT = 10**6


@page
def agents(request: PageRequest) -> HttpResponse:
    """One page of the list, the most expensive agent first."""
    form, first = AgentForm(request.GET), position(request, LAST_AGENT)
    filters = form.filters(timezone.now())
    try:
        found = read_agents(request.project.pk, filters, first, PAGE)
    except TookTooLong as problem:
        context = {"page": "agents", "form": form, "problem": str(problem)}
        return render(request, "agents/page.html", context, status=UNAVAILABLE)
    last, here = first + len(found.items), address_of(request)
    context = {
        "page": "agents",
        "form": form,
        "found": found,
        "count": count(found, first),
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0))}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < found.total else "",
        "kept": kept(request),
        "exports": same_table(request, API, **since(filters)),
    }
    return render(request, "agents/page.html", context)


@page
def agent(request: PageRequest, name: str) -> HttpResponse:
    """One agent over a period."""
    form, project_id = PeriodForm(request.GET), request.project.pk
    filters = form.filters(timezone.now())
    found = read_agent(project_id, name, filters)
    if found is None and read_agent(project_id, name, AgentFilters()) is None:
        raise Http404("no such agent in this project")
    by_day = days(project_id, name, filters)
    path, period = f"{API}/{quote(name, safe='')}", since(filters)
    context = {
        "page": "agents",
        "form": form,
        "name": name,
        "agent": found,
        "callers": callers(project_id, name, filters),
        "callees": callees(project_id, name, filters),
        "versions": [VersionLine(each) for each in versions(project_id, name, filters)],
        "days": by_day,
        "chart": day_chart(by_day),
        "latest": latest(project_id, name, filters, RUNS),
        "kept": kept(request),
        "exports": same_table(request, path, **period, limit="500"),
    }
    return render(request, "agents/agent.html", context)


def count(found: AgentPage, first: int) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "agent")
    shown = f": {first + 1:,} to {first + len(found.items):,}" if found.total > PAGE else ""
    return f"{total}{shown}, most expensive first"


def since(filters: AgentFilters) -> dict[str, str]:
    """The period of the page for where machines read, which else take their own."""
    start = filters.since.isoformat(timespec="seconds") if filters.since else "1970-01-01T00:00:00Z"
    return {"since": start}


def kept(request: PageRequest) -> Any:
    """The period as a query, for links from agent to agent."""
    chosen = request.GET.get("range", "")
    return f"?range={quote(chosen, safe='')}" if chosen else ""
