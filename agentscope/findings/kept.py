"""Which findings of a trace are rows of their own: of each cause the worst. Pure.

Work that is cut into thousands of small loops is one thing that went wrong, at thousands of places;
twenty of them show it. The others are not dropped: the worst place says how many more there were,
when they were, and what they wasted together, and so they count wherever findings are
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from agentscope.findings.found import Found
from agentscope.findings.identity import fingerprint
from agentscope.traces.clocks import moment
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO

PLACES = 20  # of one cause in one trace that are rows
Key = tuple[UUID, int]  # fingerprint, first span
NO_MORE: dict[str, Any] = {
    "more_places": 0,
    "more_spans": 0,
    "more_tokens": 0,
    "more_cost": Decimal(0),
    "more_unpriced": 0,
    "more_first_ns": None,
    "more_last_at": None,
}


@dataclass(slots=True)
class Kept:
    """The findings that are rows, and beside the worst of a cause what its other places come to;
    the keys of those."""

    rows: dict[Key, Found] = field(default_factory=dict)
    more: dict[Key, dict[str, Any]] = field(default_factory=dict)
    beyond: set[Key] = field(default_factory=set)


def kept(tree: Tree, found: Sequence[Found]) -> Kept:
    """At most PLACES findings of each cause. Of two at one place the first, which is the worse."""
    causes: dict[UUID, dict[int, Found]] = {}
    for each in found:
        first = int(tree.span_id[each.rows[0]])
        causes.setdefault(fingerprint(each), {}).setdefault(first, each)
    result = Kept()
    for cause, places in causes.items():
        keep(result, tree, cause, places)
    return result


def keep(result: Kept, tree: Tree, cause: UUID, places: dict[int, Found]) -> None:
    """Keep the worst places of a cause."""
    ranked = sorted(places.items(), key=lambda place: rank(tree, place[1]))
    first, rest = ranked[:PLACES], ranked[PLACES:]
    result.rows |= {(cause, span): each for span, each in first}
    if rest:
        result.more[cause, first[0][0]] = summed(tree, [each for _, each in rest])
        result.beyond |= {(cause, span) for span, _ in rest}


def rank(tree: Tree, found: Found) -> tuple[int, ...]:
    """The worse the less: by severity, then by what was wasted, then in order of time."""
    spent, first = found.spent, found.rows[0]
    worse = found.severity, spent.pico, spent.tokens, spent.unpriced, found.repeats
    return (*(-int(each) for each in worse), int(tree.start_ns[first]), first)


def summed(tree: Tree, found: Sequence[Found]) -> dict[str, Any]:
    """What several findings come to, as columns of the row that speaks for them."""
    rows = list(chain.from_iterable(each.rows for each in found))
    last = int(max(tree.end_ns[rows].max(), tree.start_ns[rows].max()))
    return {
        "more_places": len(found),
        "more_spans": len(rows),
        "more_tokens": sum(each.spent.tokens for each in found),
        "more_cost": sum(each.spent.pico for each in found) * PICO,
        "more_unpriced": sum(each.spent.unpriced for each in found),
        "more_first_ns": min(int(tree.start_ns[each.rows[0]]) for each in found),
        "more_last_at": moment(last // 1000),
    }
