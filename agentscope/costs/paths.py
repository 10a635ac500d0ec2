"""Costs by agent path, as a tree: an icicle."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import connection

from agentscope.costs.amounts import COLUMNS, NOTHING, Amounts, total
from agentscope.costs.answers import PathNode, PathReport, Rest
from agentscope.costs.query import CostQuery
from agentscope.costs.sources import source
from agentscope.traces.agents import SEPARATOR

UNATTRIBUTED = ""
EVERY = sys.maxsize  # paths: none is left out
SUMS = ", ".join(f"sum({column})" for column in COLUMNS)
OF_TRACE = f"""
select path, {SUMS} from path_cost where trace_id = %s and project_id = %s group by path
"""  # noqa: S608 — names of columns only
OF_PERIOD = f"select k0, {SUMS} from ({{source}}) as rows group by k0"  # noqa: S608 — likewise


def of_trace(project_id: int, trace_id: UUID) -> dict[str, Amounts]:
    """What was spent in each path of a trace."""
    with connection.cursor() as cursor:
        cursor.execute(OF_TRACE, [trace_id, project_id])
        return {path: Amounts.of(sums) for path, *sums in cursor.fetchall()}


def of_period(project_id: int, query: CostQuery) -> dict[str, Amounts]:
    """What was spent in each path in a period. The query was checked."""
    asked = replace(query, group_by=("path",))
    rows = source(project_id, asked, asked.since, asked.until)
    with connection.cursor() as cursor:
        cursor.execute(OF_PERIOD.format(source=rows.text), rows.parameters)
        return {path: Amounts.of(sums) for path, *sums in cursor.fetchall()}


@dataclass(slots=True)
class Place:
    """A path while the tree is made."""

    own: Amounts
    above: str  # the nearest path above that is known, UNATTRIBUTED: none
    inclusive: Amounts = NOTHING
    below: list[str] = field(default_factory=list)


def path_report(spent: Mapping[str, Amounts], most: int) -> PathReport:
    """The tree of all paths. Pure.

    At most `most` paths are nodes, the most expensive ones, so each comes with all above it; the
    others are in the `rest` of the nearest one above them. Names may contain the separator, so what
    is above a path is not found by splitting it: it is the longest known path that it continues.
    """
    places = placed(spent)
    order = sorted(places, key=lambda path: (rank(places[path].inclusive), len(path), path))
    shown = set(order[:most])
    nodes: dict[str, PathNode] = {}
    for path in sorted(shown, key=len):
        node = node_of(path, places, nodes)
        node.rest = rest_of(places[path].below, places, shown)
        nodes[path] = node
    outermost = [path for path, place in places.items() if not place.above]
    for node in nodes.values():
        node.children.sort(key=lambda child: (rank(child.inclusive), child.path))
    return PathReport(
        nodes=[nodes[path] for path in order if path in shown and not places[path].above],
        unattributed=spent.get(UNATTRIBUTED, NOTHING),
        rest=rest_of(outermost, places, shown),
        total=total(spent.values()),
    )


def placed(spent: Mapping[str, Amounts]) -> dict[str, Place]:
    """Each path with what is directly below it and the sum over all that is."""
    places: dict[str, Place] = {}
    for path in sorted(spent.keys() - {UNATTRIBUTED}, key=len):
        above = next((known for known in prefixes(path) if known in places), UNATTRIBUTED)
        places[path] = Place(spent[path], above)
        if above:
            places[above].below.append(path)
    for path in sorted(places, key=len, reverse=True):
        place = places[path]
        place.inclusive = total([place.own, *(places[child].inclusive for child in place.below)])
    return places


def prefixes(path: str) -> Iterator[str]:
    """All beginnings of a path that end before a separator, the longest first."""
    at = path.rfind(SEPARATOR)
    while at > 0:
        yield path[:at]
        at = path.rfind(SEPARATOR, 0, at)


def node_of(path: str, places: Mapping[str, Place], nodes: Mapping[str, PathNode]) -> PathNode:
    """The node of a path, hung below the one above it, which is there already."""
    place = places[path]
    above = nodes.get(place.above)
    node = PathNode(
        path=path,
        name=path[len(place.above) + 1 :] if above else path,
        depth=above.depth + 1 if above else 0,
        own=place.own,
        inclusive=place.inclusive,
    )
    if above:
        above.children.append(node)
    return node


def rest_of(paths: list[str], places: Mapping[str, Place], shown: set[str]) -> Rest:
    """Those of some sibling paths that are not shown, with all below them."""
    left = [path for path in paths if path not in shown]
    return Rest(
        groups=sum(1 + below(path, places) for path in left),
        amounts=total(places[path].inclusive for path in left),
    )


def below(path: str, places: Mapping[str, Place]) -> int:
    """How many paths are below a path."""
    waiting, count = [path], 0
    while waiting:
        inner = places[waiting.pop()].below
        count += len(inner)
        waiting += inner
    return count


def rank(amounts: Amounts) -> tuple[object, ...]:
    """Sorts the most expensive first."""
    return (-amounts.known_cost, -amounts.tokens, -amounts.time_ns)
