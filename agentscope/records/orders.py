"""What budgets and people said about a trace: to stop, or to go on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.records.case import Ordered

MOST = 100
SAID = f"""
(select 'stop', answer.at, coalesce(budget.name, ''), coalesce(answer.said ->> 'reason', ''),
    answer.agent
    from budget_answer answer left join budget on budget.id = answer.budget
    where answer.project_id = %(project)s and answer.trace = %(trace)s and decision = 'stop'
    order by answer.at, answer.id limit {MOST})
union all
(select 'stop', made_at, who, why, '' from budget_stop
    where project_id = %(project)s and of = 'trace' and name = %(name)s
    order by made_at, id limit {MOST})
union all
(select 'lift', made_at, who, why, '' from budget_lift
    where project_id = %(project)s and trace = %(trace)s order by made_at, id limit {MOST})
"""  # noqa: S608 — our own numbers


def orders_of(project_id: int, trace_id: UUID) -> list[Ordered]:
    """All of it, in order of time. One query."""
    asked: dict[str, Any] = {"project": project_id, "trace": trace_id, "name": trace_id.hex}
    with connection.cursor() as cursor:
        cursor.execute(SAID, asked)
        found = [Ordered(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.at, each.what, each.by, each.why))
