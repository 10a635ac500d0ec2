"""Advice about a period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.billing.buckets import NAMES
from agentscope.costs.bounded import bounded
from agentscope.prices.book import price_book
from agentscope.routing.advised import Advice, Verdict
from agentscope.routing.choose import advise
from agentscope.routing.lines import Line
from agentscope.routing.record import COLUMNS as RECORD
from agentscope.routing.record import Record

HOUR = 3_600  # seconds
MOST_LINES = 20_000  # of a period, those with the most calls: hundreds of agents with all they do
EXAMPLES = 3  # calls that are shown of each kind
SAID = ("path", "agent", "model", "provider", "service_tier", "kind", "site")
ADDED = (*RECORD, *NAMES, "web_searches")
COLUMNS = ", ".join((*SAID, "size", *ADDED, "least_input", "most_input", "most_output"))
IN_PERIOD = "project_id = %(project)s and hour >= %(first)s and hour < %(end)s"
# Days whose sums are what their uses come to; and the stretches of hours between them.
WHOLE = """
select a.day, a.day - date '1970-01-01' as number from use_day_added a
join day_due d on d.project_id = a.project_id and d.day = a.day and d.generation = a.generation
where a.project_id = %(project)s and (a.day - date '1970-01-01') * 24 >= %(first)s
and (a.day - date '1970-01-01' + 1) * 24 <= %(end)s
"""
BETWEEN = """
select number * 24 as ends, lag((number + 1) * 24, 1, %(first)s) over (order by number) as begins
from whole
union all select %(end)s, coalesce(max((number + 1) * 24), %(first)s) from whole
"""
# Grouped by numbers alone, for that takes a fraction of the time: what is said follows from them.
LINES = f"""
with whole as materialized ({WHOLE}), between as ({BETWEEN}),
uses as (
    select {COLUMNS} from whole join day_use on project_id = %(project)s and day_use.day = whole.day
    union all
    select {COLUMNS} from between
    join model_use on project_id = %(project)s and hour >= begins and hour < ends)
select {
    ", ".join(
        f"max({name})" if name in ("path", "agent", "model", "provider") else name for name in SAID
    )
},
    {", ".join(f"sum({name})::numeric" for name in ADDED)},
    min(least_input), max(most_input), max(most_output)
from uses group by site, kind, size, service_tier
order by sum(calls) desc, site, kind, size, service_tier limit {MOST_LINES + 1}
"""  # noqa: S608 — names of columns and numbers only
EXAMPLES_OF = f"""
select asked.number, used.trace_id, used.example
from unnest(%(sites)s::int8[], %(kinds)s::int2[]) with ordinality as asked (site, kind, number),
lateral (
    select trace_id, example, hour, place from model_use
    where {IN_PERIOD} and site = asked.site and kind = asked.kind
    order by hour desc, trace_id, place limit {EXAMPLES}) as used
order by asked.number, used.hour desc, used.trace_id, used.place
"""  # noqa: S608 — names of columns and numbers only
Example = tuple[UUID, int]  # trace and span
NOWHERE = (0, -1)  # a site and a kind that no call has


@dataclass(frozen=True, slots=True)
class Report:
    """What can be advised about a period of whole hours."""

    advice: list[Advice]
    since: datetime
    until: datetime
    is_whole: bool  # whether all lines were looked at: else the MOST_LINES with the most calls


def advice(project_id: int, since: datetime, until: datetime) -> list[Advice]:
    """What is advised about the calls that began in a period, what is proven and saves most first.
    Raises TookTooLong."""
    return report(project_id, since, until).advice


def report(project_id: int, since: datetime, until: datetime) -> Report:
    """The same with what it is about. A question, however much was called. Raises TookTooLong."""
    with bounded():
        lines = list(lines_of(project_id, since, until))
    day = (until - timedelta.resolution).date()
    found = advise(lines[:MOST_LINES], price_book(project_id), day)
    return Report(found, since, until, len(lines) <= MOST_LINES)


def lines_of(project_id: int, since: datetime, until: datetime) -> Iterator[Line]:
    """The calls of a period, added up."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, period(project_id, since, until))
        for row in cursor.fetchall():
            sums = [int(each) for each in row[len(SAID) :]]
            record, tokens = Record(*sums[: len(RECORD)]), tuple(sums[len(RECORD) : -4])
            path, agent, model, provider, service_tier, kind, site = row[: len(SAID)]
            place = (path, agent, model, provider, service_tier, kind, site)
            yield Line(*place, record, tokens, *sums[-4:])


def period(project_id: int, since: datetime, until: datetime) -> dict[str, Any]:
    """The hours of a period: those that began in it."""
    first, end = (-(-int(each.timestamp()) // HOUR) for each in (since, until))
    return {"project": project_id, "first": first, "end": end}


def examples(
    project_id: int, since: datetime, until: datetime, of: Sequence[tuple[int, int]]
) -> list[list[Example]]:
    """The newest calls at each of these sites and of these kinds. One question for all."""
    found: list[list[Example]] = [[] for _ in of]
    sites, kinds = [each[0] for each in of], [each[1] for each in of]
    asked = period(project_id, since, until) | {"sites": sites, "kinds": kinds}
    with connection.cursor() as cursor:
        cursor.execute(EXAMPLES_OF, asked)
        for number, trace_id, span_id in cursor.fetchall():
            found[number - 1].append((trace_id, span_id))
    return found


def with_examples(
    project_id: int, found: Report, shown: Sequence[Advice]
) -> list[tuple[Advice, list[Example], list[Example]]]:
    """Pieces of advice, each with some of the calls that it is about, and of those on the cheaper
    model that are its evidence. One question for all."""
    now = [(each.site, int(each.kind)) for each in shown]
    then = [
        (each.best.evidence.site, int(each.kind)) if each.best.evidence else NOWHERE
        for each in shown
    ]
    calls = examples(project_id, found.since, found.until, [*now, *then])
    return list(zip(shown, calls[: len(now)], calls[len(now) :], strict=True))


def saving_of(advice: Iterable[Advice], verdict: Verdict) -> Decimal:
    """What all advice of a verdict saves together, in USD: no call is in two of them."""
    saved = (each.saving for each in advice if each.best.verdict == verdict)
    return sum(saved, Decimal(0))
