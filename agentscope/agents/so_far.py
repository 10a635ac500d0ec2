"""What agents have spent so far in a trace of which only the newest spans are at hand. Pure.

An examination of a large trace leaves what each agent had spent before its newest spans. A glance
adds what came since, so what it knows is at least so much: late spans that began earlier are left
to the next examination.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agentscope.agents.invoked import NOBODY, Run, by_agent
from agentscope.traces.glances import Before, recent_from
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Tree

MOST_AGENTS = 500  # of which it is kept, those that spent most: 50 bytes each, in a row of a trace
Kept = dict[str, list[int]]  # by agent: the numbers of SoFar


@dataclass(slots=True, frozen=True)
class SoFar:
    """What one agent has spent in a trace; or all, under the name "", where no agent ran."""

    began_ns: int  # when it first ran
    last_ns: int  # the latest that was seen of it
    pico: int  # 1e-12 USD
    unpriced: int  # calls
    tokens: int

    def after(self, earlier: SoFar | None) -> SoFar:
        """The same with what was spent earlier."""
        if earlier is None:
            return self
        return SoFar(
            min(self.began_ns, earlier.began_ns),
            max(self.last_ns, earlier.last_ns),
            self.pico + earlier.pico,
            self.unpriced + earlier.unpriced,
            self.tokens + earlier.tokens,
        )


def so_far(tree: Tree, invoked: list[Run], rows: Mask) -> dict[str, SoFar]:
    """What was spent in some rows of a billed tree, by each agent that ran in it."""
    if not len(tree):
        return {}
    if not (tree.agent != NOBODY).any():
        spent = own(tree, np.ones(len(tree), np.bool_))[rows].sum(axis=0)
        return {"": SoFar(int(tree.start_ns.min()), int(tree.last_ns.max()), *spent.tolist())}
    sums = np.zeros((len(tree.texts), 3), np.int64)
    np.add.at(sums, tree.agent[rows], own(tree, ~tree.is_rest)[rows])
    last = np.zeros(len(tree.texts), np.int64)
    np.maximum.at(last, tree.agent, tree.last_ns)
    numbers = {text: at for at, text in enumerate(tree.texts)}
    found = {}
    for agent, runs in by_agent(invoked).items():
        began = min(int(tree.start_ns[row]) for run in runs for row in run.rows)
        at = numbers[agent]
        found[agent] = SoFar(began, int(last[at]), *sums[at].tolist())
    return found


def own(tree: Tree, counted: Mask) -> Ints:
    """What each of these rows spent itself: 1e-12 USD, calls without a price, tokens; else 0."""
    is_unknown = tree.cost == UNKNOWN
    columns = np.where(is_unknown, 0, tree.cost), is_unknown, tree.billed_input + tree.billed_output
    found: Ints = np.stack([np.where(counted, column, 0) for column in columns], axis=1)
    return found


def kept(spent: Mapping[str, SoFar]) -> Kept:
    """What is kept of it: of those that spent anything, MOST_AGENTS at most."""
    some = [(agent, each) for agent, each in spent.items() if each.pico or each.tokens]
    some.sort(key=lambda pair: (-pair[1].pico, -pair[1].tokens, pair[0]))
    return {
        agent: [each.began_ns, each.last_ns, each.pico, each.unpriced, each.tokens]
        for agent, each in some[:MOST_AGENTS]
    }


def unkept(said: Mapping[str, Any]) -> dict[str, SoFar]:
    """The same again."""
    return {agent: SoFar(*numbers) for agent, numbers in said.items()}


def left_behind(tree: Tree, invoked: list[Run]) -> Before | None:
    """What glances at a large trace are to know of its older spans; None if they see all."""
    if since_ns := recent_from(tree):
        return Before(since_ns, kept(so_far(tree, invoked, tree.start_ns < since_ns)))
    return None
