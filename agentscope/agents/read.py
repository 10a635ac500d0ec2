"""Agents as pages and the API read them: added up from whole days (UTC), and at either end of a
period from what they did in single traces. Everything is of one project; to the others a name is
None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from agentscope.agents import sql
from agentscope.agents.models import AgentDay, AgentRun
from agentscope.agents.sums import Agent, Day, Edge, Version, agent_of, edge_of, rows, version_of
from agentscope.costs.bounded import bounded
from agentscope.costs.models import DayDue
from agentscope.costs.read import TookTooLong
from agentscope.costs.sources import DAY, midnight
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace

__all__ = [
    "Agent",
    "AgentDetail",
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
    "detail",
    "is_known",
    "latest",
    "midnight_before",
    "versions",
]

LAST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True, frozen=True)
class AgentFilters:
    """What is looked for; what is empty does not matter. Times are of an agent's first run in a
    trace. The most of it is quick to find if they are midnights, UTC."""

    since: datetime | None = None
    until: datetime | None = None  # exclusive
    service: str = ""
    environment: str = ""
    text: str = ""  # in the name

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The period in UTC, as far as times are ever."""
        since, until = (
            min(max(at, EPOCH), LAST).astimezone(UTC)
            for at in (self.since or EPOCH, self.until or LAST)
        )
        return since, until


@dataclass(slots=True, frozen=True)
class AgentPage:
    """A page of the list; `total` counts all agents that the filters find."""

    items: list[Agent]
    total: int
    days_due: int  # days of the period that are being added up again just now


@dataclass(slots=True, frozen=True)
class LatestRun:
    """What an agent did in one of its newest traces."""

    run: AgentRun
    trace_name: str
    state: str  # of the trace


@dataclass(slots=True, frozen=True)
class AgentDetail:
    """All that the page of an agent tells of a period."""

    agent: Agent
    callers: list[Edge]
    callees: list[Edge]
    versions: list[Version]
    days: list[Day]
    latest: list[LatestRun]
    days_due: int  # days of the period that are being added up again just now


def agents(project_id: int, filters: AgentFilters, offset: int, limit: int) -> AgentPage:
    """At most `limit` agents, the most expensive first. Two queries. Raises TookTooLong."""
    with bounded():
        found = ask(sql.AGENTS, project_id, filters, limit=limit, offset=offset)
        due = days_due(project_id, filters)
    return AgentPage([agent_of(row[1:]) for row in found], found[0][0] if found else 0, due)


def detail(project_id: int, name: str, filters: AgentFilters, limit: int) -> AgentDetail | None:
    """An agent over a period with at most `limit` of its newest traces; None if it did not run
    then. Eight queries. Raises TookTooLong."""
    with bounded():
        found = agent(project_id, name, filters)
        if found is None:
            return None
        return AgentDetail(
            agent=found,
            callers=callers(project_id, name, filters),
            callees=callees(project_id, name, filters),
            versions=versions(project_id, name, filters),
            days=days(project_id, name, filters),
            latest=latest(project_id, name, filters, limit),
            days_due=days_due(project_id, filters),
        )


def is_known(project_id: int, name: str) -> bool:
    """Whether an agent ever ran, also if that is not added up yet. At most two queries."""
    if "\0" in name:  # Postgres cannot compare it
        return False
    kept = (
        model.objects.filter(project_id=project_id, agent=name) for model in (AgentDay, AgentRun)
    )
    return any(rows.exists() for rows in kept)


def agent(project_id: int, name: str, filters: AgentFilters) -> Agent | None:
    """One agent over a period; None if it did not run then. One query."""
    if "\0" in name:  # Postgres cannot compare it
        return None
    found = ask(sql.AGENTS, project_id, filters, agent=name, limit=1, offset=0)
    return agent_of(found[0][1:]) if found else None


def agents_of_traces(project_id: int, traces: Sequence[UUID]) -> list[Agent]:
    """The agents of some traces, the most expensive first. One query."""
    asked = {"project_id": project_id, "traces": list(traces), "limit": None, "offset": 0}
    found = rows(sql.AGENTS.format(parts=sql.OF_TRACES), asked)
    return [agent_of(row[1:]) for row in found]


def callers(project_id: int, name: str, filters: AgentFilters) -> list[Edge]:
    """Who called an agent and how, the most frequent first. One query."""
    return [edge_of(row) for row in ask(sql.CALLERS, project_id, filters, agent=name)]


def callees(project_id: int, name: str, filters: AgentFilters) -> list[Edge]:
    """Whom an agent called and how, the most frequent first. One query."""
    return [edge_of(row) for row in ask(sql.CALLEES, project_id, filters, called_by=name)]


def versions(project_id: int, name: str, filters: AgentFilters) -> list[Version]:
    """The versions of an agent side by side, the newest first. One query."""
    return [version_of(row) for row in ask(sql.VERSIONS, project_id, filters, agent=name)]


def days(project_id: int, name: str, filters: AgentFilters) -> list[Day]:
    """What an agent cost each day (UTC) on which it ran, the first first. One query."""
    return [Day(*row) for row in ask(sql.DAYS, project_id, filters, agent=name)]


def ask(question: str, project_id: int, filters: AgentFilters, **more: Any) -> list[Any]:
    """The answer to a question of sql.py about the parts of a period: its whole days, and the
    hours before and after them, if there are any."""
    since, until = filters.bounds
    first, last = midnight(since + DAY - timedelta.resolution), midnight(until)
    if first >= last:  # no whole day
        first = last = until
    parts = [sql.OF_DAYS] * (first < last) + [sql.BEFORE] * (since < first)
    parts += [sql.AFTER] * (last < until)
    asked: dict[str, Any] = {"agent": None, "called_by": None, **more}
    asked |= {"since": since, "first": first, "last": last, "until": until}
    asked |= {
        "project_id": project_id,
        "service": filters.service or None,
        "environment": filters.environment or None,
        "text": filters.text.lower() or None,
    }
    return rows(question.format(parts=" union all ".join(parts or [sql.AFTER])), asked)


def midnight_before(now: datetime, period: timedelta) -> datetime:
    """The start of the day (UTC) on which a period that ends now begins: whole days are quick."""
    return midnight(now.astimezone(UTC) - period)


def days_due(project_id: int, filters: AgentFilters) -> int:
    """How many days of a period are to be added up again."""
    since, until = filters.bounds
    found = DayDue.objects.filter(project_id=project_id, due_at__isnull=False)
    return found.filter(day__gte=since.date(), day__lte=until.date()).count()


def latest(project_id: int, name: str, filters: AgentFilters, limit: int) -> list[LatestRun]:
    """The newest traces in which an agent ran, of those that are still there: what was spent stays
    longer than its trace. Two queries."""
    traces = Trace.objects.filter(project_id=project_id)
    runs = chosen(project_id, name, filters).filter(
        Exists(traces.filter(trace_id=OuterRef("trace_id")))
    )
    found = list(runs.order_by("-started_at", "trace_id")[:limit])
    kept = traces.filter(trace_id__in=[run.trace_id for run in found])
    named = {
        trace.trace_id: (trace.name, trace.state)
        for trace in kept.only("trace_id", "project_id", "name", "state")
    }
    return [LatestRun(run, *named[run.trace_id]) for run in found if run.trace_id in named]


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
