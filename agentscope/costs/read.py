"""Costs as pages and the API read them. Everything is of one project; a foreign id gives None."""

from __future__ import annotations

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
from agentscope.costs.query import ATTRIBUTE, DIMENSIONS, BadQuery, CostQuery, Interval

__all__ = [
    "ATTRIBUTE",
    "DIMENSIONS",
    "Amounts",
    "BadQuery",
    "Call",
    "CallPage",
    "CostQuery",
    "CostReport",
    "Group",
    "Interval",
    "Mover",
    "Outcomes",
    "PathNode",
    "PathReport",
    "Rest",
    "Slice",
    "calls",
    "costs",
    "period_paths",
    "trace_paths",
]

PATHS = 500  # that an icicle shows one by one


def costs(project_id: int, query: CostQuery) -> CostReport:
    """What a period cost, by groups and over time. Raises BadQuery."""
    raise NotImplementedError


def calls(project_id: int, query: CostQuery, after: str, limit: int) -> CallPage:
    """The single calls behind a report, the latest hour first, from `after` on ("": the start).

    Their amounts add up to the report's total but for time and errors, which spans without tokens,
    costs and calls have too. Raises BadQuery, also for an `after` that is not ours.
    """
    raise NotImplementedError


def trace_paths(project_id: int, trace_id: UUID) -> PathReport | None:
    """Costs by path of one trace, as it was examined last; None if the project has no such
    trace."""
    raise NotImplementedError


def period_paths(project_id: int, query: CostQuery, most: int = PATHS) -> PathReport:
    """Costs by path of a period, whatever the query groups by; at most so many paths one by one.
    Raises BadQuery."""
    raise NotImplementedError
