"""What an erasure would remove, counted without removing anything."""

from __future__ import annotations

import json

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
  (select count(*) from budget_answer a join ids on a.trace = ids.trace_id
    where a.project_id = %(project)s),
  (select count(distinct t.session) from trace t join ids using (trace_id)
    where t.project_id = %(project)s and t.session <> '' and not exists (
        select 1 from trace other where other.project_id = %(project)s
        and other.session = t.session and other.trace_id not in (select trace_id from ids))),
  (select count(*) from ledger_content where project_id = %(project)s
    and strpos(text, %(written)s) > 0)
"""
NAMES = "traces spans payloads records findings search answers sessions entries".split()


def counted(person: Person) -> dict[str, int]:
    """How much there is of what an erasure removes, by the names of sentences.NAMES."""
    written = json.dumps(person.said, ensure_ascii=False)[1:-1]
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS.format(traces=person.all_traces()), person.asked() | {"written": written}
        )
        found = dict(zip(NAMES, cursor.fetchone(), strict=True))
    waiting = Inbox.objects.filter(project_id=person.project_id).count()
    return found | {"requests_waiting": waiting}


def spans_of(person: Person) -> int:
    """How many spans the traces of a person have, of those whose trace names them."""
    name = "user" if person.of == "user" else "session"
    rows = Trace.objects.filter(project_id=person.project_id, **{name: person.said})
    return rows.aggregate(n=Sum("spans"))["n"] or 0
