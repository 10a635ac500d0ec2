"""Runs that a run may be compared with: those of the same name, agent or session around it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from agentscope.traces.cursor import Cursor
from agentscope.traces.models import Trace
from agentscope.traces.read import TraceFilters, beyond, conditions

NEAR = 1_000  # traces before a run, and after it, that are looked through
MOST = 5  # of each group, before and after

SESSION, NAME, AGENT = "session", "name", "agent"


@dataclass(slots=True, frozen=True)
class Others:
    """Runs of a group, the newest first."""

    what: str  # what is the same: SESSION, NAME or AGENT
    text: str
    after: list[Trace]
    before: list[Trace]


def others(project_id: int, trace: Trace) -> list[Others]:
    """What is around a run, by what is the same. Two queries for each group."""
    return [
        Others(
            what,
            text,
            after=near(project_id, trace, same, is_before=False)[::-1],
            before=near(project_id, trace, same, is_before=True),
        )
        for what, (text, same) in likenesses(trace).items()
    ]


def previous(project_id: int, trace: Trace) -> Trace | None:
    """The run before, of the same name, else of the same agent. Two queries at most."""
    found = likenesses(trace)
    for what in (NAME, AGENT):
        before = (
            near(project_id, trace, found[what][1], is_before=True, most=1) if what in found else []
        )
        if before:
            return before[0]
    return None


def likenesses(trace: Trace) -> dict[str, tuple[str, Q]]:
    """What runs may have in common with one: the text of it, and how they are found."""
    agent = trace.agents[0] if trace.agents else ""
    found = {
        SESSION: (trace.session, Q(session=trace.session)),
        NAME: (trace.name, Q(name=trace.name)),
        AGENT: (agent, Q(agents__contains=[agent])),
    }
    return {what: said for what, said in found.items() if said[0]}


def near(
    project_id: int, trace: Trace, same: Q, *, is_before: bool, most: int = MOST
) -> list[Trace]:
    """The nearest runs that are the same in something, among the NEAR traces before or after."""
    here = Cursor(trace.started_at, trace.trace_id)
    order = ("-started_at", "trace_id") if is_before else ("started_at", "-trace_id")
    side = beyond(here) if is_before else ahead(here)
    around = Trace.objects.filter(side, project_id=project_id).order_by(*order)
    found = Trace.objects.filter(
        same,
        conditions(TraceFilters()),
        project_id=project_id,
        trace_id__in=around.values("trace_id")[:NEAR],
    )
    return list(found.order_by(*order)[:most])


def ahead(of: Cursor) -> Q:
    """What comes before a cursor, in the order of the list: what started later."""
    same = Q(started_at=of.started_at, trace_id__lt=of.trace_id)
    return Q(started_at__gte=of.started_at) & (Q(started_at__gt=of.started_at) | same)
