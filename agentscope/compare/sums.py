"""What each step of a trace came to. Pure; money in whole 1e-12 USD, so that all adds up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agentscope.agents.runs import own
from agentscope.compare.steps import Steps
from agentscope.costs.times import own_times
from agentscope.traces.tree import Ints, Shorts, Tree
from agentscope.vocabulary import PICO


@dataclass(slots=True, frozen=True)
class Work:
    """What the spans of a step came to, each without what is beneath it: over all steps it adds up
    to the trace."""

    times: int = 0  # spans
    pico: int = 0  # known cost in 1e-12 USD
    unpriced: int = 0  # counted calls without a price
    input: int = 0  # tokens that count towards the bill
    output: int = 0
    errors: int = 0  # failures, each where it began
    time_ns: int = 0  # in the spans themselves, not in those below
    first: int = -1  # row of the first one; -1: none
    models: tuple[str, ...] = ()  # in reading order

    @property
    def cost(self) -> Decimal:
        """Known cost in USD."""
        return self.pico * PICO

    @property
    def tokens(self) -> int:
        """Tokens that count, in and out."""
        return self.input + self.output


NOTHING = Work()
AMOUNTS = ("times", "pico", "unpriced", "input", "output", "errors", "time_ns")


def works(tree: Tree, steps: Steps) -> list[Work]:
    """What each step came to, in the order of its keys."""
    count, of_row = len(steps.keys), steps.of_row
    spent = tree.sum_cost, tree.sum_unpriced, tree.sum_input, tree.sum_output, tree.sum_errors
    sums = [summed(of_row, own(tree, column), count) for column in spent]
    times = np.bincount(of_row, minlength=count).tolist()
    _, first = np.unique(of_row, return_index=True)
    lasted, found = exact_sums(of_row, own_times(tree), count), models_of(tree, steps)
    models = [found.get(at, ()) for at in range(count)]
    amounts = zip(times, *sums, lasted, first.tolist(), models, strict=True)
    return [Work(*each) for each in amounts]


def summed(of_row: Ints, values: Ints | Shorts, count: int) -> list[int]:
    """The sum of each step, to the last digit."""
    found = np.zeros(count, np.int64)
    is_any = values != 0
    np.add.at(found, of_row[is_any], values[is_any])
    sums: list[int] = found.tolist()
    return sums


def exact_sums(of_row: Ints, values: Ints, count: int) -> list[int]:
    """The same for times, which clocks gone wrong make larger than any number of 64 bits."""
    found = [0] * count
    for at, value in zip(of_row.tolist(), values.tolist(), strict=True):
        found[at] += value
    return found


def models_of(tree: Tree, steps: Steps) -> dict[int, tuple[str, ...]]:
    """The models that were asked in each step."""
    rows = np.flatnonzero(tree.model > 0)
    size = len(tree.texts)
    pairs, first = np.unique(steps.of_row[rows] * size + tree.model[rows], return_index=True)
    found: dict[int, tuple[str, ...]] = {}
    for pair in pairs[np.argsort(first)].tolist():
        step, model = divmod(pair, size)
        found[step] = (*found.get(step, ()), tree.texts[model])
    return found


def added(every: list[Work]) -> Work:
    """All together."""
    return Work(*(sum(getattr(each, name) for each in every) for name in AMOUNTS))
