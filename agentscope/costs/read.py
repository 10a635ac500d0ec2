"""Costs as pages and the API read them. Everything is of one project; a foreign id gives None."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from agentscope.costs.amounts import Amounts
from agentscope.costs.answers import (
    Call,
    CallPage,
    CostReport,
    Group,
    Mover,
    Outcomes,
    PathNode,
    PathReport,
    Rest,
    Slice,
)
from agentscope.costs.bounded import TookTooLong, bounded
from agentscope.costs.calls import CHARGED, SHOWN, call_page
from agentscope.costs.dearest import dearest_page
from agentscope.costs.fresh import calls_since
from agentscope.costs.paths import EVERY, of_period, of_trace, path_report
from agentscope.costs.query import (
    ATTRIBUTE,
    DIMENSIONS,
    BadQuery,
    CostQuery,
    Interval,
    Show,
)
from agentscope.costs.report import report
from agentscope.costs.rows import CostRow, all_rows
from agentscope.projects.models import Project
from agentscope.traces.read import trace

__all__ = [
    "ATTRIBUTE",
    "DIMENSIONS",
    "Amounts",
    "BadQuery",
    "Call",
    "CallPage",
    "CostQuery",
    "CostReport",
    "CostRow",
    "Group",
    "Interval",
    "Mover",
    "Outcomes",
    "PathNode",
    "PathReport",
    "Rest",
    "Show",
    "Slice",
    "TookTooLong",
    "calls",
    "cost_rows",
    "costs",
    "period_paths",
    "trace_paths",
]

PATHS = 500  # that an icicle shows one by one


def costs(project_id: int, query: CostQuery) -> CostReport:
    """What a period cost, by groups and over time. Raises BadQuery, TookTooLong."""
    query.check(chosen_attributes(project_id))
    with bounded():
        return report(project_id, query)


def cost_rows(project_id: int, query: CostQuery) -> Iterator[CostRow]:
    """All groups of a period, none left out, slice after slice; `top` and `compare` do not matter.
    Raises BadQuery at once."""
    query.check(chosen_attributes(project_id))
    return all_rows(project_id, query)


def calls(
    project_id: int, query: CostQuery, after: str, limit: int, show: Show = Show.ALL
) -> CallPage:
    """The single calls behind a report, from `after` on ("": the start).

    Model calls, tool calls, failures and whatever else carries tokens or costs: their amounts add
    up to the report's total but for `time_ns` and `traces`. Unless all are shown, only those that
    cost something or have an unknown cost: these add up to its costs. Raises BadQuery, also for an
    `after` that is not ours, and TookTooLong.
    """
    query.check(chosen_attributes(project_id))
    with bounded():
        if show == Show.DEAREST:
            page = dearest_page(project_id, query, after, limit)
        else:
            shown = SHOWN if show == Show.ALL else CHARGED
            page = call_page(project_id, query, after, limit, shown)
        return replace(page, calls_since=calls_since(project_id))


def trace_paths(project_id: int, trace_id: UUID) -> PathReport | None:
    """Costs by path of one trace, as it was examined last, every path of it; None if the project
    has no such trace."""
    if trace(project_id, trace_id) is None:
        return None
    return path_report(of_trace(project_id, trace_id), EVERY)


def period_paths(project_id: int, query: CostQuery, most: int = PATHS) -> PathReport:
    """Costs by path of a period, whatever the query groups by; at most so many paths one by one.
    Raises BadQuery, TookTooLong."""
    query.check(chosen_attributes(project_id))
    with bounded():
        return path_report(of_period(project_id, query), most)


def chosen_attributes(project_id: int) -> list[str]:
    """The attributes that the project chose to group by."""
    chosen = Project.objects.filter(pk=project_id).values_list("cost_attributes", flat=True)
    return list(chosen.first() or [])
