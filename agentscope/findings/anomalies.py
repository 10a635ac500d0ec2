"""Writing down the anomalies of a day: as findings that examinations leave alone.

The findings of a day are those that begin on it. Trees are read only for what is new or changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from agentscope.findings.anomaly import CODES, Anomaly, nanoseconds
from agentscope.findings.history import Asked, midnight
from agentscope.findings.identity import fingerprint_of
from agentscope.findings.models import Finding
from agentscope.findings.write import cut, mark_due
from agentscope.traces.clocks import moment
from agentscope.traces.index import trace_tree
from agentscope.traces.models import Trace
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO

DAY_NS = 86_400 * 10**9
Key = tuple[UUID, UUID, int]  # trace, fingerprint, where it begins in ns
PRIMARY = ("trace_id", "project_id", "fingerprint", "first_span")
COLUMNS = tuple(
    field.column
    for field in Finding._meta.concrete_fields
    if field.column and field.column not in (*PRIMARY, "raised_at")
)


@dataclass(slots=True, frozen=True)
class Stored:
    """The anomalies of a day as they are written down, withdrawn ones too."""

    rows: list[Finding]
    unseen: set[Any]  # keys of those that a glance raised in spans that no examination has seen


def replace_anomalies(asked: Asked, stored: Stored, found: Sequence[Anomaly]) -> None:
    """Make these the anomalies of a day, which had those `stored` before it was judged: what was
    added meanwhile stays. What is the same already is left alone; what is not found any more is
    withdrawn, unless a glance raised it and the runs of the day do not hold its spans yet."""
    known = {(row.trace_id, row.fingerprint, row.first_ns): row for row in stored.rows}
    told = {key_of(each): each for each in found}
    sessions = sessions_of(asked.project_id, (key[0] for key in told))
    same = {
        key
        for key, each in told.items()
        if key in known and is_same(known[key], each, sessions.get(each.trace_id, ""))
    }
    new = [
        row
        for key, each in sorted(told.items())
        if key not in same and (row := row_of(asked.project_id, each, sessions))
    ]
    kept = {known[key].pk for key in same} | {row.pk for row in new}
    heirs = {(row.trace_id, row.fingerprint) for row in new}
    gone = [
        row
        for row in stored.rows
        if row.withdrawn_at is None
        and row.pk not in kept
        and (row.pk not in stored.unseen or (row.trace_id, row.fingerprint) in heirs)
    ]
    keep_when_raised(gone, new)
    withdraw(asked.project_id, gone)
    Finding.objects.bulk_create(
        new, update_conflicts=True, unique_fields=list(PRIMARY), update_fields=list(COLUMNS)
    )
    mark_due(asked.project_id, [vars(row) for row in (*new, *gone)])


def stored_of(asked: Asked) -> Stored:
    """The anomalies of a day. To be read before its runs: those that an examination added lie in
    runs that were written with them. One query, and one more if a glance raised any."""
    begin = midnight(asked.day)
    first = nanoseconds(begin)
    rows = Finding.objects.filter(project_id=asked.project_id, code__in=CODES, last_at__gte=begin)
    found = list(rows.filter(first_ns__gte=first, first_ns__lt=first + DAY_NS))
    return Stored(found, unseen(asked.project_id, found))


def unseen(project_id: int, rows: Sequence[Finding]) -> set[Any]:
    """The keys of those that a glance raised in spans that no examination has seen yet."""
    raised = [row for row in rows if row.seen_generation is not None and not row.withdrawn_at]
    if not raised:
        return set()
    traces = Trace.objects.filter(
        project_id=project_id, trace_id__in={row.trace_id for row in raised}
    )
    examined = dict(traces.values_list("trace_id", "examined_generation"))
    return {
        row.pk
        for row in raised
        if row.trace_id in examined and examined[row.trace_id] < (row.seen_generation or 0)
    }


def causes_told(project_id: int, trace_id: UUID, found: Sequence[Anomaly]) -> set[UUID]:
    """The causes of these anomalies of a trace of which it ever had a finding. One query."""
    rows = Finding.objects.filter(project_id=project_id, trace_id=trace_id)
    told = rows.filter(fingerprint__in=[cause_of(each) for each in found])
    return set(told.values_list("fingerprint", flat=True))


def add_anomalies(
    project_id: int,
    session: str,
    tree: Tree,
    found: Sequence[Anomaly],
    seen_generation: int | None = None,
) -> None:
    """Add anomalies of one trace before its day is judged, of causes that it never had; found in
    the spans of this tree, which no examination may have seen if `seen_generation` is given."""
    new = [
        Finding(
            trace_id=each.trace_id,
            project_id=project_id,
            fingerprint=cause_of(each),
            session=session,
            seen_generation=seen_generation,
            **columns(each),
            **spans(tree, rows),
        )
        for each in sorted(found, key=key_of)
        if (rows := each.place.rows(tree))
    ]
    Finding.objects.bulk_create(new, ignore_conflicts=True)
    mark_due(project_id, [vars(row) for row in new])


def key_of(anomaly: Anomaly) -> Key:
    """What makes it the same as one that is written down."""
    return anomaly.trace_id, cause_of(anomaly), anomaly.first_ns


def cause_of(anomaly: Anomaly) -> UUID:
    """The fingerprint of an anomaly."""
    return fingerprint_of(anomaly.pattern.code, anomaly.agent, anomaly.subject)


def is_same(row: Finding, anomaly: Anomaly, session: str) -> bool:
    """Whether it is written down as it is."""
    told = columns(anomaly) | {"session": session, "seen_generation": None}
    return row.withdrawn_at is None and all(getattr(row, name) == told[name] for name in told)


def sessions_of(project_id: int, traces: Iterable[UUID]) -> dict[UUID, str]:
    """The sessions of those traces that are still there. One query."""
    rows = Trace.objects.filter(project_id=project_id, trace_id__in=set(traces))
    return dict(rows.values_list("trace_id", "session"))


def keep_when_raised(gone: Sequence[Finding], new: Sequence[Finding]) -> None:
    """A run that is known better now, such as from an earlier start on, is told of since it first
    was."""
    raised = {(row.trace_id, row.fingerprint): row.raised_at for row in gone}
    for row in new:
        row.raised_at = raised.get((row.trace_id, row.fingerprint), row.raised_at)


def withdraw(project_id: int, gone: Sequence[Finding]) -> None:
    """Take findings back."""
    for row in gone:
        rows = Finding.objects.filter(trace_id=row.trace_id, project_id=project_id)
        rows.filter(fingerprint=row.fingerprint, first_span=row.first_span).update(
            withdrawn_at=timezone.now()
        )


def row_of(project_id: int, anomaly: Anomaly, sessions: Mapping[UUID, str]) -> Finding | None:
    """The finding of an anomaly; None if its trace is gone, or does not hold what it is about any
    more."""
    trace_id = anomaly.trace_id
    tree = trace_tree(project_id, trace_id) if trace_id in sessions else None
    rows = anomaly.place.rows(tree) if tree else []
    if not tree or not rows:
        return None
    return Finding(
        trace_id=trace_id,
        project_id=project_id,
        fingerprint=cause_of(anomaly),
        session=sessions[trace_id],
        **columns(anomaly),
        **spans(tree, rows),
    )


def spans(tree: Tree, rows: Sequence[int]) -> dict[str, Any]:
    """The columns of a finding that tell where it is."""
    ids = [int(tree.span_id[row]) for row in rows]
    path = tree.texts[tree.path[rows[0]]]
    return {"first_span": ids[0], "last_span": ids[-1], "span_ids": ids, "path": cut(path)}


def columns(anomaly: Anomaly) -> dict[str, Any]:
    """The columns of a finding that do not depend on its trace."""
    return {
        "code": anomaly.pattern.code,
        "version": anomaly.pattern.version,
        "severity": int(anomaly.severity),
        "sentence": cut(anomaly.sentence),
        "subject": cut(anomaly.subject),
        "agent": cut(anomaly.agent),
        "period": 1,
        "repeats": 1,
        "first_ns": anomaly.first_ns,
        "last_ns": anomaly.last_ns,
        "last_at": moment(anomaly.last_ns // 1000),
        "tokens": anomaly.spent.tokens,
        "known_cost": anomaly.spent.pico * PICO,
        "unpriced_calls": anomaly.spent.unpriced,
        "spent_ns": anomaly.spent.nanoseconds or None,
        "confidence": anomaly.pattern.confidence,
        "legitimate": anomaly.pattern.legitimate,
        "evidence": anomaly.evidence,
    }
