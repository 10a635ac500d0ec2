"""The bar above a tree: what is looked for, what is filtered for, what the lane shows. Pure.

Each choice is a link to the same page with one thing changed, so it works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from urllib.parse import urlencode

import numpy as np

from agentscope.outline.chosen import AGENT, COST, EVERYTHING, KINDS, Choice
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO
from ui import amounts
from ui.lane import TO_SPAN, Bars, zooms
from ui.reading import Reading, Window, zoom_of

MOST_AGENTS, MOST_OFFERED = 200, 10_000  # that are offered; characters of all their names
STEPS = 4  # of costs that are offered, each a tenth of the one before
CHIPS = {
    "errors": "Errors",
    "findings": "Findings",
    "models": "Model calls",
    "tools": "Tools",
    "agents": "Agents",
}


@dataclass(slots=True, frozen=True)
class Link:
    """A choice."""

    words: str
    address: str
    is_on: bool = False
    span: str = ""  # what it is about, in hex


@dataclass(slots=True, frozen=True)
class Jump:
    """A way to another hit, and what it is called in an address."""

    words: str
    address: str
    value: str


@dataclass(slots=True, frozen=True)
class Option:
    """One of several of which one can be chosen."""

    value: str
    words: str
    is_on: bool


@dataclass(frozen=True)
class FindBar:
    """What the bar says. `span` is the selected one, in hex, or empty. `is_part`: it is swapped
    into a page whose address says what is open, so that links need not."""

    window: Window
    bars: Bars
    span: str
    row: int | None
    counts: Mapping[str, int]
    is_part: bool = False

    @property
    def reading(self) -> Reading:
        return self.window.reading

    @property
    def tree(self) -> Tree:
        return self.window.outline.tree

    def to(self, reading: Reading) -> str:
        """The address of another state, with the selected span."""
        own = urlencode({"span": self.span}) if self.span else ""
        said = reading.without_rows if self.is_part else reading.linked
        return f"?{said.query}{own}".rstrip("&")

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What the form carries along, beside its own fields and the selected span, which the
        panel has."""
        picked = replace(self.reading.choice, agent="", cost=None)
        return replace(self.reading, words="", choice=picked).fields

    @property
    def chips(self) -> list[Link]:
        """Filters that are on or off."""
        return [
            Link(f"{words} {self.counts[word]:,}", self.to(self.toggled(word)), self.is_on(word))
            for word, words in CHIPS.items()
            if self.counts[word] or self.is_on(word)
        ]

    def is_on(self, word: str) -> bool:
        """Whether a filter is on."""
        return word in self.reading.choice.words

    def toggled(self, word: str) -> Reading:
        """The state after a filter was switched."""
        words = self.reading.choice.words
        others = [each for each in words if each != word]
        kept = others if self.is_on(word) else [*words, word]
        return replace(self.reading, choice=Choice.of(kept))

    @property
    def agents(self) -> list[Option]:
        """The agents, those with most spans first."""
        spans = np.bincount(self.tree.agent, minlength=1)
        numbers = np.flatnonzero(spans[1:]) + 1  # 0: none
        most = np.argsort(-spans[numbers], kind="stable")[:MOST_AGENTS]
        every = [self.tree.texts[number] for number in numbers[most].tolist()]
        room = accumulate(map(len, every))
        names = [name for name, used in zip(every, room, strict=True) if used <= MOST_OFFERED]
        chosen = self.reading.choice.agent
        if chosen and chosen not in names:
            names.append(chosen)
        offered = [Option(f"{AGENT}{name}", name, name == chosen) for name in names]
        left = len(numbers) - len(names)
        return [*offered, Option("", f"and {left:,} more", False)] if left > 0 else offered

    @property
    def costs(self) -> list[Option]:
        """Round amounts below what the trace cost, as far as amounts are told to the digit."""
        total = int(self.tree.sum_cost[self.tree.parent == -1].sum()) * PICO
        chosen = self.reading.choice.cost
        offered = [Decimal(1).scaleb(total.adjusted() - step) for step in range(STEPS)]
        found = {usd for usd in offered if total and usd >= amounts.LEAST_SHOWN}
        found |= {chosen} if chosen is not None else set()
        return [
            Option(f"{COST}{usd:f}", f"at least {amounts.exact_money(usd)}", usd == chosen)
            for usd in sorted(found, reverse=True)
        ]

    @property
    def hits(self) -> str:
        """How many rows have what is looked for."""
        return amounts.count(len(self.window.hits), "hit")

    @property
    def jumps(self) -> list[Jump]:
        """To the hit before and after the selected span."""
        named = {"hit-before": "Previous hit", "hit": "Next hit"}
        here = self.to(self.reading)
        return [Jump(words, f"{here}&jump={jump}", jump) for jump, words in named.items()]

    @property
    def left_out(self) -> str:
        """What the filter hides, in words; empty without one."""
        if self.window.chosen is None:
            return ""
        shown = int((self.window.chosen & ~self.window.outline.quiet).sum())
        match = "matches" if shown == 1 else "match"
        return f"{shown:,} {match}, {amounts.count(self.window.left_out, 'row')} left out"

    @property
    def all_rows(self) -> str:
        """The address without filters."""
        return self.to(replace(self.reading, choice=EVERYTHING))

    @property
    def zooms(self) -> list[Link]:
        """Where the lane can go."""
        return [
            Link(
                words,
                self.to(replace(self.reading, zoom=zoom_of(zoom))),
                span=self.span if words == TO_SPAN else "",
            )
            for words, zoom in zooms(self.bars, self.row)
        ]

    @property
    def path(self) -> Link:
        """The critical path, shown or hidden."""
        is_on = self.reading.is_critical
        return Link("Critical path", self.to(replace(self.reading, is_critical=not is_on)), is_on)


def counts(tree: Tree, found: int) -> dict[str, int]:
    """How many rows each filter has; `found` are evidence of findings."""
    by_kind = np.bincount(tree.kind, minlength=256)
    kinds = {name: int(sum(by_kind[kind] for kind in some)) for name, some in KINDS.items()}
    return {**kinds, "errors": int(tree.is_culprit.sum()), "findings": found}
