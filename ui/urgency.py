"""Which budget is looked at first. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum

from agentscope.budgets.read import State


class Urgent(IntEnum):
    """How much somebody has to look, the most first."""

    AT_LIMIT = 0
    NOT_COUNTED = 1  # so it stops nobody
    AT_SOFT = 2
    WELL = 3
    OFF = 4


def urgency(state: State) -> tuple[Urgent, Decimal, str]:
    """What budgets are sorted by: how they stand, the share that is used, the name."""
    share = used(state)
    return urgent(state, share), -share, state.budget.name


def urgent(state: State, share: Decimal) -> Urgent:
    """How a budget stands by the group that used most of it."""
    if not state.budget.enabled:
        return Urgent.OFF
    if state.terms is None or state.trouble:
        return Urgent.NOT_COUNTED
    if share >= 1:
        return Urgent.AT_LIMIT
    return Urgent.AT_SOFT if share * state.terms.limit >= state.terms.soft else Urgent.WELL


def used(state: State) -> Decimal:
    """The share of the limit that is spent or reserved."""
    if state.terms is None or not state.groups:
        return Decimal(0)
    first = state.groups[0]
    return (first.spent + first.reserved) / state.terms.limit
