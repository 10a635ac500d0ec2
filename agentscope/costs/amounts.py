"""What costs come to: numbers that are added up, exactly. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any


@dataclass(slots=True, frozen=True)
class Amounts:
    """The columns of models.Amounts, by their names. Money is USD; unknown costs are in no sum of
    money, so `known_cost` is a lower bound wherever `unpriced_calls` or `unpriced_tokens` is
    not 0."""

    traces: int = 0  # that began here
    calls: int = 0  # of models
    tool_calls: int = 0
    errors: int = 0  # failures, each where it began
    time_ns: int = 0  # spent in the spans themselves, not in those below
    known_cost: Decimal = Decimal(0)
    computed_cost: Decimal = Decimal(0)
    reported_cost: Decimal = Decimal(0)
    discarded_cost: Decimal = Decimal(0)  # of known_cost
    unpriced_calls: int = 0
    unpriced_tokens: int = 0
    fresh_input: int = 0  # tokens in disjoint buckets, from here on: vocabulary.Buckets
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    audio_input: int = 0
    output_text: int = 0
    reasoning: int = 0
    audio_output: int = 0

    @staticmethod
    def of(numbers: Sequence[Any]) -> Amounts:
        """From a row of sums in the order of COLUMNS; null is 0: nothing was there to add."""
        cast: list[Any] = [kind(number or 0) for kind, number in zip(KINDS, numbers, strict=True)]
        return Amounts(*cast)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(a + b for a, b in zip(numbers(self), numbers(other), strict=True)))

    def __sub__(self, other: Amounts) -> Amounts:
        """What is left of a whole without some of its parts."""
        return Amounts(*(a - b for a, b in zip(numbers(self), numbers(other), strict=True)))

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return any(numbers(self))

    @property
    def input_tokens(self) -> int:
        """All that went into models, from caches and into them included."""
        cached = self.cache_read + self.cache_write_5m + self.cache_write_1h
        return self.fresh_input + cached + self.audio_input

    @property
    def output_tokens(self) -> int:
        """All that models wrote, reasoning included."""
        return self.output_text + self.reasoning + self.audio_output

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def discarded_share(self) -> float | None:
        """How much of the known cost was for work that nobody used, 0 to 1; None without cost."""
        return float(self.discarded_cost / self.known_cost) if self.known_cost else None


COLUMNS = tuple(each.name for each in fields(Amounts))
KINDS = tuple(Decimal if each.type == "Decimal" else int for each in fields(Amounts))
BUCKETS = COLUMNS[COLUMNS.index("fresh_input") :]
TOKENS = " + ".join(BUCKETS)  # in SQL
NOTHING = Amounts()
_numbers = attrgetter(*COLUMNS)


def numbers(amounts: Amounts) -> tuple[Any, ...]:
    """All numbers in the order of COLUMNS."""
    found: tuple[Any, ...] = _numbers(amounts)
    return found


def total(parts: Iterable[Amounts]) -> Amounts:
    """The sum of parts."""
    sums: list[Any] = [sum(column) for column in zip(*map(numbers, parts), strict=True)]
    return Amounts(*sums) if sums else NOTHING
