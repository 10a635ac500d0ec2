"""How much of what calls reserved is in what is spent by now. Pure.

Each reservation of a trace stands for the next so much that the trace uses: the first for what it
uses from then on, the second for what comes after that, and so on. So what is used shrinks what is
reserved, each bit of it once, whatever order spans come in. A caller that says what its call came
to makes room for the others at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Held:
    """A reservation of one trace in one budget that is open."""

    id: int
    amount: Decimal  # as it was settled, if it was
    used_before: Decimal  # by the trace, when it was made, or by those that are closed


class Covered(NamedTuple):
    """How much of a reservation is covered: from 0 to its amount. `begin` is what its trace has
    used before, with what those stand for that are closed now."""

    id: int
    covered: Decimal
    begin: Decimal


def covered(reservations: Iterable[Held], used: Decimal) -> Iterator[Covered]:
    """How much of each is covered by what the trace has used. Reservations in the order in which
    they were made."""
    end = closed = Decimal(0)
    for each in reservations:
        begin = max(each.used_before, end)
        end = begin + each.amount
        yield Covered(
            each.id,
            min(max(used - begin, Decimal(0)), each.amount),
            max(each.used_before, closed),
        )
        if used >= end:
            closed = end
