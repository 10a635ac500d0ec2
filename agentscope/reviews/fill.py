"""Queues are filled with the decisions that they draw: from runs of which decisions were derived,
and, once somebody has said a rule, from what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from agentscope.records.models import Record
from agentscope.reviews.drawing import is_drawn
from agentscope.reviews.items import follow
from agentscope.reviews.models import Queue
from agentscope.reviews.rule import Candidate, wanted
from agentscope.reviews.two_persons import hold_still, how_many, tools_of_two
from agentscope.vocabulary import PICO

RUNS = 500  # that are looked at in one transaction
AT_ONCE = 5_000  # decisions
# Triggers write them (migration 0003). Others look at those that are locked.
CLAIM = """
delete from review_due where (project_id, trace_id) in (
    select project_id, trace_id from review_due order by 1, 2 limit %s for update skip locked)
returning project_id, trace_id
"""
# What a queue has drawn already stays as it is.
ADD = """
insert into review_item (project_id, trace_id, span_id, agent, decided_at, effects, queues,
    came_at, due_at, needs, assigned_to, approvals, verdict, is_gone)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', 0, '', false)
on conflict (project_id, trace_id, span_id) do update set
    queues = array(select distinct unnest(review_item.queues || excluded.queues) order by 1),
    due_at = least(review_item.due_at, excluded.due_at)
where not review_item.queues @> excluded.queues
"""


@transaction.atomic
def fill_from_runs() -> int:
    """Look at runs of which decisions were derived, or are gone; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [RUNS])
        claimed: list[tuple[int, UUID]] = cursor.fetchall()
    for project_id in sorted({project for project, _ in claimed}):
        runs = [trace_id for project, trace_id in claimed if project == project_id]
        follow(project_id, runs)
        found = Record.objects.filter(project_id=project_id, trace_id__in=runs)
        add(project_id, drawing(project_id), candidates(found))
    return len(claimed)


@transaction.atomic
def fill_new_queue() -> bool:
    """Look at what there is for one queue that was said anew; whether there was one."""
    new = Queue.objects.filter(is_filled=False, enabled=True, ended_at=None)
    queue = new.select_for_update(skip_locked=True).order_by("pk").first()
    if queue is None:
        return False
    found = Record.objects.filter(project_id=queue.project_id, at__gte=queue.since)
    add(queue.project_id, [queue], candidates(narrowed(found, queue)))
    queue.is_filled = True
    queue.save(update_fields=["is_filled"])
    return True


def narrowed(found: QuerySet[Record], queue: Queue) -> QuerySet[Record]:
    """Those that a queue may mean: what Postgres can tell by an index, or at all."""
    meant = wanted(queue.only)
    said = {"agent": meant.agent, "outcome": meant.outcome}
    found = found.filter(**{name: value for name, value in said.items() if value})
    return found if meant.cost is None else found.filter(pico__gte=meant.cost / PICO)


def drawing(project_id: int) -> list[Queue]:
    """The queues of a project that are on."""
    found = Queue.objects.filter(project_id=project_id, ended_at=None, enabled=True)
    return list(found.order_by("pk"))


def candidates(found: QuerySet[Record]) -> Iterator[Candidate]:
    """What rules look at of records."""
    rows = found.values_list(*Candidate._fields).iterator(AT_ONCE)
    return (Candidate(*row) for row in rows)


def drawn_by(queues: Sequence[Queue], one: Candidate) -> list[Queue]:
    """The queues that draw a decision."""
    return [
        each
        for each in queues
        if one.at >= each.since
        and is_drawn(each.pk, each.share, one.trace_id, one.span_id)
        and wanted(each.only).fits(one)
    ]


def add(project_id: int, queues: Sequence[Queue], found: Iterable[Candidate]) -> None:
    """Put what is drawn into its queues."""
    hold_still(project_id)
    tools, now = tools_of_two(project_id), timezone.now()
    rows: list[tuple[Any, ...]] = [
        row_of(project_id, one, by, how_many(tools, one.effects), now)
        for one in found
        if (by := drawn_by(queues, one))
    ]
    if rows:
        with connection.cursor() as cursor:
            rows.sort(key=itemgetter(1, 2))  # all lock in one order
            cursor.executemany(ADD, rows)


def row_of(
    project_id: int, one: Candidate, by: Sequence[Queue], people: int, now: datetime
) -> tuple[Any, ...]:
    """What is stored of a decision that was drawn, in the order of ADD."""
    due = now + timedelta(hours=min(each.hours for each in by))
    named = project_id, one.trace_id, one.span_id, one.agent, one.at, list(one.effects)
    return *named, [each.pk for each in by], now, due, people
