"""A trace among others: what it leaves for those after it, and what it sees of those before it.

Each examination writes the outline and the acts of its trace, and reads those of earlier traces of
the same session, of linked ones, and of those with the same name and input; whole traces are never
read again. The later trace is told of what they have in common, so it does not matter which was
examined first: whoever leaves something else than before makes those after it due. Two that are
examined at once do not see each other's rows; therefore each reads again after its commit, and is
due again if there is more to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from agentscope.findings.earlier import DAY_NS, Act, Earlier, Ended, Outline
from agentscope.findings.outline import MOST_ACTS

MOST_SEEN = 50  # traces of a session, and of the same work, that a trace sees; the newest
MOST_ACTS_SEEN = 5000

OUTLINE = tuple(each.name for each in fields(Outline))
ACT = tuple(each.name for each in fields(Act) if each.compare)
act_row = attrgetter(*ACT)
OTHERS = "o.project_id = %(project_id)s and o.trace_id <> %(trace_id)s"
NEWEST = f"order by o.end_ns desc, o.trace_id limit {MOST_SEEN}"
OF_SESSION = f"""
(select true, {", ".join(OUTLINE)} from finding_outline o where {OTHERS}
    and o.session = %(session)s and o.session <> 0 and o.end_ns <= %(start_ns)s {NEWEST})
"""  # noqa: S608 — names of columns and our own words
OF_LINKS = f"""
(select true, {", ".join(OUTLINE)} from finding_outline o where {OTHERS}
    and o.trace_id = any(%(links)s) and o.end_ns <= %(start_ns)s {NEWEST})
"""  # noqa: S608 — as above
SAME_WORK = f"""
(select false, {", ".join(OUTLINE)} from finding_outline o where {OTHERS}
    and o.root = %(root)s and o.root <> 0 and o.input = %(input)s and o.input <> 0
    and (o.start_ns, o.trace_id) < (%(start_ns)s, %(trace_id)s)
    and o.start_ns >= %(start_ns)s - {DAY_NS}
    order by o.start_ns desc, o.trace_id desc limit {MOST_SEEN})
"""  # noqa: S608 — as above
ACTS = f"""
select {", ".join(ACT)} from finding_act o where {OTHERS} and o.key = any(%(keys)s)
and ((o.session = %(session)s and o.session <> 0) or o.trace_id = any(%(links)s))
and o.end_ns <= %(until)s order by o.end_ns desc, o.trace_id, o.span_id limit {MOST_ACTS_SEEN}
"""  # noqa: S608 — as above
KEPT = f"""
select {", ".join(OUTLINE)} from finding_outline
where trace_id = %(trace_id)s and project_id = %(project_id)s
"""  # noqa: S608 — as above
KEEP = f"""
insert into finding_outline (project_id, {", ".join(OUTLINE)})
values (%(project_id)s, {", ".join(f"%({name})s" for name in OUTLINE)})
on conflict (trace_id, project_id) do update set
    {", ".join(f"{name} = excluded.{name}" for name in OUTLINE if name != "trace_id")}
"""  # noqa: S608 — as above
KEPT_ACTS = f"""
select {", ".join(ACT)} from finding_act
where trace_id = %(trace_id)s and project_id = %(project_id)s
"""  # noqa: S608 — as above
KEEP_ACTS = f"copy finding_act (project_id, session, {', '.join(ACT)}) from stdin"
REMOVE_ACTS = """
delete from finding_act
where trace_id = %(trace_id)s and project_id = %(project_id)s and span_id = any(%(gone)s)
"""
# Traces after this one that may see it otherwise now.
AFTER = f"""
select trace_id from (select trace_id, steps, states from finding_outline o
    where {OTHERS} and session = any(%(sessions)s) and session <> 0 and start_ns >= %(end_ns)s
    order by start_ns limit {2 * MOST_SEEN}) later
where steps[1] = any(%(steps)s) or states[1] = any(%(states)s)
union
(select trace_id from finding_outline o where {OTHERS}
    and root = any(%(roots)s) and root <> 0 and input = any(%(inputs)s) and input <> 0
    and start_ns >= %(start_ns)s and start_ns <= %(start_ns)s + {DAY_NS}
    order by start_ns, trace_id limit {2 * MOST_SEEN})
union
(select trace_id from finding_outline o where {OTHERS}
    and session = any(%(paused)s) and session <> 0 and start_ns >= %(end_ns)s
    order by start_ns, trace_id limit 1)
union
select trace_id from finding_act o where {OTHERS}
    and session = any(%(sessions)s) and session <> 0
    and key = any(%(keys)s) and start_ns >= %(start_ns)s
union
select trace_id from trace o where {OTHERS}
    and linked_traces <> '{{}}' and linked_traces @> array[%(trace_id)s]::uuid[]
"""  # noqa: S608 — as above
MAKE_DUE = """
update trace set examine_after = now(), generation = generation + 1
where (trace_id, project_id) in (
    select t.trace_id, t.project_id from trace t
    where t.project_id = %(project_id)s and t.trace_id = any(%(due)s)
    order by t.trace_id for update)
"""
GONE = """not exists (
    select 1 from trace t where t.trace_id = o.trace_id and t.project_id = o.project_id)"""
FORGET_ACTS = f"delete from finding_act o where {GONE}"  # noqa: S608 — as above
# What was found by what is gone now is not found any more.
FORGET = f"""
with gone as (delete from finding_outline o where {GONE} returning project_id, trace_id)
select f.project_id, f.trace_id from finding f cross join lateral
    jsonb_array_elements(f.evidence -> 'earlier') as said
join gone on gone.project_id = f.project_id
    and replace(gone.trace_id::text, '-', '') = said ->> 'trace'
where f.withdrawn_at is null and f.trace_id <> gone.trace_id
and jsonb_typeof(f.evidence -> 'earlier') = 'array'
"""  # noqa: S608 — as above


@dataclass(slots=True)
class Neighbours:
    """The others as one trace is examined among them."""

    project_id: int
    trace_id: UUID
    is_new: bool = False  # nothing was left of the trace before
    earlier: Earlier = field(default_factory=Earlier)
    acts: Sequence[Act] = ()
    changed: dict[str, Any] = field(default_factory=dict)  # of what it leaves: see AFTER

    def meet(self, own: Outline, acts: Sequence[Act], *, is_known: bool = True) -> Earlier:
        """Leave this of the trace, and see what was before it. What it left stays where not all of
        its steps are known any more: see unjudged.py."""
        self.acts = acts[:MOST_ACTS]
        if is_known or not self.has_left():
            self.leave(own)
        self.earlier = self.seen(own, acts)
        return self.earlier

    def has_left(self) -> bool:
        """Whether anything was left before."""
        return not self.is_new and bool(rows(KEPT, self.names()))

    def names(self) -> dict[str, Any]:
        """The parameters of a query on what is kept of the trace."""
        return {"project_id": self.project_id, "trace_id": self.trace_id}

    def leave(self, own: Outline) -> None:
        """Bring the rows of the trace to what is wanted."""
        known = [] if self.is_new else rows(KEPT, self.names())
        before = outline_of(known[0]) if known else None
        acts = self.leave_acts(own.session, is_new=before is None or before.session != own.session)
        if before != own:
            with connection.cursor() as cursor:
                cursor.execute(KEEP, columns(own, OUTLINE) | {"project_id": self.project_id})
        if before != own or acts:
            keys = acts | {act.key for act in self.acts}
            self.changed = differences([each for each in (before, own) if each], keys)

    def leave_acts(self, session: int, *, is_new: bool) -> set[int]:
        """The same of its acts; the keys of those that are other than before."""
        before = set() if self.is_new else set(map(act_of, rows(KEPT_ACTS, self.names())))
        gone = before if is_new else before - set(self.acts)
        new = set(self.acts) if is_new else set(self.acts) - before
        with connection.cursor() as cursor:
            if gone:
                cursor.execute(REMOVE_ACTS, self.names() | {"gone": [act.span_id for act in gone]})
            if new:
                with cursor.copy(KEEP_ACTS) as copy:
                    for act in new:
                        copy.write_row((self.project_id, session, *act_row(act)))
        return {act.key for act in (*gone, *new)}

    def seen(self, own: Outline, acts: Sequence[Act]) -> Earlier:
        """What there is before the trace. At most two queries."""
        asked = columns(own, OUTLINE) | {"project_id": self.project_id, "links": [*own.links]}
        found = Earlier(own)
        told = [(is_before, outline_of(row)) for is_before, *row in outlines(own, asked)]
        before = {each.trace_id: each for is_before, each in told if is_before}.values()
        found.before = sorted(before, key=lambda each: (-each.end_ns, each.trace_id))
        same = (each for is_before, each in told if not is_before)
        found.same_work = sorted(same, key=lambda e: (e.start_ns, e.trace_id), reverse=True)
        if acts and (own.session or own.links):
            keys = {"keys": list({act.key for act in acts})}
            asked |= keys | {"until": max(act.start_ns for act in acts)}
            found.acts = [act_of(row) for row in rows(ACTS, asked)]
        return found

    def look_again(self) -> None:
        """After the commit: make those due that see something else now, and this one if others
        were written meanwhile."""
        own = self.earlier.own
        if own is None:
            return
        due = []
        if self.changed:
            asked = self.changed | {"project_id": self.project_id, "trace_id": self.trace_id}
            due = [trace_id for (trace_id,) in rows(AFTER, asked)]
        if not self.earlier.is_same(self.seen(own, self.acts)):
            due.append(self.trace_id)
        make_due(self.project_id, due)


def differences(said: Sequence[Outline], keys: set[int]) -> dict[str, Any]:
    """By what other traces may know one that was and is like this."""
    came_to = {each.came_to for each in said}
    is_told = len(came_to) > 1 or (len(said) == 1 and None not in came_to)
    told = [each for each in said if is_told]
    return {
        "sessions": [each.session for each in said if each.session],
        "paused": [each.session for each in said if each.ended == Ended.PAUSED],
        "start_ns": min(each.start_ns for each in said),
        "end_ns": min(each.end_ns for each in said),
        "steps": [*{key for each in said for key in each.steps}],
        "states": [*{key for each in said for key in each.states if key}],
        "roots": [each.root for each in told if each.root],
        "inputs": [each.input for each in told if each.input],
        "keys": [*keys],
    }


def make_due(project_id: int, traces: Sequence[UUID]) -> None:
    """Examine these traces again."""
    if traces:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MAKE_DUE, {"project_id": project_id, "due": list(traces)})


def rows(sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


def outlines(own: Outline, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What was before a trace that is like this, each with whether it is of its session or linked,
    not of the same work."""
    parts = [OF_SESSION] if own.session else []
    parts += [OF_LINKS] if own.links else []
    parts += [SAME_WORK] if own.root and own.input else []
    return rows("union all".join(parts), asked) if parts else []


def columns(said: Outline, names: Sequence[str]) -> dict[str, Any]:
    """The columns of a row; tuples as Postgres takes them."""
    found = {name: getattr(said, name) for name in names}
    return {name: [*each] if isinstance(each, tuple) else each for name, each in found.items()}


def outline_of(row: Sequence[Any]) -> Outline:
    """An outline as it was kept."""
    said = dict(zip(OUTLINE, row, strict=True))
    lists = {name: tuple(said[name]) for name in ("states", "steps", "links")}
    return Outline(**said | lists | {"ended": Ended(said["ended"])})


def act_of(row: Sequence[Any]) -> Act:
    """An act as it was kept."""
    return Act(*row)


def forget_neighbours() -> None:
    """Delete what is kept of traces that have expired; those after them are examined again where
    something was found by it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGET_ACTS)
        cursor.execute(FORGET)
        found: list[tuple[int, UUID]] = cursor.fetchall()
    for project_id in {project for project, _ in found}:
        make_due(project_id, [trace for project, trace in found if project == project_id])
