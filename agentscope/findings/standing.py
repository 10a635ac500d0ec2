"""What was found and nobody has decided about: marks on the rows of lists. One query each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from agentscope.findings.decisions import EXPECTED, OPEN, RESOLVED
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import states


@dataclass(slots=True, frozen=True)
class Standing:
    """What was found at all places, and nobody has decided about."""

    findings: int
    severity: int  # the worst


def in_traces(project_id: int, trace_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """What stands in traces, for those in which anything does."""
    return counted(undecided(project_id).filter(trace_id__in=list(trace_ids)), "trace_id")


def in_sessions(project_id: int, sessions: Iterable[str]) -> dict[str, Standing]:
    """What stands in the traces of sessions, for those in which anything does."""
    named = [each for each in sessions if each]
    return counted(undecided(project_id).exclude(session="").filter(session__in=named), "session")


def of_agents(project_id: int, agents: Sequence[str]) -> dict[str, Standing]:
    """How many causes of agents stand, for those that have any."""
    rows = Cause.objects.filter(
        states(OPEN), project_id=project_id, agent__in=agents, findings__gt=0
    )
    asked = rows.values("agent").annotate(causes=Count("*"), worst=Max("severity"))
    return {row["agent"]: Standing(row["causes"], row["worst"]) for row in asked.order_by()}


def codes_in(project_id: int, trace_ids: Sequence[UUID]) -> list[tuple[str, int]]:
    """In how many of some traces what stands, by code, the most frequent first. One query."""
    rows = undecided(project_id).filter(trace_id__in=trace_ids).values_list("code")
    asked = rows.annotate(traces=Count("trace_id", distinct=True))
    return [(code, traces) for code, traces in asked.order_by("-traces", "code")]


def with_code(project_id: int, code: str) -> Q:
    """Condition of a trace: something with this code stands in it."""
    return Q(Exists(undecided(project_id).filter(code=code, trace_id=OuterRef("trace_id"))))


def undecided(project_id: int) -> QuerySet[Finding]:
    """The findings of a project whose cause nobody expects or has resolved."""
    settled = Cause.objects.filter(
        Q(decision=EXPECTED) | states(str(RESOLVED.value)),
        project_id=project_id,
        fingerprint=OuterRef("fingerprint"),
    )
    return Finding.objects.filter(
        ~Exists(settled), project_id=project_id, withdrawn_at__isnull=True
    )


def counted(rows: QuerySet[Finding], by: str) -> dict[Any, Standing]:
    """How many there are at all places, and the worst, by a column."""
    asked = rows.values(by).annotate(
        findings=Count("*") + Sum("more_places"), worst=Max("severity")
    )
    return {row[by]: Standing(row["findings"], row["worst"]) for row in asked.order_by()}
