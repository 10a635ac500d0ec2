"""What budgets and people said about a trace: to stop, or to go on."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from agentscope.records.case import Ordered

MOST = 100
MOST_ANSWERS = 400  # of a sort: the last ones
MOST_COUNTED = 10_000  # of a sort
ANSWERS = "from budget_answer where project_id = %(project)s and trace = %(trace)s and decision ="
GOES_ON = "(values ('allow'), ('warn'), ('downgrade')) as sort (word)"
SAID = f"""
(select 'stop', answer.at, coalesce(budget.name, ''), coalesce(answer.said ->> 'reason', ''),
    answer.agent, false
    from budget_answer answer left join budget on budget.id = answer.budget
    where answer.project_id = %(project)s and answer.trace = %(trace)s and decision = 'stop'
    order by answer.at, answer.id limit {MOST})
union all
(select word, answer.at, coalesce(budget.name, ''), coalesce(answer.said ->> 'reason', ''),
    answer.agent, false
    from {GOES_ON} cross join lateral (
        select * {ANSWERS} word order by at desc, id desc limit {MOST_ANSWERS}) as answer
    left join budget on budget.id = answer.budget)
union all
(select 'stop', made_at, who, why, '', true from budget_stop
    where project_id = %(project)s and of = 'trace' and name = %(name)s
    order by made_at, id limit {MOST})
union all
(select 'lift', made_at, who, why, '', true from budget_lift
    where project_id = %(project)s and trace = %(trace)s order by made_at, id limit {MOST})
"""  # noqa: S608 — our own numbers
COUNTED = f"""
select coalesce(sum(greatest(counted - {MOST_ANSWERS}, 0)), 0) from {GOES_ON} cross join lateral (
    select count(*) as counted from (select {ANSWERS} word limit {MOST_COUNTED}) as few) as each
"""  # noqa: S608 — our own numbers


class Orders(NamedTuple):
    """What was said, in order of time, and how many answers are not in it."""

    said: list[Ordered]
    unread: int


def orders_of(project_id: int, trace_id: UUID) -> Orders:
    """All of it, of answers the last ones. One query; two where there are many answers."""
    asked: dict[str, Any] = {"project": project_id, "trace": trace_id, "name": trace_id.hex}
    with connection.cursor() as cursor:
        cursor.execute(SAID, asked)
        found, unread = [Ordered(*row) for row in cursor.fetchall()], 0
        if len(found) >= MOST_ANSWERS:
            cursor.execute(COUNTED, asked)
            unread = int(cursor.fetchone()[0])
    return Orders(sorted(found, key=lambda each: (each.at, each.what, each.by, each.why)), unread)
