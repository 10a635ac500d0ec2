"""What changes when traces are billed again: by model, and as a whole. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

import numpy as np

from agentscope.traces.tree import UNKNOWN, Ints, Tree
from agentscope.vocabulary import PICO

MOST_MODELS = 500  # that are told apart
OTHERS = "(other models)"


@dataclass(slots=True)
class Line:
    """The difference in the calls of one model. Money in USD, of calls whose price is known."""

    calls: int = 0  # that cost another amount now, or have a price now, or none any more
    old: Decimal = Decimal(0)
    new: Decimal = Decimal(0)
    unpriced_before: int = 0  # calls
    unpriced_after: int = 0

    def add(self, other: Line) -> None:
        for each in fields(self):
            name = each.name
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Difference:
    """The difference in some traces."""

    traces: int = 0  # in which anything changed
    models: dict[str, Line] = field(default_factory=dict)

    @property
    def total(self) -> Line:
        """The sum over all models."""
        total = Line()
        for line in self.models.values():
            total.add(line)
        return total

    @property
    def calls(self) -> int:
        return self.total.calls

    @property
    def old(self) -> Decimal:
        return self.total.old

    @property
    def new(self) -> Decimal:
        return self.total.new

    def add(self, other: Difference) -> None:
        """Add the difference in other traces."""
        self.traces += other.traces
        for model, line in other.models.items():
            is_full = len(self.models) >= MOST_MODELS and model not in self.models
            self.models.setdefault(OTHERS if is_full else model, Line()).add(line)

    def written(self) -> dict[str, Any]:
        """As it is kept in a job: amounts as decimal strings."""
        models = {model: written(line) for model, line in self.models.items()}
        return written(self.total) | {"traces": self.traces, "models": models}

    @classmethod
    def parse(cls, result: dict[str, Any]) -> Difference:
        """What `written` wrote; nothing yet is no difference."""
        models = result.get("models", {})
        lines = {model: Line(**read(line)) for model, line in models.items()}
        return cls(result.get("traces", 0), lines)


def written(line: Line) -> dict[str, Any]:
    """A line with its amounts as decimal strings, and how much more it is."""
    plain = {each.name: getattr(line, each.name) for each in fields(line)}
    money = {name: f"{value:f}" for name, value in plain.items() if isinstance(value, Decimal)}
    return plain | money | {"difference": f"{line.new - line.old:f}"}


def read(line: dict[str, Any]) -> dict[str, Any]:
    """The fields of a line."""
    money = {"old": Decimal(line["old"]), "new": Decimal(line["new"])}
    return {each.name: line[each.name] for each in fields(Line)} | money


def difference(before: Tree, after: Tree) -> Difference:
    """What changed in one trace, in the spans that were there before."""
    _, here, there = np.intersect1d(before.span_id, after.span_id, return_indices=True)
    old, new = before.cost[here], after.cost[there]
    changed = old != new
    models = after.model[there]
    found = Difference(traces=int(changed.any()))
    for number in np.unique(models[(old != 0) | (new != 0)]).tolist():
        rows = models == number
        found.models[after.texts[number]] = line_of(old[rows], new[rows], changed[rows])
    return found


def line_of(old: Ints, new: Ints, changed: Any) -> Line:
    """The difference in some rows."""
    return Line(
        calls=int(changed.sum()),
        old=int(old[old != UNKNOWN].sum()) * PICO,
        new=int(new[new != UNKNOWN].sum()) * PICO,
        unpriced_before=int((old == UNKNOWN).sum()),
        unpriced_after=int((new == UNKNOWN).sum()),
    )
