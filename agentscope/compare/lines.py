"""The steps of two traces beside each other. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agentscope.compare.steps import Step, Steps
from agentscope.compare.sums import NOTHING, Work

BOTH, LEFT, RIGHT = WHERE = ("both", "left", "right")


@dataclass(slots=True, frozen=True)
class Line:
    """A step, and what it came to in both traces. A difference is the left less the right."""

    step: Step
    left: Work  # without any spans where the step is only in the other one
    right: Work

    @property
    def where(self) -> str:
        """Of WHERE."""
        if self.left.times and self.right.times:
            return BOTH
        return LEFT if self.left.times else RIGHT

    def more(self, amount: str) -> int:
        """How much more the left one came to, of one of sums.AMOUNTS or of `tokens`."""
        difference: int = getattr(self.left, amount) - getattr(self.right, amount)
        return difference


def lines(left: Steps, lefts: list[Work], right: Steps, rights: list[Work]) -> list[Line]:
    """All steps of two traces, those first whose costs differ most."""
    one, other = (
        dict(zip(*each, strict=True)) for each in ((left.keys, lefts), (right.keys, rights))
    )
    found = [
        Line(step, one.get(step, NOTHING), other.get(step, NOTHING))
        for step in dict.fromkeys((*left.keys, *right.keys))
    ]
    return ordered(found, "cost")


ORDERS: dict[str, tuple[str, ...]] = {
    "cost": ("pico", "errors", "times", "tokens", "time_ns"),
    "times": ("times", "pico"),
    "tokens": ("tokens", "pico"),
    "errors": ("errors", "pico"),
    "time": ("time_ns", "pico"),
}


def ordered(found: list[Line], order: str) -> list[Line]:
    """By how much they differ in one of ORDERS, the largest difference first."""
    return sorted(found, key=by(ORDERS[order]))


def by(amounts: tuple[str, ...]) -> Callable[[Line], tuple[object, ...]]:
    """Sorts by differences, then by step."""
    return lambda line: (*(-abs(line.more(each)) for each in amounts), line.step)
