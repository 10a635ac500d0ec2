"""Which runs of agents are worth a walk from step to step, beside those in which a key comes again:
see courses.worth_a_look. Pure, and over whole columns, for nearly all runs are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.findings.compactions import compactions
from agentscope.findings.courtesy import is_courtesy
from agentscope.findings.effects import plans
from agentscope.findings.sizes import even
from agentscope.signatures.record import Fact
from agentscope.signatures.sketch import LANES
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind

COMPACTIONS = 2  # in one run: of a single one nobody can say that it did not help

FEWEST_PROMPTS = 15  # model calls, before a growth can be told from chance
ANSWERS = int(Fact.HAS_TEXT | Fact.CALLS_TOOLS)
LAGS = (1, 2)
FEWEST_LANES = int(0.36 * LANES)  # of a sketch, that are the same in both
SIMILAR = 5  # results like one shortly before
PLANS = COURTESIES = EVEN = 4


@dataclass(slots=True, frozen=True)
class Held:
    """The rows of steps, and to which run each belongs."""

    tree: Tree
    records: Any
    holder: Ints  # for each row of the tree its run, by position
    rows: Ints  # of steps
    found: Sequence[Run]
    called: Sequence[int | None]  # for each run the one that called it


def suspicious(held: Held) -> set[int]:
    """The runs that one of the gates lets through."""
    return {at for gate in GATES for at in gate(held)}


def sums_up(held: Held) -> set[int]:
    """The runs that sum their conversation up more than once."""
    begins = compactions(held.tree, held.records)
    inside = held.rows[begins[held.rows] >= 0]
    if not len(inside):
        return set()
    told = {(int(held.holder[row]), int(begins[row])) for row in inside}
    for run, at in zip(held.found, held.called, strict=True):
        if at is not None and begins[run.rows[0]] >= 0:
            told.add((at, int(begins[run.rows[0]])))
    count = Counter(at for at, _ in told)
    return {at for at, times in count.items() if times >= COMPACTIONS}


def sends_everything_again(held: Held) -> set[int]:
    """The runs of many model calls, the last of which is no answer, whose prompts come to far more
    than that of the last."""
    rows = held.rows[held.tree.kind[held.rows] == Kind.LLM]
    order = rows[np.lexsort((rows, held.tree.start_ns[rows], held.holder[rows]))]
    holder, tokens = held.holder[order], np.maximum(held.tree.input_tokens[order], 0)
    runs, first, count = np.unique(holder, return_index=True, return_counts=True)
    if not len(runs):
        return set()
    last = first + count - 1
    answers = held.records["facts"][order[last]] & ANSWERS == Fact.HAS_TEXT
    many = np.add.reduceat(tokens, first) > FEWEST_PROMPTS * tokens[last]
    return set(runs[(count >= FEWEST_PROMPTS) & many & ~answers].tolist())


def asks_for_what_is_not_there(held: Held) -> set[int]:
    """The runs in which a model asked for tools that it was not offered, more than once."""
    missing = held.records["facts"][held.rows] & Fact.NO_SUCH_TOOL > 0
    runs, count = np.unique(held.holder[held.rows[missing]], return_counts=True)
    return set(runs[count > 1].tolist())


def finds_the_same(held: Held) -> set[int]:
    """The runs in which results of one tool are nearly the same, one after another."""
    tree = held.tree
    rows = held.rows[(tree.kind[held.rows] == Kind.TOOL) & (held.records["result"][held.rows] != 0)]
    rows = rows[held.records["output"][rows].any(axis=1)]  # else too short to be like another
    order = rows[np.lexsort((rows, tree.start_ns[rows], tree.tool[rows], held.holder[rows]))]
    results = held.records["output"][order]
    alike = np.zeros(len(order), bool)
    for lag in LAGS:
        is_one = held.holder[order[lag:]] == held.holder[order[:-lag]]
        is_one &= tree.tool[order[lag:]] == tree.tool[order[:-lag]]
        equal = (results[lag:] == results[:-lag]).sum(axis=1) >= FEWEST_LANES
        alike[lag:] |= is_one & equal
    return often(held.holder[order[alike]], SIMILAR)


def plans_again(held: Held) -> set[int]:
    """The runs that write plans down."""
    tree, rows = held.tree, held.rows
    named = [at for at in np.unique(tree.tool).tolist() if plans(tree.texts[at])]
    is_plan = np.isin(tree.tool[rows], named) & (tree.kind[rows] == Kind.TOOL)
    is_plan |= held.records["facts"][rows] & int(Fact.PLANS) != 0
    return often(held.holder[rows[is_plan]], PLANS)


def says_little(held: Held) -> set[int]:
    """The runs in which several answers are courtesy, or those that called the runs which are."""
    rows = held.rows[is_courtesy(held.tree, held.records)[held.rows]]
    holders = held.holder[rows]
    callers = [held.called[at] for at in np.unique(holders[holders >= 0]).tolist()]
    by_caller = np.array([at for at in callers if at is not None], np.int64)
    return often(holders, COURTESIES) | often(by_caller, COURTESIES)


def grows_evenly(held: Held) -> set[int]:
    """The runs in which model calls tell no content, and repeat each other by their tokens."""
    tree, records = held.tree, held.records
    rows = held.rows[(tree.kind[held.rows] == Kind.LLM) & (tree.input_tokens[held.rows] > 0)]
    rows = rows[(records["call"][rows] == 0) & (records["result"][rows] == 0)]
    order = rows[np.lexsort((rows, tree.start_ns[rows], held.holder[rows]))]
    is_even = even(tree.input_tokens[order], tree.output_tokens[order])
    return often(held.holder[order[is_even]], EVEN)


def often(holders: Ints, fewest: int) -> set[int]:
    """Those that are there at least so many times."""
    found, count = np.unique(holders, return_counts=True)
    return set(found[count >= fewest].tolist())


GATES: tuple[Callable[[Held], set[int]], ...] = (
    sums_up,
    sends_everything_again,
    finds_the_same,
    plans_again,
    says_little,
    asks_for_what_is_not_there,
    grows_evenly,
)
