"""How many findings were raised in some time, by those that a scope tells apart, and which of them
is the worst."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from agentscope.alerts.metrics import OfFindings
from agentscope.alerts.question import Question, Values
from agentscope.alerts.windows import SECOND, Window
from agentscope.findings.severity import Severity
from agentscope.meter.read import Steps

COLUMN = {
    "path": "finding.path",
    "agent": "finding.agent",
    "session": "finding.session",
    "trace": "finding.trace_id::text",
    "user": "trace.user_name",
    "environment": "trace.environment",
}
SEVERITIES = {each.word: each for each in Severity}
# What somebody said is expected here is no news.
RAISED = """
from finding
join trace using (trace_id, project_id)
left join finding_cause as cause
    on cause.project_id = finding.project_id and cause.fingerprint = finding.fingerprint
where finding.project_id = %(project_id)s and withdrawn_at is null
and finding.last_at >= to_timestamp(%(begin)s) and finding.last_at < to_timestamp(%(end)s)
and cause.decision is distinct from 'expected'"""
COUNTED = "select {said}, count(*) " + RAISED + " {where} group by 1"
WORST = f"""
select finding.sentence {RAISED} {{where}}
order by finding.severity desc, finding.last_at desc, finding.fingerprint limit 1
"""


def counted(question: Question, metric: OfFindings, window: Window) -> Values:
    """How many there are in a window, by group. `Watch.of` is a code, or a severity with all that
    are worse; "" is all."""
    scope = question.watch.scope
    with connection.cursor() as cursor:
        cursor.execute(*told(question, metric, window))
        rows = cursor.fetchall()
    names = (*(question.groups or ()), *question.known) if scope.each else ("",)
    found: Values = dict.fromkeys(names, Decimal(0))  # of whom there are none, there are none
    return found | {str(name): Decimal(number) for name, number in rows}


def worst(question: Question, metric: OfFindings, window: Window) -> str:
    """What the worst finding in a window says of itself, the newest of those; "" if there is none.
    Of all groups that are asked for together."""
    with connection.cursor() as cursor:
        cursor.execute(*told(question, metric, window, WORST))
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def counted_by(
    question: Question, metric: OfFindings, window: Window, steps: Steps
) -> list[tuple[str, int, int]]:
    """The same by group and stretch of time, the latest first: who, the minute in which the stretch
    begins, how many."""
    with connection.cursor() as cursor:
        asked, said = told(question, metric, window)
        size = steps.minutes * 60
        minute = f"(floor(extract(epoch from finding.last_at))::int8 / {size} * {size} / 60)::int4"
        asked = asked.replace("count(*)", f"{minute}, count(*)")
        asked += f", 2 order by 2 desc, 1 limit {steps.limit}"
        cursor.execute(asked, said)
        return [(str(name), minute, number) for name, minute, number in cursor.fetchall()]


def told(
    question: Question, metric: OfFindings, window: Window, asked: str = COUNTED
) -> tuple[str, dict[str, Any]]:
    """The question in SQL, and what it asks for."""
    scope = question.watch.scope
    said: dict[str, Any] = {f"only_{name}": value for name, value in scope.only.items()}
    said |= {"project_id": question.project_id, "of": question.watch.of}
    said |= {"groups": list(question.groups or ()), "traces": list(scope.traces or ())}
    said |= {"begin": window.begin_ns / SECOND, "end": window.end_ns / SECOND}
    where = "".join(f" and {part}" for part in conditions(question, metric))
    group = COLUMN[scope.each] if scope.each else "''"
    return asked.format(said=group, where=where), said


def conditions(question: Question, metric: OfFindings) -> Iterator[str]:
    """What findings fulfil that are asked for, in SQL."""
    scope, of = question.watch.scope, question.watch.of
    yield from (only(name, is_own=scope.is_own_path) for name in scope.only)
    if of in SEVERITIES:
        yield f"finding.severity >= {int(SEVERITIES[of])}"
    elif of:
        yield "finding.code = %(of)s"
    if metric.is_anomaly:
        yield "(finding.code like '%%_anomaly' or finding.code like 'new_%%')"
    if scope.each:
        yield f"{COLUMN[scope.each]} <> ''"
        if question.groups is not None:
            yield f"{COLUMN[scope.each]} = any(%(groups)s::text[])"
    if scope.traces is not None:
        yield "finding.trace_id = any(%(traces)s::uuid[])"


def only(dimension: str, *, is_own: bool) -> str:
    """What findings of one agent, session, … fulfil; those of a path with all below it, unless it
    is meant by itself."""
    said = f"%(only_{dimension})s"
    if dimension == "path" and not is_own:
        return f"(finding.path = {said} or starts_with(finding.path, {said} || '/'))"
    return f"{COLUMN[dimension]} = {said}"
