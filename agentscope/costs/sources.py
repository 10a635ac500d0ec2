"""Where the rows of a report come from: sums of whole days, and lines for all that is finer.

Whole days come from the roll-ups, unless the question is about something that they do not tell
apart; the hours at either end of a period come from the lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agentscope.costs.amounts import COLUMNS
from agentscope.costs.query import ATTRIBUTE, WITHIN, CostQuery, Interval

DAY = timedelta(days=1)
PATH_COST, DAY_COST = "path_cost", "day_cost"
SESSION_COST, ATTRIBUTE_COST = "session_cost", "attribute_cost"
# What the smaller roll-ups tell apart; ATTRIBUTE stands for all attributes.
OF_SESSIONS = {"session", "user", "outcome"}
OF_ATTRIBUTES = {ATTRIBUTE, "environment", "outcome"}
TIMES = {
    PATH_COST: "(hour at time zone 'UTC')",
    DAY_COST: "day::timestamp",
    SESSION_COST: "day::timestamp",
    ATTRIBUTE_COST: "day::timestamp",
}
AMOUNTS = ", ".join(COLUMNS)
Parameters = list[Any]


@dataclass(slots=True, frozen=True)
class Sql:
    """A piece of a statement with its parameters."""

    text: str
    parameters: Parameters


def source(project_id: int, query: CostQuery, since: datetime, until: datetime) -> Sql:
    """A select of all rows of a period: `time` (UTC, without zone), k0, k1, … for what the query
    groups by, `outcome` and the amounts."""
    parts = [
        rows(project_id, query, table, first, last)
        for table, first, last in stretches(roll_up_of(query), since, until)
    ]
    return joined(" union all ", parts)


def roll_up_of(query: CostQuery) -> str:
    """The smallest table that tells apart what the query asks for."""
    if query.interval == Interval.HOUR:
        return PATH_COST
    asked = {ATTRIBUTE if name.startswith(ATTRIBUTE) else name for name in query.dimensions}
    if not asked & {"session", "user", ATTRIBUTE}:
        return DAY_COST
    if asked <= OF_SESSIONS:
        return SESSION_COST
    return ATTRIBUTE_COST if asked <= OF_ATTRIBUTES else PATH_COST


def stretches(
    table: str, since: datetime, until: datetime
) -> Iterator[tuple[str, datetime, datetime]]:
    """The period cut into whole days from a roll-up and hours from the lines."""
    first = midnight(since + DAY - timedelta.resolution)
    last = midnight(until)
    if table == PATH_COST or first >= last:
        yield PATH_COST, since, until
        return
    if since < first:
        yield PATH_COST, since, first
    yield table, first, last
    if last < until:
        yield PATH_COST, last, until


def midnight(time: datetime) -> datetime:
    """The start of the day that a time in UTC lies in."""
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def rows(project_id: int, query: CostQuery, table: str, since: datetime, until: datetime) -> Sql:
    """The rows of one table."""
    keys = [value_of(name) for name in query.group_by]
    named = [Sql(f"{key.text} as k{number}", key.parameters) for number, key in enumerate(keys)]
    time = Sql(f"{TIMES[table]} as time", [])
    select = joined(", ", [time, *named, Sql(f"outcome, {AMOUNTS}", [])])
    kept = conditions(project_id, query, table, since, until)
    statement = f"select {select.text} from {table} where {kept.text}"  # noqa: S608 — our words
    return Sql(statement, [*select.parameters, *kept.parameters])


def conditions(
    project_id: int, query: CostQuery, table: str, since: datetime, until: datetime
) -> Sql:
    """Which rows of a table are asked for."""
    by_hour = table == PATH_COST
    first, last = (since, until) if by_hour else (since.date(), until.date())
    column = "hour" if by_hour else "day"
    where = [
        Sql("project_id = %s", [project_id]),
        Sql(f"{column} >= %s and {column} < %s", [first, last]),
        *(condition(name, said) for name, said in query.filters.items()),
    ]
    return joined(" and ", where)


def value_of(name: str) -> Sql:
    """The value of a dimension, "" where nothing is said. `name` was checked."""
    if name.startswith(ATTRIBUTE):
        attribute = name.removeprefix(ATTRIBUTE)
        return Sql("coalesce(attributes ->> %s, '')", [attribute])
    return Sql("user_name" if name == "user" else name, [])


def condition(name: str, said: str) -> Sql:
    """What a filter asks for."""
    if name == WITHIN:
        return Sql("(path = %s or starts_with(path, %s))", [said, f"{said}/"])
    value = value_of(name)
    return Sql(f"{value.text} = %s", [*value.parameters, said])


def joined(word: str, parts: Sequence[Sql]) -> Sql:
    """Pieces one after another."""
    return Sql(
        word.join(part.text for part in parts),
        [parameter for part in parts for parameter in part.parameters],
    )
