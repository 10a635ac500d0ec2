"""What a circuit breaker in front of a tool or a provider would have done, hour by hour, by the
failures that were recorded: closed, open or half open.

Nobody needs to have one. It opens after an hour in which at least half of the calls failed, as
breakers do by default (Hystrix, resilience4j), and no fewer than five were made: of less, one
failure more would decide. While it is not closed, an hour of fewer calls tries whether the other
side is back, and an hour of at least five of which less than half failed closes it. Hours without
calls change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from django.db import connection

from agentscope.costs.bounded import bounded

FEWEST = 5  # calls of an hour that say anything about the other side
HOUR = timedelta(hours=1)
KINDS = ("tool", "provider")


class State(StrEnum):
    """Whether calls would have been let through."""

    CLOSED = "closed"  # all of them
    OPEN = "open"  # none
    HALF_OPEN = "half_open"  # a few, to try


STATES = tuple(state.value for state in State)


@dataclass(slots=True, frozen=True)
class Hour:
    """The calls of an hour (UTC), and how many failures began in them: of any class, and more than
    the calls where several things failed inside of one."""

    at: datetime
    calls: int
    errors: int


@dataclass(slots=True, frozen=True)
class Spell:
    """Hours in one state, from the start of the first with calls to the end of the last."""

    state: State
    since: datetime
    until: datetime
    calls: int
    errors: int


@dataclass(slots=True, frozen=True)
class Circuit:
    """A tool or a provider over a period. At its start it is taken to be closed."""

    kind: str  # one of KINDS
    name: str
    spells: list[Spell]  # in order of time

    @property
    def state(self) -> State:
        """After the last hour with calls."""
        return self.spells[-1].state

    @property
    def calls(self) -> int:
        """Of the whole period."""
        return sum(spell.calls for spell in self.spells)

    @property
    def errors(self) -> int:
        """Of the whole period."""
        return sum(spell.errors for spell in self.spells)

    @property
    def opened(self) -> int:
        """How often it opened."""
        return sum(spell.state is State.OPEN for spell in self.spells)


@dataclass(slots=True, frozen=True)
class CircuitPage:
    """Those with the most failures first; `total` counts all that had any."""

    items: list[Circuit]
    total: int


def states(hours: Iterable[Hour]) -> Iterator[tuple[Hour, State]]:
    """The state after each hour; the hours in order of time."""
    state = State.CLOSED
    for hour in hours:
        state = after(state, hour)
        yield hour, state


def after(state: State, hour: Hour) -> State:
    """The state after an hour that began in another."""
    fails = hour.errors > 0 and 2 * hour.errors >= hour.calls
    if state is State.CLOSED:
        return State.OPEN if fails and hour.calls >= FEWEST else State.CLOSED
    if fails:
        return State.OPEN
    return State.CLOSED if hour.calls >= FEWEST else State.HALF_OPEN


def spells(hours: Iterable[Hour]) -> list[Spell]:
    """Neighbouring hours of one state together, whatever the order of the hours."""
    ordered = sorted(hours, key=lambda hour: hour.at)
    found = []
    for state, several in groupby(states(ordered), key=itemgetter(1)):
        same = [hour for hour, _ in several]
        calls, errors = sum(hour.calls for hour in same), sum(hour.errors for hour in same)
        found.append(Spell(state, same[0].at, same[-1].at + HOUR, calls, errors))
    return found


HOURLY = """
with hourly as (
    select kind, name, hour, sum(told)::bigint as calls, sum(errors)::bigint as errors
    from path_cost, lateral (values ('tool', tool, tool_calls), ('provider', provider, calls))
        as side (kind, name, told)
    where project_id = %(project)s and hour >= %(since)s and hour < %(until)s and name <> ''
        and (%(agent)s = '' or agent = %(agent)s)
    group by kind, name, hour
), worst as (
    select kind, name, sum(errors) as failed, count(*) over () as total
    from hourly group by kind, name having sum(errors) > 0 and sum(calls) > 0
    order by failed desc, kind, name limit %(limit)s
)
select kind, name, total, hour, hourly.calls, hourly.errors
from worst join hourly using (kind, name)
order by failed desc, kind, name, hour
"""


def circuits(
    project_id: int, since: datetime, until: datetime, limit: int, agent: str = ""
) -> CircuitPage:
    """The tools and providers of a project, or of one agent's own calls, that failed in a period,
    which begins with the hour of `since`. One query over the lines of costs. Raises TookTooLong."""
    first = since.replace(minute=0, second=0, microsecond=0)
    asked: dict[str, int | str | datetime] = {"project": project_id, "agent": agent}
    asked |= {"since": first, "until": until, "limit": limit}
    with bounded(), connection.cursor() as cursor:
        cursor.execute(HOURLY, asked)
        rows = cursor.fetchall()
    items = [
        Circuit(kind, name, spells(Hour(*row[3:]) for row in several))
        for (kind, name), several in groupby(rows, key=itemgetter(0, 1))
    ]
    return CircuitPage(items, rows[0][2] if rows else 0)
