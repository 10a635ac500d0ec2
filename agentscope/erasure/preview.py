"""What an erasure would remove, counted without removing anything."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection
from django.db.models import Sum

from agentscope.erasure.person import Person
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
  (select count(*) from ({sessions}) as going),
  (select count(*) from ledger_content where project_id = %(project)s
    and strpos(text, %(written)s) > 0)
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
select id from budget_answer where project_id = %(project)s and id = any(%(some)s) and (
    trace in (select trace_id from ids) or session in (select session from going))
"""
NAMES = "traces spans payloads records findings search sessions entries".split()


def counted(person: Person) -> dict[str, int]:
    """How much there is of what an erasure removes, by the names of sentences.NAMES."""
    written = json.dumps(person.said, ensure_ascii=False)[1:-1]
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS.format(traces=person.all_traces(), sessions=SESSIONS),
            person.asked() | {"written": written},
        )
        found = dict(zip(NAMES, cursor.fetchone(), strict=True))
    waiting = Inbox.objects.filter(project_id=person.project_id).count()
    return found | {"requests_waiting": waiting}


def answers_of(person: Person, some: Sequence[int]) -> set[int]:
    """Those of some answers to agents that go with what is removed."""
    query = ANSWERS.format(traces=person.all_traces(), sessions=SESSIONS)
    with connection.cursor() as cursor:
        cursor.execute(query, person.asked() | {"some": list(some)})
        return {number for (number,) in cursor.fetchall()}


def spans_of(person: Person) -> int:
    """How many spans the traces of a person have, of those whose trace names them."""
    name = "user" if person.of == "user" else "session"
    rows = Trace.objects.filter(project_id=person.project_id, **{name: person.said})
    return rows.aggregate(n=Sum("spans"))["n"] or 0
