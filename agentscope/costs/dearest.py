"""The charges of a period one by one, the dearest first; those of unknown cost come last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.costs.answers import Call, CallPage
from agentscope.costs.calls import DIMENSION_COLUMNS, SEPARATOR, Trees, not_ours
from agentscope.costs.query import DIMENSIONS, CostQuery
from agentscope.costs.sources import PATH_COST, conditions

CHARGES = """
select cost, trace_id, span_id, {dimensions}
from charge join path_cost using (trace_id, project_id, line, hour)
where {conditions} and (cost, trace_id, span_id) < (%s, %s, %s)
order by cost desc, trace_id desc, span_id desc limit %s
"""
MOST = 2**63 - 1


@dataclass(slots=True, frozen=True)
class Place:
    """The charge after which a page begins."""

    cost: int  # 1e-12 USD, UNKNOWN is less than all that is known
    trace_id: UUID
    span_id: int

    def __str__(self) -> str:
        return SEPARATOR.join((str(self.cost), self.trace_id.hex, str(self.span_id)))

    @staticmethod
    def parse(text: str) -> Place:
        """What `str` wrote; the start for empty text. Raises BadQuery for anything else."""
        if not text:
            return Place(MOST, UUID(int=2**128 - 1), MOST)
        try:
            cost, trace_id, span_id = text.split(SEPARATOR)
            place = Place(int(cost), UUID(hex=trace_id), int(span_id))
            if -1 <= place.cost <= MOST and -MOST - 1 <= place.span_id <= MOST:
                return place
        except ValueError:
            pass
        raise not_ours()


@dataclass(slots=True, frozen=True)
class Found:
    """A charge, with what its line says of it."""

    place: Place
    dimensions: dict[str, str]


def dearest_page(project_id: int, query: CostQuery, after: str, limit: int) -> CallPage:
    """At most `limit` charges. A statement for all of them, and one for each trace that they are
    of. What a trace lost since it was examined is left out."""
    place, calls = Place.parse(after), list[tuple[Place, Call]]()
    while True:
        wanted = limit + 1 - len(calls)
        found = charges(project_id, query, place, wanted)
        calls += looked_up(project_id, found)
        if len(calls) > limit:
            return CallPage([call for _, call in calls[:limit]], str(calls[limit - 1][0]))
        if len(found) < wanted:
            return CallPage([call for _, call in calls], None)
        place = found[-1].place


def charges(project_id: int, query: CostQuery, after: Place, limit: int) -> list[Found]:
    """The next charges in order."""
    kept = conditions(project_id, query, PATH_COST, query.since, query.until)
    statement = CHARGES.format(dimensions=DIMENSION_COLUMNS, conditions=kept.text)
    at: list[Any] = [after.cost, after.trace_id, after.span_id, limit]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*kept.parameters, *at])
        return [
            Found(Place(cost, trace_id, span_id), dict(zip(DIMENSIONS, said, strict=True)))
            for cost, trace_id, span_id, *said in cursor.fetchall()
        ]


def looked_up(project_id: int, found: list[Found]) -> Iterator[tuple[Place, Call]]:
    """The spans of charges, in their order. Each tree is read once."""
    trees, calls = Trees(project_id), dict[int, Call]()
    for number, each in sorted(enumerate(found), key=lambda numbered: numbered[1].place.trace_id):
        if call := trees.call_of(each.place.trace_id, each.place.span_id, each.dimensions):
            calls[number] = call
    return ((found[number].place, calls[number]) for number in sorted(calls))
