"""The bill of a trace: each row of its tree gets its mark, its cost and the sums below it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from agentscope.billing.buckets import PARTS
from agentscope.billing.marks import Marks, marks
from agentscope.prices.book import PriceBook
from agentscope.prices.price import Tokens, price
from agentscope.traces.grow import subtree_sums
from agentscope.traces.load import MOST_USD, Spans
from agentscope.traces.totals import counts
from agentscope.traces.tree import PICO, UNKNOWN, Ints, Tree
from agentscope.vocabulary import Billing, Kind

DAY_NS = 86_400 * 10**9
UNIX_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
MOST_PICO = int(MOST_USD / PICO)  # of one call: what costs more is a mistake
MOST_TOTAL = 2**63 - 1


def bill(tree: Tree, spans: Spans, book: PriceBook) -> None:
    """Fill in what `grow` left open. `spans` are those of the tree, in any order.

    Everything that is summed is summed from the marked rows alone, so the parts add up to the
    whole at every level.
    """
    spans = spans.follow(tree.span_id)
    found = marks(tree, spans)
    tree.billing = np.array(found.billing, np.uint8)
    counted = counts(tree)
    tree.cost = costs(tree, spans, found, book)
    for part in PARTS:
        reported = getattr(tree, f"{part}_tokens")
        setattr(tree, f"billed_{part}", np.where(counted, np.maximum(reported, 0), 0))
    calls = counted & (tree.billing == Billing.COUNTED) & (tree.kind == Kind.LLM)
    sums = {
        "sum_cost": np.where(tree.cost == UNKNOWN, 0, tree.cost),
        "sum_input": tree.billed_input,
        "sum_output": tree.billed_output,
        "sum_llm_calls": calls | np.array(found.silent, bool),
        "sum_unpriced": tree.cost == UNKNOWN,
    }
    for name, own in sums.items():
        dtype = getattr(tree, name).dtype
        setattr(tree, name, subtree_sums(own, tree.end).astype(dtype))


def costs(tree: Tree, spans: Spans, found: Marks, book: PriceBook) -> Ints:
    """The cost of each row in 1e-12 USD: as reported, else as computed; UNKNOWN without a price;
    0 where nothing counts."""
    own = [0] * len(tree)
    for at in np.flatnonzero(counts(tree)).tolist():
        reported = found.reported[at]
        own[at] = reported if reported != UNKNOWN else computed(tree, spans, at, book)
    for at in np.flatnonzero(np.array(found.is_unpriced, bool)).tolist():
        own[at] = UNKNOWN
    return within_range(own)


def computed(tree: Tree, spans: Spans, at: int, book: PriceBook) -> int:
    """The cost of one row by the price book."""
    tokens = Tokens(
        input=max(int(tree.input_tokens[at]), 0),
        output=max(int(tree.output_tokens[at]), 0),
        cache_read=max(int(tree.cache_read_tokens[at]), 0),
        cache_write=max(int(tree.cache_write_tokens[at]), 0),
    )
    seller, model = spans.provider[at], spans.model[at]
    day = day_of(int(tree.start_ns[at]) // DAY_NS)
    rates = book.rates(seller, model, day, tokens.input)
    if tree.billing[at] == Billing.AGGREGATE and rates != book.rates(seller, model, day, 0):
        return UNKNOWN  # large calls have prices of their own, and these calls are not told apart
    cost = price(tokens, rates) if rates else None
    return UNKNOWN if cost is None or cost > MOST_PICO else cost


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
