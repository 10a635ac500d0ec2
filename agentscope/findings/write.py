"""Writing down the findings of a trace: in the transaction of its examination.

Rows that are the same already are left alone. A finding keeps when it was raised; one that is not
found any more is withdrawn. One that is still found, but is not among the worst of its cause any
more (see kept.py), is a row no longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agentscope.findings.anomaly import CODES
from agentscope.findings.found import Found
from agentscope.findings.kept import NO_MORE, Kept, Key, kept
from agentscope.findings.models import Finding
from agentscope.findings.unjudged import Ids, stands
from agentscope.traces.clocks import moment
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO

Rows = dict[Key, dict[str, Any]]
KEY = ("trace_id", "project_id", "fingerprint", "first_span")
COLUMNS = tuple(
    field.column
    for field in Finding._meta.concrete_fields
    if field.column and field.column not in ("raised_at", "withdrawn_at")
)
LONGEST = 1000  # characters of a text
MARK_DUE = """
insert into finding_cause as known (project_id, fingerprint, code, subject, agent, severity,
    sentence, findings, traces, tokens, known_cost, unpriced_calls, decision, decided_by, note,
    due_at)
select %s, fingerprint, code, subject, agent, 0, '', 0, 0, 0, 0, 0, '', '', '', now()
from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
    as changed (fingerprint, code, subject, agent)
order by fingerprint
on conflict (project_id, fingerprint) do update set due_at = now()
"""
WITHDRAW = """
update finding f set withdrawn_at = %s
from unnest(%s::uuid[], %s::bigint[]) as gone (fingerprint, first_span)
where f.trace_id = %s and f.project_id = %s
and f.fingerprint = gone.fingerprint and f.first_span = gone.first_span
"""
DELETE = """
delete from finding f using unnest(%s::uuid[], %s::bigint[]) as gone (fingerprint, first_span)
where f.trace_id = %s and f.project_id = %s
and f.fingerprint = gone.fingerprint and f.first_span = gone.first_span
"""
FORGET = """
with gone as (
    delete from finding f where not exists (
        select 1 from trace t where t.trace_id = f.trace_id and t.project_id = f.project_id)
    returning project_id, fingerprint)
update finding_cause c set due_at = now() from gone
where c.project_id = gone.project_id and c.fingerprint = gone.fingerprint
"""


def replace_findings(
    project_id: int,
    trace_id: UUID,
    session: str,
    tree: Tree,
    found: Sequence[Found],
    unknown: Ids = frozenset(),
    until: datetime | None = None,
) -> bool:
    """Make these the findings of a trace, beside its anomalies: those are found otherwise; and
    beside what was found in steps that are `unknown` now, which nobody can judge. What a glance
    raised after `until`, maybe in spans that this examination has not seen, is left to the next
    one; whether there is any."""
    rows = Finding.objects.filter(trace_id=trace_id, project_id=project_id)
    stored: list[Any] = [*rows.exclude(code__in=CODES).values()]
    known: Rows = {row_key(row): row for row in stored}
    chosen = kept(tree, found)
    wanted = rows_of(project_id, trace_id, session, tree, chosen)
    if unknown:
        known, wanted = judged(known, wanted, unknown)
    new = [row for key, row in wanted.items() if not is_same(known.get(key), row)]
    outdone = [row for key, row in known.items() if key in chosen.beyond]
    lost = [row for key, row in known.items() if key not in wanted and key not in chosen.beyond]
    missed = [row for row in lost if not row["withdrawn_at"]]
    gone = [row for row in missed if until is None or row["raised_at"] <= until]
    renamed = went_on(tree, gone, [row for row in new if row_key(row) not in known])
    keep_raised(known, wanted, new)
    withdraw(project_id, trace_id, [row for row in gone if row_key(row) not in renamed])
    heard = [row for row in gone if row_key(row) in renamed]
    forget(project_id, trace_id, [*heard, *outdone])
    save(new)
    mark_due(project_id, [*new, *gone, *outdone])
    return len(missed) > len(gone)


def judged(known: Rows, wanted: Rows, unknown: Ids) -> tuple[Rows, Rows]:
    """What is stored and what is wanted without what stays as it is, for nobody can judge it now.
    What that says of more places is not said again."""
    stay = {key for key, row in known.items() if stands(row, wanted.get(key), unknown)}
    spoken = {key[0] for key in stay if known[key]["more_places"]}
    rows = {key: row for key, row in wanted.items() if key not in stay}
    said = {key: row | NO_MORE if key[0] in spoken else row for key, row in rows.items()}
    return {key: row for key, row in known.items() if key not in stay}, said


def keep_raised(known: Rows, wanted: Rows, new: Sequence[dict[str, Any]]) -> None:
    """Of a cause that is found at no more places than before, none is new: one that is a row now
    and was among the others before was raised when the newest of its rows was."""
    standing = [row for row in known.values() if not row["withdrawn_at"]]
    if not any(row["more_places"] for row in standing):
        return
    before, now = places(standing), places(wanted.values())
    latest: dict[UUID, datetime] = {}
    for row in standing:
        cause, raised = row["fingerprint"], row["raised_at"]
        latest[cause] = max(raised, latest.get(cause, raised))
    for row in new:
        cause = row["fingerprint"]
        if row_key(row) not in known and now[cause] <= before[cause]:
            row.setdefault("raised_at", latest[cause])


def places(rows: Iterable[dict[str, Any]]) -> Counter[UUID]:
    """At how many places of a trace each cause is found."""
    counted: Counter[UUID] = Counter()
    for row in rows:
        counted[row["fingerprint"]] += 1 + row["more_places"]
    return counted


def add_findings(
    project_id: int, trace_id: UUID, session: str, tree: Tree, found: Sequence[Found]
) -> None:
    """Add what was found in a part of a trace, as far as nothing of the same cause, or of the same
    code at the same place, was ever found in the trace: what stands and what was withdrawn is for
    an examination to judge."""
    if not found:
        return
    rows = Finding.objects.filter(trace_id=trace_id, project_id=project_id)
    stored = [*rows.values_list("fingerprint", "code", "first_span")]
    causes = {fingerprint for fingerprint, *_ in stored}
    places = {(code, first) for _, code, first in stored}
    wanted = rows_of(project_id, trace_id, session, tree, kept(tree, found)).values()
    new = [
        row
        for row in wanted
        if row["fingerprint"] not in causes and (row["code"], row["first_span"]) not in places
    ]
    save(new)
    mark_due(project_id, new)


def rows_of(project_id: int, trace_id: UUID, session: str, tree: Tree, chosen: Kept) -> Rows:
    """Findings as rows."""
    of = {"trace_id": trace_id, "project_id": project_id, "session": session}
    return {
        key: columns(each, tree) | {"fingerprint": key[0]} | chosen.more.get(key, NO_MORE) | of
        for key, each in chosen.rows.items()
    }


def row_key(row: dict[str, Any]) -> Key:
    """What a row is known by in its trace."""
    return row["fingerprint"], row["first_span"]


def went_on(tree: Tree, gone: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> set[Key]:
    """Which of the rows that are gone are there under another name: an agent is known only when
    its own span ends, and takes the place of calls in it; and a first step may come last. What
    they are now was raised when they were."""
    if not gone:
        return set()
    heirs = {(row["code"], span): row for row in new for span in row["span_ids"]}
    codes = {code for code, _ in heirs}
    renamed = set()
    for row in gone:
        if row["code"] in codes and (heir := heir_of(tree, row, heirs)):
            heir["raised_at"] = min(row["raised_at"], heir.get("raised_at", row["raised_at"]))
            renamed.add(row_key(row))
    return renamed


def heir_of(
    tree: Tree, row: dict[str, Any], heirs: dict[tuple[str, int], dict[str, Any]]
) -> dict[str, Any] | None:
    """What a row is now: a finding of the same code that holds its first span, or one of the same
    agent, as far as that was known, that holds a span around it."""
    if found := heirs.get((row["code"], row["first_span"])):
        return found
    at = tree.find(row["first_span"])
    while at is not None and (at := int(tree.parent[at])) >= 0:
        found = heirs.get((row["code"], int(tree.span_id[at])))
        if found and row["agent"] in ("", found["agent"]):
            return found
    return None


def forget(project_id: int, trace_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Delete what goes on under another name, or among the other places of its cause."""
    at_once(DELETE, [], project_id, trace_id, rows)


def withdraw(project_id: int, trace_id: UUID, gone: Sequence[dict[str, Any]]) -> None:
    """Note that these are not found any more."""
    at_once(WITHDRAW, [timezone.now()], project_id, trace_id, gone)


def at_once(
    sql: str, said: list[Any], project_id: int, trace_id: UUID, rows: Sequence[dict[str, Any]]
) -> None:
    """One statement for all of these rows of a trace: they may be thousands."""
    if rows:
        keys = [[row[name] for row in rows] for name in ("fingerprint", "first_span")]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*said, *keys, trace_id, project_id])


def save(rows: Sequence[dict[str, Any]]) -> None:
    """Write rows, and let those that were withdrawn stand again."""
    if rows:
        Finding.objects.bulk_create(
            [Finding(**row) for row in rows],
            update_conflicts=True,
            unique_fields=list(KEY),
            update_fields=[*(name for name in COLUMNS if name not in KEY), "withdrawn_at"],
        )


def is_same(known: dict[str, Any] | None, row: dict[str, Any]) -> bool:
    """Whether a row is there as it is wanted."""
    if known is None or known["withdrawn_at"]:
        return False
    return all(known[name] == value for name, value in row.items())


def columns(found: Found, tree: Tree) -> dict[str, Any]:
    """The columns of a finding but those of its cause and its trace."""
    ids: list[int] = tree.span_id[found.rows].tolist()
    first = int(tree.start_ns[found.rows[0]])
    last = int(max(tree.end_ns[found.rows].max(), tree.start_ns[found.rows].max()))
    return {
        "first_span": ids[0],
        "last_span": ids[-1],
        "code": found.pattern.code,
        "version": found.pattern.version,
        "severity": int(found.severity),
        "sentence": cut(found.sentence),
        "subject": cut(found.subject),
        "agent": cut(found.agent),
        "path": cut(found.path),
        "period": found.period,
        "repeats": found.repeats,
        "span_ids": ids,
        "first_ns": first,
        "last_ns": last,
        "last_at": moment(last // 1000),
        "tokens": found.spent.tokens,
        "known_cost": found.spent.pico * PICO,
        "unpriced_calls": found.spent.unpriced,
        "spent_ns": found.spent.nanoseconds or None,
        "confidence": found.confidence,
        "legitimate": found.pattern.legitimate,
        "evidence": found.evidence,
    }


def cut(text: str) -> str:
    """A text of bounded length."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def mark_due(project_id: int, changed: Sequence[dict[str, Any]]) -> None:
    """Let the causes of these findings be added up again, in order, so that two transactions never
    wait for each other in a circle."""
    causes = {row["fingerprint"]: row for row in changed}
    if not causes:
        return
    said = [[row[name] for row in causes.values()] for name in ("code", "subject", "agent")]
    with connection.cursor() as cursor:
        cursor.execute(MARK_DUE, [project_id, list(causes), *said])


def forget_findings() -> None:
    """Delete the findings of traces that have expired, and let their causes be added up again."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
