"""The bill of a trace: each row of its tree gets its mark, its cost and the sums below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agentscope.billing.books import COPIED, Marks
from agentscope.billing.costs import Policy, settle_costs
from agentscope.billing.marks import marks
from agentscope.billing.wasted import mark_discarded
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import subtree_sums
from agentscope.traces.load import Spans
from agentscope.traces.totals import PARTS, counts
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import Billing, Kind, Why

Copies = Callable[[Tree, Spans, Marks], dict[int, Why]]


@dataclass(slots=True, frozen=True)
class Terms:
    """What a bill is made by, beside the trace itself. `copies` finds the calls that another trace
    has told before, each with the reason; by row."""

    book: PriceBook
    policy: Policy = Policy.REPORTED_ELSE_COMPUTED
    copies: Copies = lambda *_: {}


def bill(tree: Tree, spans: Spans, terms: Terms) -> None:
    """Fill in what `grow` left open. `spans` are those of the tree, in any order.

    Everything that is summed is summed from the marked rows alone, so the parts add up to the
    whole at every level.
    """
    spans = spans.follow(tree.span_id)
    found = marks(tree, spans)
    for at, why in terms.copies(tree, spans, found).items():
        found.billing[at], found.why[at] = COPIED, why
    write_marks(tree, found)
    settle_costs(tree, found, terms.book, terms.policy)
    mark_discarded(tree, spans, found)
    write_sums(tree, found)


def write_marks(tree: Tree, found: Marks) -> None:
    """The marks as columns, and the tokens that count by them."""
    tree.billing = np.array(found.billing, np.uint8)
    tree.why = np.array(found.why, np.uint8)
    counted = counts(tree)
    rests = list(found.rests)
    for part in PARTS:
        billed = np.where(counted, np.maximum(getattr(tree, f"{part}_tokens"), 0), 0)
        billed[rests] = [found.rests[at][part] for at in rests]
        added = [at for at, parts in found.parts.items() if part in parts and counted[at]]
        billed[added] = [found.parts[at][part] for at in added]
        setattr(tree, f"billed_{part}", billed)


def write_sums(tree: Tree, found: Marks) -> None:
    """What each subtree comes to."""
    calls = (tree.billing == Billing.COUNTED) & (tree.kind == Kind.LLM)
    calls[list(found.attempts)] = False
    calls[found.silent] = True
    known = np.where(tree.cost == UNKNOWN, 0, tree.cost)
    sums = {
        "sum_cost": known,
        "sum_input": tree.billed_input,
        "sum_output": tree.billed_output,
        "sum_llm_calls": calls,
        "sum_unpriced": tree.cost == UNKNOWN,
        "sum_discarded": np.where(tree.discarded != 0, known, 0),
    }
    for name, own in sums.items():
        dtype = getattr(tree, name).dtype
        setattr(tree, name, subtree_sums(own, tree.end).astype(dtype))
