"""Filters of a tree: the rows that a reader chose. Pure.

Kinds add up (`models` and `tools`: both); all else narrows (`errors` and one agent: its errors).
What is not chosen and has nothing chosen beneath is left out; ancestors stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import numpy as np

from agentscope.outline.entries import SPAN, Outline
from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import PICO, Kind

KINDS = {
    "models": (Kind.LLM, Kind.EMBEDDING, Kind.RERANK),
    "tools": (Kind.TOOL, Kind.RETRIEVAL, Kind.HANDOFF),
    "agents": (Kind.AGENT,),
}
AGENT, COST = "agent:", "cost:"  # before a name, before an amount of USD
MOST_USD = 10**6  # what 1e-12 USD in 64 bits can say
DIGITS = 12  # behind the point: 1e-12 USD
FEW = 200  # rows that are shown without folds


@dataclass(slots=True, frozen=True)
class Choice:
    """What a reader wants to see. Empty: everything."""

    kinds: tuple[str, ...] = ()
    errors: bool = False
    findings: bool = False
    agent: str = ""
    cost: Decimal | None = None  # USD, of a row with all beneath

    @staticmethod
    def of(said: Iterable[str]) -> Choice:
        """From the words of an address; those that mean nothing are nothing."""
        words = list(said)
        agents = [word.removeprefix(AGENT) for word in words if word.startswith(AGENT)]
        costs = [usd(word.removeprefix(COST)) for word in words if word.startswith(COST)]
        return Choice(
            kinds=tuple(kind for kind in KINDS if kind in words),
            errors="errors" in words,
            findings="findings" in words,
            agent=agents[-1] if agents else "",
            cost=costs[-1] if costs else None,
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The words that say it."""
        found = [*self.kinds]
        found += ["errors"] * self.errors + ["findings"] * self.findings
        found += [f"{AGENT}{self.agent}"] * bool(self.agent)
        found += [] if self.cost is None else [f"{COST}{self.cost:f}"]
        return tuple(found)

    def rows(self, tree: Tree, evidence: Sequence[int]) -> Mask:
        """The rows that are chosen; `evidence` are those of findings."""
        found = np.ones(len(tree), np.bool_)
        if self.kinds:
            found &= np.isin(tree.kind, [int(kind) for name in self.kinds for kind in KINDS[name]])
        if self.errors:
            found &= tree.is_culprit
        if self.findings:
            found &= np.isin(np.arange(len(tree)), list(evidence))
        if self.agent:
            found &= named(tree, self.agent)
        if self.cost is not None:
            found &= tree.sum_cost >= int(self.cost / PICO)
        return found


EVERYTHING = Choice()


def usd(written: str) -> Decimal | None:
    """An amount of USD, of which there is nothing less than 1e-12; None if it is none."""
    try:
        found = Decimal(written)
    except InvalidOperation:
        return None
    exponent = found.as_tuple().exponent
    is_written_out = isinstance(exponent, int) and exponent >= -DIGITS
    return found if is_written_out and 0 <= found <= MOST_USD else None


def named(tree: Tree, agent: str) -> Mask:
    """The rows that belong to an agent."""
    numbers = [number for number, text in enumerate(tree.texts) if text == agent]
    return np.isin(tree.agent, numbers)


def narrowed(outline: Outline, rows: Mask) -> Outline:
    """An outline of some rows and what these lie in; all else is left out."""
    held = outline.at_row[rows]
    kept = outline.holding(held)
    kept[held] = True
    return replace(outline, dropped=~kept)


def opened(outline: Outline, rows: Mask) -> Mask:
    """What is open in an outline that was narrowed to some rows: what they lie in, folds too as
    long as FEW rows are to be seen then."""
    around = outline.holding(outline.at_row[rows & ~outline.quiet])
    return around if len(outline.visible(around)) <= FEW else around & (outline.fold == SPAN)
