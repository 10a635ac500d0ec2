"""What each row of a tree costs: as reported, as computed, and which of the two counts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from itertools import starmap

import numpy as np

from agentscope.billing.books import AGGREGATE, WRAPPER, Marks
from agentscope.billing.buckets import NAMES, disjoint
from agentscope.billing.wholes import RUNNING_TOTALS
from agentscope.prices.book import PriceBook
from agentscope.prices.kept import written
from agentscope.prices.price import Call, price_call
from agentscope.prices.rates import Rates
from agentscope.projects.models import Project
from agentscope.traces.grow import subtree_sums
from agentscope.traces.load import MOST_USD
from agentscope.traces.totals import counts
from agentscope.traces.tree import UNKNOWN, Ints, Tree
from agentscope.vocabulary import PICO, Buckets, Why

DAY_NS = 86_400 * 10**9
UNIX_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
MOST_PICO = int(MOST_USD / PICO)  # of one call: what costs more is a mistake
MOST_TOTAL = 2**63 - 1
Policy = Project.CostPolicy
Computed = tuple[int, Why, Rates | None]  # 1e-12 USD or UNKNOWN, the reason, the rates
# Looking up a member of an enumeration again and again would take longer than all the rest.
REPORTED, COMPUTED, NO_REASON = Policy.REPORTED, Policy.COMPUTED, Why.NONE


def settle_costs(tree: Tree, found: Marks, book: PriceBook, policy: Policy) -> None:
    """Fill in `cost`, `computed_cost` and `reported_cost`, and why a cost is unknown or nothing.

    A reported cost of 0 says nothing: many senders write it for a model they have no price of.
    """
    rows = sorted({*np.flatnonzero(counts(tree)).tolist(), *found.rests})
    costs = computed_costs(tree, found, rows, book)
    tree.computed_cost = np.full(len(tree), UNKNOWN, np.int64)
    tree.computed_cost[rows] = [computed for computed, *_ in costs]
    keep_prices(tree, rows, [rates for *_, rates in costs])
    tree.reported_cost = reported_costs(tree, found, rows)
    reported = tree.reported_cost[rows].tolist()
    own: list[int] = [0] * len(tree)
    why: list[int] = tree.why.tolist()
    for at, said, (computed, reason, _) in zip(rows, reported, costs, strict=True):
        own[at], reason = chosen(said, computed, reason, policy)
        if reason and (own[at] == UNKNOWN or not why[at]):
            why[at] = reason
    for at, reason in found.unpriced.items():
        own[at], why[at] = UNKNOWN, reason
    tree.cost, tree.why = within_range(own), np.array(why, np.uint8)
    if policy != COMPUTED:
        pay_outside(tree, found)


def chosen(reported: int, computed: int, reason: Why, policy: Policy) -> tuple[int, Why]:
    """The cost that counts, and why it is unknown or nothing."""
    if policy != COMPUTED and reported > 0:
        return reported, NO_REASON
    if policy == REPORTED and computed != 0:
        return UNKNOWN, Why.NOT_REPORTED
    return computed, reason


def reported_costs(tree: Tree, found: Marks, rows: list[int]) -> Ints:
    """What senders say that the rows cost. Of the rest of a total: what its cost is above that of
    the calls below, if all of these say theirs."""
    costs = np.full(len(tree), UNKNOWN, np.int64)
    costs[rows] = [found.reported[at] for at in rows]
    costs[list(found.rests)] = 0
    said = subtree_sums(np.maximum(costs, 0), tree.end)
    unsaid = subtree_sums(counts(tree) & (costs <= 0), tree.end)
    rests = subtree_sums(np.isin(np.arange(len(tree)), list(found.rests)), tree.end)
    for at in found.rests:
        more = found.reported[at] - int(said[at])
        is_known = more > 0 and not unsaid[at] and rests[at] == 1  # no other rest below
        costs[at] = more if is_known else UNKNOWN
    return costs


def computed_costs(tree: Tree, found: Marks, rows: list[int], book: PriceBook) -> list[Computed]:
    """The cost of each of the rows by the price book, UNKNOWN with the reason."""
    columns, texts = disjoint(tree), tree.texts
    amounts = zip(*(columns[name][rows].tolist() for name in NAMES), strict=True)
    named = [found.namer.get(at, at) for at in rows]
    calls = map(
        Call,
        map(texts.__getitem__, tree.provider[named].tolist()),
        map(texts.__getitem__, tree.model[named].tolist()),
        map(day_of, (tree.start_ns[rows] // DAY_NS).tolist()),
        map(texts.__getitem__, tree.service_tier[rows].tolist()),
        starmap(Buckets, amounts),
        np.maximum(tree.web_searches[rows], 0).tolist(),
        np.isin(tree.billing[rows], (AGGREGATE, WRAPPER)).tolist(),
    )
    return [computed(call, book) for call in calls]


def computed(call: Call, book: PriceBook) -> Computed:
    """The cost of one call, UNKNOWN with the reason."""
    priced = price_call(book, call)
    if priced.pico is None:
        return UNKNOWN, priced.why, None
    if priced.pico > MOST_PICO:
        return UNKNOWN, Why.IMPLAUSIBLE, None
    return priced.pico, priced.why, priced.rates


def keep_prices(tree: Tree, rows: list[int], rates: list[Rates | None]) -> None:
    """Fill in `price`: the rates of each row, of which a trace has few different ones."""
    places: dict[int, int] = {id(None): 0}
    for each in rates:
        if id(each) not in places and each is not None:
            places[id(each)] = len(tree.texts)
            tree.texts.append(written(each))
    tree.price = np.zeros(len(tree), np.int32)
    tree.price[rows] = [places[id(each)] for each in rates]


def pay_outside(tree: Tree, found: Marks) -> None:
    """Count a cost that is reported on a wrapper alone, once, on the outermost: where nothing below
    it has a cost or a price."""
    unknown = subtree_sums(tree.cost == UNKNOWN, tree.end)
    known = subtree_sums(counts(tree) & (tree.cost != UNKNOWN), tree.end)
    paid = 0  # rows before this one are settled
    for at in np.flatnonzero((tree.billing == WRAPPER) & (unknown > 0) & (known == 0)).tolist():
        if at < paid or found.reported[at] <= 0 or found.scope[at].startswith(RUNNING_TOTALS):
            continue
        paid = int(tree.end[at])
        below = np.arange(at, paid)[tree.cost[at:paid] == UNKNOWN]
        tree.cost[below] = 0
        tree.why[below] = Why.PAID_OUTSIDE
        tree.cost[at] = tree.reported_cost[at] = found.reported[at]


@lru_cache(maxsize=1024)
def day_of(number: int) -> date:
    """The day that is so many days after 1970-01-01, UTC."""
    return date.fromordinal(min(UNIX_DAY + number, LAST_DAY))


def within_range(own: list[int]) -> Ints:
    """Costs as a column. Should their sum not fit it, those far above their share are mistakes."""
    if sum(own) > MOST_TOTAL:
        share = MOST_TOTAL // len(own)
        own = [cost if cost <= share else UNKNOWN for cost in own]
    return np.array(own, np.int64)
