"""Finds what rules know in a text.

RE2 looks for all patterns in one pass, and `re` says where those that are there match: a tenth of
the time of asking each. Without RE2, a rule is asked whose needle is in the text. Both find the
same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from agentscope.secrets.markers import markers
from agentscope.secrets.rules import RULES, Rule

re2: Any = import_module("re2") if find_spec("re2") else None

# What JSON and `repr` write for the end of a line and the like: its letter is no part of what comes
# behind it, as in `\nsk-…`.
WRITTEN = ("\\n", "\\t", "\\r")
MEMORY = 64 << 20  # bytes that RE2 may use for all rules at once
Locate = Callable[[str], Iterator[Any]]  # the matches in a text


@dataclass(slots=True, frozen=True)
class Hit:
    """Where a value stands that a rule knows. `rank` is the place of the rule: lower is surer."""

    start: int
    end: int
    code: str
    rank: int


class Finder:
    """Looks for some rules, the surest first. Made once, used by any number of threads."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self.rules = rules
        self.patterns = [re.compile(rule.pattern, re.ASCII) for rule in rules]
        self.all = together(rule.pattern for rule in rules) if re2 and rules else None

    def hits(self, text: str) -> list[Hit]:
        """What is found, in order and without overlaps: of several that overlap their union, which
        goes by the first. What was replaced already is left alone."""
        said = as_read(text)
        found = [hit for at in self.candidates(text) for hit in self.located(at, said)]
        return apart(found, text) if found else found

    def candidates(self, text: str) -> list[int]:
        """The positions of rules that may match."""
        text = as_read(text)
        if self.all is not None:
            return sorted(self.all.Match(text.encode("utf-8", "replace")) or ())
        told = text.lower()
        return [
            at
            for at, rule in enumerate(self.rules)
            if not rule.needles or any(needle in told for needle in rule.needles)
        ]

    def located(self, at: int, text: str) -> Iterator[Hit]:
        """Where a rule matches, and its check agrees, in a text as it is read."""
        rule = self.rules[at]
        return located(self.patterns[at].finditer, rule.code, at, text, rule.check)


def as_read(text: str) -> str:
    """A text of the same length in which ends of lines stand for what is written WRITTEN."""
    if "\\" in text:
        for written in WRITTEN:
            text = text.replace(written, "\n\n")
    return text


def located(
    locate: Locate, code: str, rank: int, text: str, check: Callable[[str], bool] | None = None
) -> Iterator[Hit]:
    """The hits of one pattern."""
    for match in locate(text):
        group = 1 if match.re.groups and match.span(1)[0] >= 0 else 0
        start, end = match.span(group)
        if end > start and (check is None or check(text[start:end])):
            yield Hit(start, end, code, rank)


def together(patterns: Iterable[str]) -> Any:
    """A set of RE2 that says which of some patterns match anywhere in a text."""
    options = re2.Options()
    options.max_mem, options.log_errors = MEMORY, False
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def apart(found: Iterable[Hit], text: str) -> list[Hit]:
    """Hits without overlaps, in order, and without those inside of a marker."""
    known = [(start, end) for start, end, _ in markers(text)]
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if any(start <= hit.start and hit.end <= end for start, end in known):
            continue
        if kept and hit.start < kept[-1].end:
            kept[-1] = joined(kept[-1], hit)
        else:
            kept.append(hit)
    return kept


def joined(one: Hit, other: Hit) -> Hit:
    """Two hits that overlap as one."""
    surer = min(one, other, key=lambda hit: hit.rank)
    return Hit(one.start, max(one.end, other.end), surer.code, surer.rank)
