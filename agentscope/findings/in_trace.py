"""The findings of a trace as its page reads them: of all of them what marks rows of the tree, of
those that are shown everything, for there may be thousands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agentscope.findings.ends import Sent, numbers
from agentscope.findings.kept import Key
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import IN_TRACE, listed

MARKING = (
    *("trace_id", "project_id", "fingerprint", "first_span", "last_span"),
    *("code", "severity", "sentence", "period", "repeats", "more_places"),
)


def marking(project_id: int, trace_id: UUID) -> list[Finding]:
    """The findings that stand, the worst first, then in order of time: their steps, and what is
    said of each; nothing else is read. One query."""
    rows = stand(project_id, trace_id).only(*MARKING).annotate(sent=Sent("span_ids"))
    found: list[Finding] = []
    for each in rows.order_by(*IN_TRACE):
        read: Any = numbers(each.sent)
        each.span_ids = read
        found.append(each)
    return found


def decided_in(project_id: int, trace_id: UUID) -> dict[UUID, Cause]:
    """The causes of these about which somebody decided something. One query."""
    here = stand(project_id, trace_id).values("fingerprint")
    rows = Cause.objects.filter(project_id=project_id, fingerprint__in=here).exclude(decision="")
    return {row.fingerprint: row for row in rows}


def in_full(project_id: int, trace_id: UUID, keys: Iterable[Key]) -> dict[Key, Finding]:
    """Some of them with all columns, and the ends of their evidence. One query."""
    asked = set(keys)
    rows = stand(project_id, trace_id).filter(
        fingerprint__in={cause for cause, _ in asked}, first_span__in={span for _, span in asked}
    )
    found = listed(rows, 0, None, whole=False)
    return {(each.fingerprint, each.first_span): each for each in found}


def stand(project_id: int, trace_id: UUID) -> QuerySet[Finding]:
    """The findings of a trace that are not withdrawn."""
    return Finding.objects.filter(
        project_id=project_id, trace_id=trace_id, withdrawn_at__isnull=True
    )
