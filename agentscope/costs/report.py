"""Reports: what a period cost, by groups, over time and against the period before.

Two statements: the first finds the groups to show one by one, the second adds these up and the
whole, at one moment. The rest is the whole without them, so the parts add up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.db import connection

from agentscope.costs.amounts import COLUMNS, NOTHING, TOKENS, Amounts, total
from agentscope.costs.answers import CostReport, Group, Key, Mover, Outcomes, Rest, Slice
from agentscope.costs.fresh import calls_since, days_due
from agentscope.costs.query import ATTRIBUTE, CostQuery, Interval
from agentscope.costs.slices import slice_of, starts
from agentscope.costs.sources import Sql, joined, roll_up_of, source

MOVERS = 10
# Places of what is no single group: all that are not shown, and all rows together.
REST, WHOLE = 0, -1
SUMS = ", ".join(f"sum({column}) as {column}" for column in COLUMNS)
# Tasks have these as a whole; by the other dimensions, costs are those of parts of a task.
OF_TASKS = {"environment", "session", "user", "outcome"}
SUCCESS, FAILURE = "success", "failure"

NOW = "filter (where time >= %s)"
PICK = """
with rows as ({source}),
ranked as materialized (
    select {keys}, sum({order}) {now} as amount, sum(unpriced_tokens) {now} as unpriced,
        {rows} as rows, {change} as change
    from rows group by {keys}),
top as (
    select 'top', {keys} from ranked where rows > 0
    order by amount desc, unpriced desc, {order_of_keys} limit %s),
movers as (
    select 'mover', {keys} from ranked where change <> 0
    order by abs(change) desc, {order_of_keys} limit %s)
select *, (select count(*) from ranked where rows > 0) from top union all select *, 0 from movers
"""
CHANGE = "sum(case when time >= %s then known_cost else -known_cost end)"
ADD_UP = """
select {place} as place, time >= %s as is_now, case when time >= %s then {slice} end as slice,
    outcome, {sums}
from ({source}) as rows {picked}
group by 1, 2, 3, 4
"""


@dataclass(slots=True)
class Picked:
    """The groups that are shown one by one."""

    top: list[Key] = field(default_factory=list)
    movers: list[Key] = field(default_factory=list)
    groups: int = 0  # of the period, shown or not

    @property
    def keys(self) -> list[Key]:
        """All of them once. A group's place is its position here, counted from 1."""
        return list(dict.fromkeys([*self.top, *self.movers]))


@dataclass(slots=True, frozen=True)
class Part:
    """What one group, in one outcome and one slice of one period, came to."""

    is_now: bool
    slice: datetime | None
    place: int  # of the group, or REST, or WHOLE
    outcome: str
    amounts: Amounts


def report(project_id: int, query: CostQuery) -> CostReport:
    """The answer to a query that was checked. Four statements."""
    picked = pick(project_id, query) if query.group_by else Picked()
    parts = add_up(project_id, query, picked.keys)
    now = [part for part in parts if part.is_now]
    before = [part for part in parts if not part.is_now] if query.compare else None
    answer = Answer(picked, now, before)
    return CostReport(
        query=query,
        groups=answer.groups(),
        others=answer.others(),
        total=at_place(now, WHOLE),
        previous=None if before is None else at_place(before, WHOLE),
        movers=answer.movers(),
        series=list(answer.series(query)),
        outcomes=outcomes(now) if of_tasks(query) else None,
        days_due=days_due(project_id, query),
        calls_since=calls_since(project_id),
    )


def pick(project_id: int, query: CostQuery) -> Picked:
    """The greatest groups, and those that changed most. A session does not move: it has its time,
    and there are too many of them to look for those that are in both periods."""
    moves = query.compare and "session" not in query.group_by
    rows = both_periods(project_id, replace(query, compare=moves))
    statement = PICK.format(
        source=rows.text,
        keys=", ".join(keys_of(query)),
        order_of_keys=", ".join(f'{key} collate "C"' for key in keys_of(query)),
        order=f"({TOKENS})" if query.order == "tokens" else query.order,
        now=NOW if moves else "",
        rows=f"count(*) {NOW}" if moves else "1",
        change=CHANGE if moves else "0",
    )
    times = [query.since.replace(tzinfo=None)] * (4 if moves else 0)
    picked = Picked()
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows.parameters, *times, query.top, MOVERS])
        for role, *key, groups in cursor.fetchall():
            (picked.top if role == "top" else picked.movers).append(tuple(key))
            picked.groups = picked.groups or groups
    return picked


def add_up(project_id: int, query: CostQuery, keys: Sequence[Key]) -> list[Part]:
    """These groups and the whole, in the period and in the one before if it is compared with."""
    whole_query = replace(query, group_by=())
    if not keys or roll_up_of(query) == roll_up_of(whole_query):  # one reading is enough
        parts = parts_of(added_up(project_id, query if keys else whole_query, keys, "left join"))
        return [*(part for part in parts if part.place != REST), *wholes(parts)]
    groups = added_up(project_id, query, keys, "join")
    every = added_up(project_id, whole_query, [], "")
    return [
        replace(part, place=WHOLE) if part.place == REST else part
        for part in parts_of(joined(" union all ", [groups, every]))
    ]


def parts_of(statement: Sql) -> list[Part]:
    """What a statement found."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        return [
            Part(is_now, slice and slice.replace(tzinfo=UTC), place, outcome, Amounts.of(sums))
            for place, is_now, slice, outcome, *sums in cursor.fetchall()
        ]


def wholes(parts: Iterable[Part]) -> list[Part]:
    """Parts of all groups together."""
    sums: defaultdict[tuple[bool, datetime | None, str], list[Amounts]] = defaultdict(list)
    for part in parts:
        sums[part.is_now, part.slice, part.outcome].append(part.amounts)
    return [
        Part(is_now, slice, WHOLE, outcome, total(amounts))
        for (is_now, slice, outcome), amounts in sums.items()
    ]


def added_up(project_id: int, query: CostQuery, keys: Sequence[Key], join: str) -> Sql:
    """The sums of these groups; with "left join" that of the rest as well."""
    rows, since = both_periods(project_id, query), query.since.replace(tzinfo=None)
    names = ", ".join(keys_of(query))
    arrays = ", ".join(["%s::text[]"] * len(query.group_by))
    picked = f"{join} unnest({arrays}) with ordinality as p ({names}, place) using ({names})"
    text = ADD_UP.format(
        source=rows.text,
        slice=slice_of("time", query.interval),
        place=f"coalesce(place, {REST})" if keys else f"{REST}::bigint",
        picked=picked if keys else "",
        sums=SUMS,
    )
    columns = [list(column) for column in zip(*keys, strict=True)]
    return Sql(text, [since, since, *rows.parameters, *columns])


def both_periods(project_id: int, query: CostQuery) -> Sql:
    """The rows of the period, and of the one before if it is compared with. Each is read for
    itself: of the day in which they meet both have hours, its roll-up would be in one of them."""
    now = source(project_id, query, query.since, query.until)
    if not query.compare:
        return now
    return joined(" union all ", [source(project_id, query, *query.before), now])


def keys_of(query: CostQuery) -> list[str]:
    """The names of the columns that groups are told apart by."""
    return [f"k{number}" for number in range(len(query.group_by))]


def whole(parts: Iterable[Part]) -> Amounts:
    """What parts come to."""
    return total(part.amounts for part in parts)


def at_place(parts: Iterable[Part], place: int) -> Amounts:
    """What the parts at one place come to."""
    return whole(part for part in parts if part.place == place)


def by_place(parts: Iterable[Part]) -> dict[int, Amounts]:
    """What the parts at each place come to."""
    found: defaultdict[int, list[Amounts]] = defaultdict(list)
    for part in parts:
        found[part.place].append(part.amounts)
    return {place: total(amounts) for place, amounts in found.items()}


@dataclass(slots=True, frozen=True)
class Answer:
    """Parts put together."""

    picked: Picked
    now: list[Part]
    before: list[Part] | None

    def groups(self) -> list[Group]:
        """The greatest groups."""
        now, before = by_place(self.now), by_place(self.before or [])
        compared = self.before is not None
        return [
            Group(key, now.get(at, NOTHING), before.get(at, NOTHING) if compared else None)
            for at, key in enumerate(self.picked.top, start=1)
        ]

    def movers(self) -> list[Mover]:
        """The groups that changed most."""
        now, before = by_place(self.now), by_place(self.before or [])
        places = {key: place for place, key in enumerate(self.picked.keys, start=1)}
        return [
            Mover(key, now.get(places[key], NOTHING), before.get(places[key], NOTHING))
            for key in self.picked.movers
        ]

    def others(self) -> Rest:
        """All but the top, the movers among them included; everything if nothing was grouped."""
        left = self.picked.groups - len(self.picked.top)
        before = None if self.before is None else self.without_top(self.before)
        return Rest(left, self.without_top(self.now), before)

    def without_top(self, parts: list[Part]) -> Amounts:
        """The whole without the groups that are shown."""
        shown = range(1, len(self.picked.top) + 1)
        return at_place(parts, WHOLE) - whole(part for part in parts if part.place in shown)

    def series(self, query: CostQuery) -> Iterator[Slice]:
        """Every interval of the period. Of groups only the top is told apart."""
        if query.interval == Interval.NONE:
            return
        top = len(self.picked.top)
        found: dict[datetime | None, list[Amounts]] = {}
        for part in self.now:
            if part.place <= top:
                places = found.setdefault(part.slice, [NOTHING] * (top + 1))
                at = max(part.place, 0)
                places[at] = places[at] + part.amounts
        for start in starts(query):
            every, *groups = found.get(start, [NOTHING] * (top + 1))
            yield Slice(start, groups, every - total(groups), every)


def of_tasks(query: CostQuery) -> bool:
    """Whether the filters pick whole tasks."""
    return all(name in OF_TASKS or name.startswith(ATTRIBUTE) for name in query.filters)


def outcomes(parts: Sequence[Part]) -> Outcomes:
    """What the tasks of a period came to."""
    tasks = [part for part in parts if part.place == WHOLE]
    known = [part for part in tasks if part.outcome in {SUCCESS, FAILURE}]
    count = {
        outcome: sum(part.amounts.traces for part in known if part.outcome == outcome)
        for outcome in (SUCCESS, FAILURE)
    }
    return Outcomes(
        successes=count[SUCCESS],
        failures=count[FAILURE],
        unknown=whole(tasks).traces - sum(count.values()),
        known=whole(known),
    )
