"""Writing down the records of a trace: in the transaction of its examination.

Rows that are the same already are left alone; one that changed is to be told to the ledger anew.
One whose contents are gone stays what it was made while they were there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from psycopg.types.json import Jsonb

from agentscope.decisions.deciding import Decisions
from agentscope.findings.found import Found
from agentscope.findings.scene import Scene
from agentscope.records.case import Case
from agentscope.records.derive import Derived, records
from agentscope.records.effects import Effects
from agentscope.records.orders import orders_of
from agentscope.records.reading import of_unit, to_read
from agentscope.records.said import read as read_said
from agentscope.records.units import Units
from agentscope.records.waited import waited_at
from agentscope.traces.totals import Totals

COLUMNS = tuple(field.name for field in fields(Derived))
STORED = """
select span_id, digest, recorded is not null from decision_record
where trace_id = %s and project_id = %s
"""
REMOVE = "delete from decision_record where trace_id = %s and project_id = %s and span_id = any(%s)"
WITHDRAW = """
insert into decision_record_withdrawn (trace_id, project_id, span_id)
select %s, %s, span from unnest(%s::bigint[]) as span on conflict do nothing
"""
ADD = f"copy decision_record (trace_id, project_id, {', '.join(COLUMNS)}) from stdin"
FORGET = """
delete from decision_record r where not exists (
    select 1 from trace t where t.trace_id = r.trace_id and t.project_id = r.project_id)
"""
columns = attrgetter(*COLUMNS)


class Known(NamedTuple):
    """A record that is stored."""

    digest: bytes
    is_told: bool  # to the ledger


def write_records(
    project_id: int,
    trace_id: UUID,
    scene: Scene | None,
    totals: Totals,
    found: Sequence[Found],
    *,
    is_new: bool = False,
) -> None:
    """Write down the records of a trace that was examined, of which none is there if it `is_new`.
    `scene` is None where it has no spans."""
    before = {} if is_new else stored(project_id, trace_id)
    made, bare = make(project_id, trace_id, scene, totals, found) if scene else ([], set())
    kept = bare & before.keys()
    after = {each.span_id: each for each in made if each.span_id not in kept}
    gone = [span for span in before.keys() - kept if is_other(after, span, before)]
    new = [each for span, each in after.items() if is_other(after, span, before)]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(REMOVE, [trace_id, project_id, gone])
        if lost := [span for span in gone if span not in after and before[span].is_told]:
            cursor.execute(WITHDRAW, [trace_id, project_id, lost])
        if new:
            with cursor.copy(ADD) as copy:
                for each in new:
                    copy.write_row((trace_id, project_id, *as_columns(each)))


def make(
    project_id: int, trace_id: UUID, scene: Scene, totals: Totals, found: Sequence[Found]
) -> tuple[list[Derived], set[int]]:
    """The records of a trace, and the spans of those of which contents are gone."""
    effects = Effects(scene)
    everything = Units(Decisions(scene.tree), effects)
    units = everything.all()
    if not units:
        return [], set()
    case = Case(everything.decisions, scene, effects, totals, found)
    case.orders, case.unread = orders_of(project_id, trace_id)
    case.waited = waited_at(project_id, scene.earlier)
    read = read_said(project_id, trace_id, scene.tree, scene.spans, to_read(units))
    case.said = read.said
    bare = [unit.first for unit in units if not read.lost.isdisjoint(of_unit(unit))]
    return records(case, units, everything), set(scene.tree.span_id[bare].tolist())


def is_other(made: dict[int, Derived], span: int, before: dict[int, Known]) -> bool:
    """Whether a record differs from that of before, or only one of both is there."""
    return span not in made or span not in before or made[span].digest != before[span].digest


def as_columns(derived: Derived) -> list[Any]:
    """A record as Postgres takes it."""
    return [
        Jsonb(each, dumps=orjson.dumps) if isinstance(each, dict) else each
        for each in columns(derived)
    ]


def stored(project_id: int, trace_id: UUID) -> dict[int, Known]:
    """The records of a trace as they were written last, by span."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [trace_id, project_id])
        return {span: Known(bytes(said), told) for span, said, told in cursor.fetchall()}


def forget_records() -> None:
    """Delete the records of traces that have expired; the ledger keeps their digests."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
