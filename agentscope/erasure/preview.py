"""What an erasure would remove, counted without removing anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from agentscope.erasure.person import Person
from agentscope.erasure.remove import IS_HELD
from agentscope.inbox.models import Inbox
from agentscope.traces.models import Trace

COUNTS = """
with ids as materialized ({traces})
select
  (select count(*) from ids),
  (select count(*) from span s join ids using (trace_id) where s.project_id = %(project)s),
  (select count(*) from span_payload s join ids using (trace_id) where s.project_id = %(project)s),
  (select count(*) from span_log s join ids using (trace_id) where s.project_id = %(project)s),
  (select count(*) from finding s join ids using (trace_id) where s.project_id = %(project)s),
  (select count(*) from search_block s join ids using (trace_id) where s.project_id = %(project)s),
  (select count(*) from ({sessions}) as going)
"""
# Sessions of which nothing is left.
SESSIONS = """
select distinct t.session from trace t join ids using (trace_id)
where t.project_id = %(project)s and t.session <> '' and not exists (
    select 1 from trace other where other.project_id = %(project)s
    and other.session = t.session and other.trace_id not in (select trace_id from ids))
"""
# Answers to agents that go with the traces and sessions: see remove.ANSWERS.
ANSWERS = """
with ids as materialized ({traces}), going as materialized ({sessions})
select id from budget_answer answer
where project_id = %(project)s and id = any(%(some)s) and not {is_held} and (
    trace in (select trace_id from ids) or session in (select session from going))
"""
# What people wrote about the traces, and about others that are named.
TEXTS = """
with ids as materialized ({traces}), written as (
    select project_id, trace_id, text, erased_at from review
    union all select project_id, trace_id, text, erased_at from review_comment)
select count(*) from written where project_id = %(project)s and text <> '' and erased_at is null
and (trace_id = any(%(named)s) or trace_id in (select trace_id from ids))
"""
NAMES = "traces spans payloads records findings search sessions".split()


def counted(person: Person) -> dict[str, int]:
    """How much there is of what an erasure removes, by the names of sentences.NAMES."""
    with connection.cursor() as cursor:
        query = COUNTS.format(traces=person.all_traces(), sessions=SESSIONS)
        cursor.execute(query, person.asked())
        found = dict(zip(NAMES, cursor.fetchone(), strict=True))
    waiting = Inbox.objects.filter(project_id=person.project_id).count()
    return found | {"requests_waiting": waiting}


def traces_of(person: Person) -> frozenset[UUID]:
    """The ids of the traces that go."""
    with connection.cursor() as cursor:
        cursor.execute(person.all_traces(), person.asked())
        return frozenset(trace_id for (trace_id,) in cursor.fetchall())


def answers_of(person: Person, some: Sequence[int]) -> set[int]:
    """Those of some answers to agents that go with what is removed."""
    said = {"traces": person.all_traces(), "sessions": SESSIONS, "is_held": IS_HELD}
    query = ANSWERS.format(**said)
    with connection.cursor() as cursor:
        cursor.execute(query, person.asked() | {"some": list(some)})
        return {number for (number,) in cursor.fetchall()}


def texts_of(person: Person, named: Collection[UUID]) -> int:
    """How many texts of reviews and comments go: about the traces of a person, and about others in
    which people named them."""
    with connection.cursor() as cursor:
        query = TEXTS.format(traces=person.all_traces())
        cursor.execute(query, person.asked() | {"named": list(named)})
        return int(cursor.fetchone()[0])


def spans_of(person: Person) -> int:
    """How many spans the traces of a person have, of those whose trace names them."""
    name = "user" if person.of == "user" else "session"
    rows = Trace.objects.filter(project_id=person.project_id, **{name: person.said})
    return rows.aggregate(n=Sum("spans"))["n"] or 0
