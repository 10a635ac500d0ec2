"""What each row of a tree costs: as reported, as computed, and which of the two counts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from agentscope.billing.books import AGGREGATE, WRAPPER, Marks
from agentscope.billing.buckets import NAMES, disjoint
from agentscope.billing.wholes import RUNNING_TOTALS
from agentscope.prices.book import PriceBook
from agentscope.prices.price import Call, price_call
from agentscope.projects.models import Project
from agentscope.traces.grow import subtree_sums
from agentscope.traces.load import MOST_USD
from agentscope.traces.totals import counts
from agentscope.traces.tree import PICO, UNKNOWN, Ints, Tree
from agentscope.vocabulary import Buckets, Why

DAY_NS = 86_400 * 10**9
UNIX_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
MOST_PICO = int(MOST_USD / PICO)  # of one call: what costs more is a mistake
MOST_TOTAL = 2**63 - 1
Policy = Project.CostPolicy


def settle_costs(tree: Tree, found: Marks, book: PriceBook, policy: Policy) -> None:
    """Fill in `cost`, `computed_cost` and `reported_cost`, and why a cost is unknown or nothing.

    A reported cost of 0 says nothing: many senders write it for a model they have no price of.
    """
    rows = sorted({*np.flatnonzero(counts(tree)).tolist(), *found.rests})
    tree.computed_cost = np.full(len(tree), UNKNOWN, np.int64)
    tree.reported_cost = reported_costs(tree, found, rows)
    own: list[int] = [0] * len(tree)
    why: list[int] = tree.why.tolist()
    for at, (computed, reason) in zip(rows, computed_costs(tree, found, rows, book), strict=True):
        tree.computed_cost[at] = computed
        own[at], reason = chosen(int(tree.reported_cost[at]), computed, reason, policy)
        if reason and (own[at] == UNKNOWN or not why[at]):
            why[at] = reason
    for at, reason in found.unpriced.items():
        own[at], why[at] = UNKNOWN, reason
    tree.cost, tree.why = within_range(own), np.array(why, np.uint8)
    if policy != Policy.COMPUTED:
        pay_outside(tree, found)


def chosen(reported: int, computed: int, reason: Why, policy: Policy) -> tuple[int, Why]:
    """The cost that counts, and why it is unknown or nothing."""
    if policy != Policy.COMPUTED and reported > 0:
        return reported, Why.NONE
    if policy == Policy.REPORTED and computed != 0:
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


def computed_costs(
    tree: Tree, found: Marks, rows: list[int], book: PriceBook
) -> list[tuple[int, Why]]:
    """The cost of each of the rows by the price book, UNKNOWN with the reason."""
    columns = disjoint(tree)
    amounts = zip(*(columns[name][rows].tolist() for name in NAMES), strict=True)
    is_total = (tree.billing == AGGREGATE) | (tree.billing == WRAPPER)
    texts = tree.texts
    costs = []
    for at, tokens in zip(rows, amounts, strict=True):
        named = found.namer.get(at, at)
        call = Call(
            provider=texts[tree.provider[named]],
            model=texts[tree.model[named]],
            day=day_of(int(tree.start_ns[at]) // DAY_NS),
            service_tier=texts[tree.service_tier[at]],
            buckets=Buckets(*tokens),
            web_searches=max(int(tree.web_searches[at]), 0),
            is_total=bool(is_total[at]),
        )
        costs.append(computed(call, book))
    return costs


def computed(call: Call, book: PriceBook) -> tuple[int, Why]:
    """The cost of one call, UNKNOWN with the reason."""
    priced = price_call(book, call)
    if priced.pico is None:
        return UNKNOWN, priced.why
    if priced.pico > MOST_PICO:
        return UNKNOWN, Why.IMPLAUSIBLE
    return priced.pico, priced.why


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
