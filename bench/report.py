"""What a measurement says: a sentence, a number, and the number it should reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of the report. `aim` None: for information."""

    what: str
    value: float
    unit: str
    aim: float | None = None
    is_ceiling: bool = True  # the aim is the most, else the least

    @property
    def verdict(self) -> str:
        """`ok` or `short`, or nothing without an aim."""
        if self.aim is None:
            return ""
        reached = self.value <= self.aim if self.is_ceiling else self.value >= self.aim
        return "ok" if reached else "short"

    def __str__(self) -> str:
        sign = "<=" if self.is_ceiling else ">="
        aim = "" if self.aim is None else f"{sign} {self.aim:,g}"
        return f"{self.what:<62}{self.value:>12,.2f} {self.unit:<12}{aim:>10}  {self.verdict}"


def at_most(what: str, value: float, unit: str, aim: float) -> Result:
    """Less is better."""
    return Result(what, value, unit, aim)


def at_least(what: str, value: float, unit: str, aim: float) -> Result:
    """More is better."""
    return Result(what, value, unit, aim, is_ceiling=False)


def show(results: Iterable[Result]) -> Iterator[Result]:
    """Print each result as it comes."""
    for result in results:
        print(result, flush=True)
        yield result
