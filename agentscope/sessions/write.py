"""Adding sessions up. The queue is the column `Session.due_at`: whoever changes a trace makes its
session due in the same transaction, and the old one too if it moved."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agentscope.sessions.models import Session
from agentscope.sessions.sums import NEEDED, sums
from agentscope.traces.models import Trace

log = logging.getLogger(__name__)

Key = tuple[int, str]  # project, session
AGAIN_AFTER = timedelta(minutes=5)
AT_ONCE = 20  # sessions in one transaction
# Adding up costs about 20 µs a trace: at this rest a session of any size that changes all the time
# takes at most a fifth of a core.
REST = 100e-6  # seconds a trace

OTHERS = {
    field.column: field
    for field in Session._meta.concrete_fields
    if field.column and field.column not in {"project_id", "session", "due_at"}
}
MARK_DUE = f"""
insert into session as known (project_id, session, due_at,
    {", ".join(OTHERS)})
select project_id, session, now(), {", ".join(["%s"] * len(OTHERS))}
from unnest(%s::int[], %s::text[]) as changed (project_id, session)
order by project_id, session
on conflict (project_id, session) do update set
    due_at = least(known.due_at, now() + known.traces * %s * interval '1 second')
"""  # noqa: S608 — names of columns only
CLAIM = """
select project_id, session from session where due_at <= statement_timestamp()
order by due_at limit %s for update skip locked
"""


def mark_due(changed: Iterable[Key]) -> None:
    """Let these sessions be added up again. One that is named "" is none."""
    keys = sorted({key for key in changed if key[1]})
    if not keys:
        return
    projects, names = [key[0] for key in keys], [key[1] for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(MARK_DUE, [*defaults(), projects, names, REST])


@cache
def defaults() -> list[Any]:
    """What OTHERS are before a session is added up."""
    return [field.get_db_prep_save(field.get_default(), connection) for field in OTHERS.values()]


@transaction.atomic
def add_up(limit: int = AT_ONCE) -> int:
    """Add up sessions that are due, each by one worker at a time; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit])
        claimed: list[Key] = cursor.fetchall()
    for project_id, name in claimed:
        add_up_or_log(project_id, name)
    return len(claimed)


def add_up_or_log(project_id: int, name: str) -> None:
    """Add up a session. One that cannot be must not keep others waiting: it is logged, and due
    again in a while."""
    try:
        with transaction.atomic():
            add_up_one(project_id, name)
    except Exception:
        log.exception("Cannot add up session %r of project %s", name, project_id)
        later = timezone.now() + AGAIN_AFTER
        Session.objects.filter(project_id=project_id, session=name).update(due_at=later)


def add_up_one(project_id: int, name: str) -> None:
    """Write down what a session comes to; without any trace it is gone."""
    row = Session.objects.filter(project_id=project_id, session=name)
    traces = list(Trace.objects.filter(project_id=project_id, session=name).only(*NEEDED))
    if traces:
        row.update(**sums(traces), due_at=None)
    else:
        row.delete()


def mark_expired() -> None:
    """Let those sessions be added up again that may have lost traces to the retention."""
    if days := settings.AGENTSCOPE_RETENTION_DAYS:
        oldest = timezone.now() - timedelta(days=days)
        Session.objects.filter(first_at__lt=oldest).update(due_at=timezone.now())
