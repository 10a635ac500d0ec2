"""Agents: the list, and what one of them did over a period."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agentscope.agents.read import AgentFilters, AgentPage, TookTooLong, detail, is_known
from agentscope.agents.read import agents as read_agents
from agentscope.agents.sums import Agent
from agentscope.findings.circuits import circuits
from agentscope.findings.read import ALL, CauseFilters, causes
from agentscope.findings.standing import Standing
from agentscope.findings.standing import of_agents as standing_of
from agentscope.projects.roles import Right
from agentscope.reviews.measured import measured, of_agents
from ui import amounts
from ui.access import PageRequest, page
from ui.address import address_of
from ui.agent_rows import VersionLine, day_chart
from ui.circuit_words import circuit_lines
from ui.listing_forms import AgentForm, PeriodForm
from ui.review_words import AgentLine, agent_line
from ui.views.findings import DAYS, lines
from ui.views.sessions import position, same_table

PAGE = 50  # agents
UNAVAILABLE = 503
RUNS = 20  # newest traces of an agent
CAUSES = 10  # of its findings, the worst
CIRCUITS = 10  # of what it calls, those with the most failures
EVER = datetime(1970, 1, 1, tzinfo=UTC)
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
        return too_long(request, form, problem)
    last, here = first + len(found.items), address_of(request)
    context = {
        "page": "agents",
        "form": form,
        "found": found,
        "rows": rows(request, found),
        "count": count(found, first),
        "period": period(filters),
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0))}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < found.total else "",
        "kept": kept(request),
        "exports": same_table(request, API, **since(filters)),
    }
    return render(request, "agents/page.html", context)


def rows(request: PageRequest, found: AgentPage) -> list[tuple[Agent, Standing | None]]:
    """The agents of a page, each with how many causes were found and still stand."""
    names = [agent.name for agent in found.items]
    stands = standing_of(request.project.pk, names) if names else {}
    return [(agent, stands.get(agent.name)) for agent in found.items]


@page
def agent(request: PageRequest, name: str) -> HttpResponse:
    """One agent over a period."""
    form, project_id = PeriodForm(request.GET), request.project.pk
    filters = form.filters(timezone.now())
    try:
        found = detail(project_id, name, filters, RUNS)
        health = health_of(request, name, filters) if found else {}
    except TookTooLong as problem:
        return too_long(request, form, problem)
    if found is None and not is_known(project_id, name):
        raise Http404("no such agent in this project")
    path = f"{API}/{quote(name, safe='')}"
    context = {
        "page": "agents",
        "form": form,
        "name": name,
        "found": found,
        "agent": found and found.agent,
        "versions": [VersionLine(each) for each in found.versions] if found else [],
        "chart": day_chart(found.days) if found else None,
        **found_of(request, name, filters),
        **health,
        "reviewed": reviewed(request, name, filters),
        "period": period(filters),
        "kept": kept(request),
        "exports": same_table(request, path, **since(filters), limit="500"),
    }
    return render(request, "agents/agent.html", context)


def found_of(request: PageRequest, name: str, filters: AgentFilters) -> dict[str, Any]:
    """What was found of an agent in a period, the worst first, and how many causes there are."""
    asked = CauseFilters(state=ALL, agent=name, since=filters.since)
    found = causes(request.project.pk, asked, 0, CAUSES)
    shown = lines(request.project.pk, found.items, DAYS)
    return {"causes": shown, "causes_total": found.total, "days": DAYS}


def health_of(request: PageRequest, name: str, filters: AgentFilters) -> dict[str, Any]:
    """The tools and providers that failed when the agent called them, and how many there are.
    Raises TookTooLong."""
    now = timezone.now()
    found = circuits(request.project.pk, filters.since or EVER, now, CIRCUITS, name)
    return {
        "circuits": circuit_lines(found.items, filters.since, now),
        "circuits_total": found.total,
    }


def reviewed(request: PageRequest, name: str, filters: AgentFilters) -> AgentLine | None:
    """What people think of its decisions, by verdicts of the period; None where nobody said, or
    who looks may not know. One query at most."""
    if not request.may[Right.AUDIT]:
        return None
    found = of_agents(measured(request.project.pk, filters.since, agent=name))
    return agent_line(found[0]) if found else None


def too_long(request: PageRequest, form: PeriodForm, problem: TookTooLong) -> HttpResponse:
    """The list, with nothing but the reason why there is nothing."""
    context = {"page": "agents", "form": form, "problem": str(problem)}
    return render(request, "agents/page.html", context, status=UNAVAILABLE)


def period(filters: AgentFilters) -> str:
    """When the period began: of several days the first one is a whole one."""
    return f"since {filters.since:%Y-%m-%d %H:%M} UTC" if filters.since else ""


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
