"""The bill of a trace as lines: who spent what, for which tool, on which model, when. Pure.

Every row of the tree is in one line, so the lines add up to the trace in every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from agentscope.billing.buckets import disjoint
from agentscope.costs.amounts import COLUMNS, Amounts
from agentscope.costs.times import own_times
from agentscope.traces.clocks import moment
from agentscope.traces.load import Spans
from agentscope.traces.totals import CALLS, LONGEST_SESSION, Totals
from agentscope.traces.tree import UNKNOWN, Ints, Shorts, Tree
from agentscope.vocabulary import PICO, Discarded, Kind

HOUR_NS = 3600 * 10**9
NOBODY = 0  # the position of "" in `Tree.texts`
OF_WORK = {"traces", "calls", "tool_calls", "errors", "time_ns"}  # the other amounts are spent
MOST = 2**63 - 1  # of a column; times that add up to more are those of broken clocks
Attributes = tuple[tuple[str, str], ...]  # names and texts, in order of the names
# Whose lines a row is in: path, agent, tool, model, provider and service as positions in
# `Tree.texts`; then its environment, its attributes and its hour since 1970.
Place = tuple[int, int, int, int, int, int, str, Attributes, int]


@dataclass(slots=True, frozen=True)
class Line:
    """A row of models.PathCost without its key."""

    path: str
    agent: str
    tool: str
    model: str
    provider: str
    service: str
    environment: str
    outcome: str
    session: str
    user: str
    attributes: Attributes
    hour: datetime
    amounts: Amounts


def lines_of(tree: Tree, spans: Spans, found: Totals) -> list[Line]:
    """The lines of a billed tree, in order of their first rows, and `tree.line` filled in; `spans`
    are its spans in any order, `found` its totals."""
    placing = placed(tree, spans, found)
    tree.line = placing.spends
    amounts = summed(own(tree), placing)
    places = zip(placing.places, amounts, strict=True)
    return [line(tree, found, place, sums) for place, sums in places]


@dataclass(slots=True, frozen=True)
class Placing:
    """Which line each row is in."""

    places: list[Place]  # of the lines
    works: Shorts  # by row: the line that its work is in
    spends: Shorts  # … and the line that its tokens and costs are in


def placed(tree: Tree, spans: Spans, found: Totals) -> Placing:
    """The lines of all rows.

    What a total has more than the calls below it was spent by calls that nobody told of: not by the
    agent that tells the total, so it is unattributed.
    """
    numbers: dict[Place, int] = {}
    works, spends = [], []
    for place, is_rest in zip(places(tree, spans, found), tree.is_rest.tolist(), strict=True):
        works.append(numbers.setdefault(place, len(numbers)))
        spends.append(
            numbers.setdefault((NOBODY, NOBODY, *place[2:]), len(numbers)) if is_rest else works[-1]
        )
    return Placing(list(numbers), np.array(works, np.int32), np.array(spends, np.int32))


def line(tree: Tree, found: Totals, place: Place, amounts: Amounts) -> Line:
    """One line, its texts looked up. Session, user and outcome are those of the whole trace."""
    *texts, environment, attributes, hour = place
    path, agent, tool, model, provider, service = (tree.texts[text] for text in texts)
    return Line(
        path=path,
        agent=agent,
        tool=tool,
        model=model,
        provider=provider,
        service=service,
        environment=environment,
        outcome=found.outcome,
        session=found.session,
        user=found.user[:LONGEST_SESSION],
        attributes=attributes,
        hour=moment(hour * HOUR_NS // 1000),
        amounts=amounts,
    )


def places(tree: Tree, spans: Spans, found: Totals) -> Iterator[Place]:
    """The place of each row. An environment or attribute that a row does not name is that of the
    nearest row above that does, else that of the trace: its first root's, or the earliest."""
    spans = spans.follow(tree.span_id)
    is_call = np.isin(tree.kind, CALLS) | (tree.billed_input + tree.billed_output > 0)
    columns = (
        tree.path,
        tree.agent,
        np.where(tree.kind == Kind.TOOL, tree.tool, tree.within_tool),
        np.where(is_call, tree.model, 0),  # what agents say of models is said again by their calls
        np.where(is_call, tree.provider, 0),
        tree.service,
    )
    hours = np.where(tree.start_ns > 0, tree.start_ns, found.start_ns) // HOUR_NS
    environments = inherited(tree, [said or None for said in spans.environment], found.environment)
    return zip(
        *(column.tolist() for column in columns),
        environments,
        attributes(tree, spans),
        hours.tolist(),
        strict=True,
    )


def inherited(tree: Tree, said: list[Any], otherwise: Any) -> list[Any]:
    """What each row says, else the nearest row above that says anything; None: says nothing."""
    if not any(said):
        return [otherwise] * len(said)
    known: list[Any] = []
    for own_said, above in zip(said, tree.parent.tolist(), strict=True):
        from_above = known[above] if above >= 0 else otherwise
        known.append(from_above if own_said is None else own_said)
    return known


def attributes(tree: Tree, spans: Spans) -> list[Attributes]:
    """The attributes of each row, each by itself inherited like an environment."""
    names = sorted({name for said in spans.dimensions for name in said})
    columns = []
    for name in names:
        said = [each.get(name) for each in spans.dimensions]
        columns.append(inherited(tree, said, first(tree, said)))
    if not columns:
        return [()] * len(tree)
    return [
        tuple((name, text) for name, text in zip(names, row, strict=True) if text is not None)
        for row in zip(*columns, strict=True)
    ]


def first(tree: Tree, said: list[str | None]) -> str | None:
    """What the first root says, else the earliest row that says anything."""
    order = np.lexsort((tree.span_id, tree.start_ns, tree.parent_id != 0)).tolist()
    return next((said[at] for at in order if said[at] is not None), None)


def own(tree: Tree) -> Mapping[str, Ints]:
    """What each row adds by itself, by the names of Amounts; money in 1e-12 USD."""
    unpriced = tree.cost == UNKNOWN
    cost = np.where(unpriced, 0, tree.cost)
    return {
        "traces": (np.arange(len(tree)) == 0).astype(np.int64),
        "calls": without_below(tree, tree.sum_llm_calls),
        "tool_calls": without_below(tree, tree.sum_tool_calls),
        "errors": without_below(tree, tree.sum_errors),
        "time_ns": own_times(tree),
        "known_cost": cost,
        "computed_cost": np.maximum(tree.computed_cost, 0),
        "reported_cost": np.maximum(tree.reported_cost, 0),
        "discarded_cost": np.where(tree.discarded != Discarded.NONE, cost, 0),
        "unpriced_calls": unpriced.astype(np.int64),
        "unpriced_tokens": np.where(unpriced, tree.billed_input + tree.billed_output, 0),
        **disjoint(tree),
    }


def without_below(tree: Tree, sums: Shorts) -> Ints:
    """The rows' own part of sums over subtrees."""
    found = sums.astype(np.int64)
    inner = tree.parent >= 0
    np.subtract.at(found, tree.parent[inner], sums[inner])
    return found


def summed(columns: Mapping[str, Ints], placing: Placing) -> Iterator[Amounts]:
    """The amounts of each line."""
    sums: list[list[Any]] = []
    for name in COLUMNS:
        added = np.zeros(len(placing.places), object if name == "time_ns" else np.int64)
        np.add.at(added, placing.works if name in OF_WORK else placing.spends, columns[name])
        numbers = added.tolist()
        sums.append([n * PICO for n in numbers] if name.endswith("_cost") else numbers)
    for parts in zip(*sums, strict=True):
        yield Amounts(*(min(part, MOST) for part in parts))
