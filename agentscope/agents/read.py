"""Agents as pages and the API read them: added up from what they did in the traces of a period.
Everything is of one project; to the others a name is None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from agentscope.agents import sql
from agentscope.agents.models import AgentRun
from agentscope.agents.sums import Agent, Day, Edge, Version, agent_of, edges_of, rows, version_of
from agentscope.costs.read import TookTooLong
from agentscope.costs.waiting import bounded
from agentscope.traces.models import Trace

__all__ = [
    "Agent",
    "AgentFilters",
    "AgentPage",
    "Day",
    "Edge",
    "LatestRun",
    "TookTooLong",
    "Version",
    "agent",
    "agents",
    "agents_of_traces",
    "callees",
    "callers",
    "days",
    "latest",
    "versions",
]


@dataclass(slots=True, frozen=True)
class AgentFilters:
    """What is looked for; what is empty does not matter. Times are of an agent's first run in a
    trace."""

    since: datetime | None = None
    until: datetime | None = None  # exclusive
    service: str = ""
    environment: str = ""
    text: str = ""  # in the name

    @property
    def asked(self) -> dict[str, Any]:
        """As parameters of sql.py."""
        return {
            "since": self.since,
            "until": self.until,
            "service": self.service or None,
            "environment": self.environment or None,
            "text": self.text.lower() or None,
            "agent": None,
            "traces": None,
        }


@dataclass(slots=True, frozen=True)
class AgentPage:
    """A page of the list; `total` counts all agents that the filters find."""

    items: list[Agent]
    total: int


@dataclass(slots=True, frozen=True)
class LatestRun:
    """What an agent did in one of its newest traces."""

    run: AgentRun
    trace_name: str
    state: str  # of the trace


def agents(project_id: int, filters: AgentFilters, offset: int, limit: int) -> AgentPage:
    """At most `limit` agents, the most expensive first. One query. Raises TookTooLong."""
    asked = filters.asked | {"project_id": project_id, "limit": limit, "offset": offset}
    with bounded():
        found = rows(sql.AGENTS, asked)
    return AgentPage([agent_of(row[1:]) for row in found], found[0][0] if found else 0)


def agent(project_id: int, name: str, filters: AgentFilters) -> Agent | None:
    """One agent over a period; None if it did not run then. One query."""
    asked = filters.asked | {"project_id": project_id, "agent": name, "limit": 1, "offset": 0}
    found = rows(sql.AGENTS, asked) if "\0" not in name else []  # Postgres cannot compare it
    return agent_of(found[0][1:]) if found else None


def agents_of_traces(project_id: int, traces: Sequence[UUID]) -> list[Agent]:
    """The agents of some traces, the most expensive first. One query."""
    asked = AgentFilters().asked | {"project_id": project_id, "limit": None, "offset": 0}
    return [agent_of(row[1:]) for row in rows(sql.AGENTS, asked | {"traces": list(traces)})]


def callers(project_id: int, name: str, filters: AgentFilters) -> list[Edge]:
    """Who called an agent and how, the most frequent first. One query."""
    return edges_of(sql.CALLERS, filters.asked | {"project_id": project_id, "agent": name})


def callees(project_id: int, name: str, filters: AgentFilters) -> list[Edge]:
    """Whom an agent called and how, the most frequent first. One query."""
    return edges_of(sql.CALLEES, filters.asked | {"project_id": project_id, "agent": name})


def versions(project_id: int, name: str, filters: AgentFilters) -> list[Version]:
    """The versions of an agent side by side, the newest first. One query."""
    asked = filters.asked | {"project_id": project_id, "agent": name}
    return [version_of(row) for row in rows(sql.VERSIONS, asked)]


def days(project_id: int, name: str, filters: AgentFilters) -> list[Day]:
    """What an agent cost each day (UTC) on which it ran, the first first. One query."""
    asked = filters.asked | {"project_id": project_id, "agent": name}
    return [Day(*row) for row in rows(sql.DAYS, asked)]


def latest(project_id: int, name: str, filters: AgentFilters, limit: int) -> list[LatestRun]:
    """The newest traces in which an agent ran. Two queries."""
    found = list(chosen(project_id, name, filters).order_by("-started_at", "trace_id")[:limit])
    traces = Trace.objects.filter(
        project_id=project_id, trace_id__in=[run.trace_id for run in found]
    ).only("trace_id", "project_id", "name", "state")
    named = {trace.trace_id: (trace.name, trace.state) for trace in traces}
    return [LatestRun(run, *named.get(run.trace_id, ("", ""))) for run in found]


def chosen(project_id: int, name: str, filters: AgentFilters) -> QuerySet[AgentRun]:
    """The rows of an agent that the filters find."""
    asked = {
        "started_at__gte": filters.since,
        "started_at__lt": filters.until,
        "service": filters.service or None,
        "environment": filters.environment or None,
    }
    conditions = Q(**{key: value for key, value in asked.items() if value is not None})
    return AgentRun.objects.filter(conditions, project_id=project_id, agent=name)
