"""The session that a trace has from the traces that it is linked with.

Links lead both ways, over any number of traces. What is linked with a trace that has a firm session
(ladder.FIRM) and has none of its own belongs to it, with several of them to that of the earliest;
one that says nothing at all takes whatever the earliest of the others says. So the result depends
on the traces alone, not on which was examined first: whoever changes what it says makes all those
due that could follow it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.traces.ladder import FIRM, LINK, Belonging
from agentscope.traces.totals import Totals

MOST_LINKED = 1000  # traces that are looked at; in a larger web of links some may be missed

# Whoever brings links waits for examinations of its project that are about to end, and the other
# way round: of two that do not see each other yet, the later one sees the earlier.
LOCK = "select pg_advisory_xact_lock{shared}(%s, hashtext('links of traces'))"
IS_LINKED = """
select exists (select 1 from trace where project_id = %(project_id)s
    and linked_traces <> '{}' and linked_traces @> array[%(trace_id)s]::uuid[])
"""
# A trace with a firm session of its own is where a walk ends.
WALK = """
with recursive reached (id) as (
    select unnest(array[%(trace_id)s] || %(links)s)::uuid
    union
    select next.id from reached
    left join trace here on here.trace_id = reached.id and here.project_id = %(project_id)s
    cross join lateral (
        select unnest(here.linked_traces) as id
        union all
        select back.trace_id from trace back where back.project_id = %(project_id)s
        and back.linked_traces <> '{}' and back.linked_traces @> array[reached.id]
    ) next
    where reached.id = %(trace_id)s or not coalesce(here.session_basis, '') = any(%(firm)s)
)
select trace_id, session, session_basis, linked_traces from trace
where project_id = %(project_id)s and trace_id = any(array(select id from reached limit %(most)s))
order by start_ns, trace_id
"""
HOLD = """
select 1 from trace where project_id = %s and trace_id = any(%s) order by trace_id
for no key update
"""
AGAIN = """
update trace set generation = generation + 1,
    examine_after = least(examine_after, now())
where project_id = %s and trace_id = any(%s)
"""


@dataclass(slots=True, frozen=True)
class Linked:
    """A trace that others are linked with, as it was examined last."""

    trace_id: UUID
    session: str = ""
    basis: str = ""
    links: list[UUID] = field(default_factory=list)

    @property
    def own(self) -> Belonging:
        """What it says itself."""
        return Belonging() if self.basis == LINK else Belonging(self.session, self.basis)


def placed(project_id: int, trace_id: UUID, found: Totals) -> Totals:
    """The totals of a trace with the session that it has from linked traces, if it has."""
    own = Belonging(found.session, found.session_basis)
    belongs = settled(project_id, trace_id, own, found.linked_traces)
    return replace(found, session=belongs.session, session_basis=belongs.basis)


def settled(project_id: int, trace_id: UUID, own: Belonging, links: list[UUID]) -> Belonging:
    """Where a trace belongs, given what its own spans say and which traces they link to.

    Makes those traces due again that may now belong elsewhere. Is part of the examination's
    transaction and holds a lock until its end; takes two queries where there are no links.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK.format(shared="" if links else "_shared"), [project_id])
    if not links and not is_linked(project_id, trace_id):
        return own
    web = walk(project_id, trace_id, links)
    others = [each for each in web if each.trace_id != trace_id]
    before = next((each for each in web if each.trace_id == trace_id), Linked(trace_id))
    if (before.own, before.links) != (own, links):
        again(project_id, trace_id, [each for each in others if each.basis not in FIRM])
    return followed(own, others)


def followed(own: Belonging, others: list[Linked]) -> Belonging:
    """Whose session it is: its own, or that of the earliest of the others. Pure."""
    if own.basis in FIRM:
        return own
    firm = [each.session for each in others if each.basis in FIRM]
    said = firm or [each.session for each in others if each.own.session and not own.session]
    return Belonging(said[0], LINK) if said else own


def is_linked(project_id: int, trace_id: UUID) -> bool:
    """Whether any trace of the project links to this one."""
    with connection.cursor() as cursor:
        cursor.execute(IS_LINKED, {"project_id": project_id, "trace_id": trace_id})
        return bool(cursor.fetchone()[0])


def walk(project_id: int, trace_id: UUID, links: list[UUID]) -> list[Linked]:
    """What can be reached from a trace over links, itself included, the earliest first."""
    asked: dict[str, Any] = {
        "project_id": project_id,
        "trace_id": trace_id,
        "links": links,
        "firm": sorted(FIRM),
        "most": MOST_LINKED,
    }
    with connection.cursor() as cursor:
        cursor.execute(WALK, asked)
        return [Linked(*row) for row in cursor.fetchall()]


def again(project_id: int, trace_id: UUID, others: list[Linked]) -> None:
    """Let these traces be examined again. Rows are locked in the order in which storing spans
    locks them, this trace's own among them, so that nobody waits in a circle."""
    ids = [each.trace_id for each in others]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(HOLD, [project_id, [*ids, trace_id]])
            cursor.execute(AGAIN, [project_id, ids])
