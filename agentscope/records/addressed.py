"""Whom it was meant for, what was said about a trace: which of its records. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from agentscope.records.case import Case, Ordered
from agentscope.records.units import Unit
from agentscope.traces.above import NONE
from agentscope.traces.clocks import moment


class Lifetime(NamedTuple):
    """When a unit ran, and whose it is."""

    agent: str  # "": not known
    began: datetime
    ended: datetime | None  # None: it goes on, or nothing tells


def addressed(case: Case, units: Sequence[Unit]) -> dict[int, list[Ordered]]:
    """What was said to each unit, by its first row: to those of its agent that ran then; if none
    did, to the last one before; and if there is none, to the first."""
    found = defaultdict[int, list[Ordered]](list)
    lives = [lifetime_of(case, unit) for unit in units] if case.orders else []
    for order in case.orders:
        for place in meant(lives, order):
            found[units[place].first].append(order)
    return dict(found)


def meant(lives: Sequence[Lifetime], order: Ordered) -> list[int]:
    """The positions of those that an order is meant for."""
    own = [at for at, life in enumerate(lives) if order.agent in ("", life.agent)]
    before = [at for at in own if lives[at].began <= order.at]
    running = [at for at in before if (lives[at].ended or order.at) >= order.at]
    return running or before[-1:] or own[:1]


def lifetime_of(case: Case, unit: Unit) -> Lifetime:
    """When a unit ran, and whose it is."""
    agent = "" if unit.run == NONE else case.decisions.turns.runs[unit.run].agent
    return Lifetime(agent, began(case, unit), ended(case, unit))


def began(case: Case, unit: Unit) -> datetime:
    """When it began."""
    return moment(int(case.tree.start_ns[unit.first]) // 1000)


def ended(case: Case, unit: Unit) -> datetime | None:
    """When it ended, if all of it did."""
    ends = case.tree.end_ns[unit.rows]
    return moment(int(ends.max()) // 1000) if ends.all() else None
