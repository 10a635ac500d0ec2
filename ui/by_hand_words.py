"""What people decided by hand, as a table says it: about whom, why, by whom and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agentscope.alerts.words import DIMENSION
from agentscope.budgets.by_hand import over_at
from agentscope.budgets.models import Budget, Lift, Stop
from agentscope.meter.scope import group_name


@dataclass(frozen=True, slots=True)
class Decided:
    """A row: somebody who is stopped or let go on, or was."""

    said: Lift | Stop
    kind: str  # run, session, agent, …
    name: str  # of a run its 32 hex digits; "": all together
    budget: Budget | None  # over which it goes on
    over_at: datetime | None  # None: it holds

    @property
    def is_run(self) -> bool:
        return self.kind == DIMENSION["trace"].lower()


def decided(found: Iterable[Lift | Stop], now_ns: int) -> list[Decided]:
    """A row for each."""
    return [
        Decided(
            each,
            *(of_lift(each) if isinstance(each, Lift) else of_stop(each)),
            over_at(each, now_ns),
        )
        for each in found
    ]


def of_lift(lift: Lift) -> tuple[str, str, Budget | None]:
    """Who goes on, and over which budget."""
    if lift.budget is None:
        return DIMENSION["trace"].lower(), lift.trace.hex if lift.trace else "", None
    each = lift.budget.each
    kind = DIMENSION[each].lower() if each in DIMENSION else ""
    return kind, group_name(each, lift.group), lift.budget


def of_stop(stop: Stop) -> tuple[str, str, None]:
    """Who is stopped."""
    return DIMENSION[stop.of].lower(), stop.name, None
