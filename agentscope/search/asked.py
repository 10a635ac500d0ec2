"""What is looked for, as plain values: see syntax.py for how people write it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from agentscope.search.terms import key_term, spellings, terms_of_words
from agentscope.search.words import fold, words
from agentscope.vocabulary import Value

Group = tuple[tuple[int, ...], ...]  # terms, of which those of one part are all there
EXISTS, CONTAINS = "=*", "~"
COMPARE: dict[str, Any] = {
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}
OPERATORS = ("=", "!=", *COMPARE, CONTAINS, "in", EXISTS)


@dataclass(slots=True, frozen=True)
class Needle:
    """A word or phrase, folded, and the terms of its words."""

    text: str
    terms: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Needle:
        """A word or phrase as somebody wrote it. Without terms if it holds nothing but marks."""
        return cls(fold(text), tuple(dict.fromkeys(terms_of_words(words(text)))))


@dataclass(slots=True, frozen=True)
class Condition:
    """What an attribute of a step, or of what sent it, is to be: `operator` is one of OPERATORS."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    @property
    def groups(self) -> list[Group]:
        """The terms by which steps are found that it may hold for: its name; and where its values
        are known, the words of one of them."""
        name: Group = ((key_term(self.key),),)
        if self.operator not in ("=", "in"):
            return [name]
        return [name, tuple(tuple(terms_of_words(words(value))) for value in sorted(self.spelled))]

    @property
    def spelled(self) -> set[str]:
        """The values, and as numbers if they are some: 3.0 is 3."""
        numbers = (number(value) for value in self.values)
        return {*self.values, *(text for each in numbers for text in spellings(each))}

    def holds(self, found: Iterable[Value]) -> bool:
        """Whether it holds for one of the values of an attribute; for none that is not there."""
        values = [each for value in found for each in listed(value)]
        if self.operator in COMPARE:
            return any(self.compares(value) for value in values)
        spelled = {text for value in values for text in spellings(value)}
        if self.operator == CONTAINS:
            return any(fold(self.values[0]) in fold(text) for text in spelled)
        if self.operator == "!=":
            return bool(values) and spelled.isdisjoint(self.spelled)
        return bool(values) if self.operator == EXISTS else not spelled.isdisjoint(self.spelled)

    def compares(self, value: Value) -> bool:
        """Whether a value is a number, or a text that writes one, and compares so."""
        own, wanted = number(value), number(self.values[0])
        return own is not None and wanted is not None and COMPARE[self.operator](own, wanted)


@dataclass(slots=True, frozen=True)
class Asked:
    """All that is looked for. Needles and conditions hold for one step of a trace together;
    `of_trace` for the trace."""

    needles: tuple[Needle, ...] = ()
    conditions: tuple[Condition, ...] = ()
    of_trace: Q = field(default_factory=Q)

    @property
    def is_of_steps(self) -> bool:
        """Whether steps have to be looked at."""
        return bool(self.needles or self.conditions)

    @property
    def groups(self) -> list[Group]:
        """What a block holds that may have it: of each group one part."""
        found: list[Group] = [(needle.terms,) for needle in self.needles]
        return found + [group for condition in self.conditions for group in condition.groups]


def listed(value: Value) -> list[Value]:
    """The values of a list, or the one."""
    return value if isinstance(value, list) else [value]


def number(value: Value) -> float | int | None:
    """A value as a number; None for truths, and for texts that write none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    if isinstance(value, int):
        return value
    return found if found == found and abs(found) != float("inf") else None
