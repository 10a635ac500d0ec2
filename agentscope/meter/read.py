"""What was used in some time: by a whole project, by somebody, or by each of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from agentscope.meter.quarters import MINUTES
from agentscope.meter.readings import COLUMNS, Sums
from agentscope.meter.scope import Scope, conditions

SUMS = ", ".join(f"coalesce(sum({name}), 0)::int8" for name in COLUMNS)
USED = f"select said, {SUMS} from ({{read}}) as read group by said"  # noqa: S608 — own words
TOOK = """
select said, bucket, sum(number)::int8
from ({read}) as read, unnest(durations, counts) as each (bucket, number)
group by said, bucket
"""
USED_BY = f"""
select said, began / {{size}} * {{size}} as bucket, {SUMS} from ({{read}}) as read
group by said, bucket order by bucket desc, said limit {{limit}}
"""  # noqa: S608 — own words
TOOK_BY = """
select said, began / {size} * {size} as begins_at, bucket, sum(number)::int8
from ({read}) as read, unnest(durations, counts) as each (bucket, number)
group by said, begins_at, bucket order by begins_at desc, said, bucket limit {limit}
"""
BEGAN = "quarter * 15 as began"
LIVED = "select said, min(minute), max(minute) from ({read}) as read group by said"
FIRST = """
select (select min(minute) from metered where project_id = %(project_id)s),
    (select min(quarter) from quarter_metered where project_id = %(project_id)s)
"""
LAST = "select said, max(last_minute) from ({read}) as read group by said"
MOST = f"""
select said, {SUMS}, count(*) over () from ({{read}}) as read
group by said having sum({{column}}) > 0 order by sum({{column}}) desc, said limit {{limit}}
"""  # noqa: S608 — own words
READINGS = """
select {said} as said, {own_columns} from metered,
    unnest(%(begins)s::int4[], %(ends)s::int4[]) as stretch (begins, ends)
where project_id = %(project_id)s and minute >= begins and minute < ends {where}
"""
QUARTERS = """
union all
select {said}, {columns} from quarter_metered
where project_id = %(project_id)s and quarter >= %(first)s and quarter < %(end)s
and quarter <> all(%(due)s::int4[]) {where}
"""
DUE = """
select quarter from quarter_due where project_id = %s and quarter >= %s and quarter < %s
order by quarter
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what was used from `first` up to before `end`, minutes since 1970. Of `groups`
    only, if said: names of what the scope tells by itself."""

    project_id: int
    scope: Scope
    first: int
    end: int
    groups: Sequence[str] | None = None


def used(asked: Asked) -> dict[str, Sums]:
    """What was used, by group: by "" alone unless the scope says `each`. Groups that used nothing
    are left out."""
    rows = answers(asked, USED, ", ".join(COLUMNS))
    return {str(name): Sums(*sums) for name, *sums in rows}


def most(asked: Asked, column: str, limit: int) -> tuple[list[tuple[str, Sums]], int]:
    """What was used by the groups that used most of something, one of COLUMNS, and how many groups
    used any of it."""
    if column not in COLUMNS:
        raise ValueError(column)
    sql = MOST.replace("{column}", column).replace("{limit}", str(limit))
    rows = answers(asked, sql, ", ".join(COLUMNS))
    return [(str(name), Sums(*sums)) for name, *sums, _ in rows], rows[0][-1] if rows else 0


@dataclass(frozen=True, slots=True)
class Steps:
    """How finely it is told: by so many minutes, and at most so many rows, the latest."""

    minutes: int
    limit: int


def used_by(asked: Asked, steps: Steps) -> list[tuple[str, int, Sums]]:
    """What was used by group and stretch of time, the latest first: who, the minute in which the
    stretch begins, what."""
    sql = stepped(USED_BY, steps)
    rows = answers(asked, sql, f"{', '.join(COLUMNS)}, {BEGAN}", steps=steps)
    return [(str(name), minute, Sums(*sums)) for name, minute, *sums in rows]


def took_by(asked: Asked, kind: int, steps: Steps) -> list[tuple[str, int, int, int]]:
    """How long things of a kind took, likewise: who, when, bucket, how many."""
    sql = stepped(TOOK_BY, steps)
    return answers(asked, sql, f"durations, counts, {BEGAN}", kind, steps)


def stepped(sql: str, steps: Steps) -> str:
    """A question by stretches of time."""
    return sql.replace("{size}", str(steps.minutes)).replace("{limit}", str(steps.limit))


def took(asked: Asked, kind: int) -> dict[str, dict[int, int]]:
    """How long things of a kind took (vocabulary.Kind: AGENT, LLM or TOOL), likewise: by group, how
    many are in which bucket."""
    found: dict[str, dict[int, int]] = {}
    for name, bucket, number in answers(asked, TOOK, "durations, counts", kind):
        found.setdefault(str(name), {})[bucket] = number
    return found


def last_minutes(asked: Asked) -> dict[str, int]:
    """The last minute in which anything was used, since 1970, likewise."""
    return {str(name): minute for name, minute in answers(asked, LAST, "last_minute")}


def first_minute(project_id: int) -> int | None:
    """The first minute in which a project used anything, as far as is known, since 1970; None if it
    never did. Once its readings have expired it is that of their quarter. Two looks at an index."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST, {"project_id": project_id})
        minute, quarter = cursor.fetchone()
    is_read = minute is not None and (quarter is None or minute // MINUTES <= quarter)
    return minute if is_read or quarter is None else int(quarter) * MINUTES


def lived(asked: Asked) -> dict[str, tuple[int, int]]:
    """The first and the last minute in which anything was used, likewise, by runs, sessions or
    users: sums of quarters do not tell them apart."""
    rows = answers(asked, LIVED, "minute")
    return {str(name): (first, last) for name, first, last in rows}


def answers(
    asked: Asked, sql: str, columns: str, kind: int | None = None, steps: Steps | None = None
) -> list[Any]:
    """What a question is answered with: from quarters that were added up, as far as they tell it,
    else from readings."""
    in_quarters = asked.scope.is_in_quarters and not (steps and steps.minutes % MINUTES)
    where, said = conditions(asked.scope, asked.groups, kind)
    said["project_id"] = asked.project_id
    first, end = -(-asked.first // MINUTES), asked.end // MINUTES
    read, stretches = READINGS, [(asked.first, asked.end)]
    with connection.cursor() as cursor:
        if first < end and in_quarters:
            cursor.execute(DUE, [asked.project_id, first, end])
            due = [quarter for (quarter,) in cursor.fetchall()]
            said |= {"first": first, "end": end, "due": due}
            read += QUARTERS
            stretches = [(asked.first, first * MINUTES), (end * MINUTES, asked.end)]
            stretches += [(quarter * MINUTES, (quarter + 1) * MINUTES) for quarter in due]
        said["begins"], said["ends"] = (list(side) for side in zip(*stretches, strict=True))
        of = {"said": asked.scope.column, "columns": columns, "where": where}
        own = columns.replace("last_minute", "minute as last_minute")
        of["own_columns"] = own.replace(BEGAN, "minute as began")
        cursor.execute(sql.format(read=read.format(**of)), said)
        found: list[Any] = cursor.fetchall()
    return found
