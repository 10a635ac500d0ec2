"""Which rows of a tree are evidence, and the pill that says of what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from agentscope.findings.models import Finding
from agentscope.traces.tree import NONE, Ints, Tree
from ui import amounts
from ui.evidence import is_in_rounds
from ui.finding_words import Sighting, code_words, severity_tone
from ui.pills import QUIET, Pill

LONGEST_SENTENCE = 400  # characters
TIMES = "\N{MULTIPLICATION SIGN}"


class Marks(Mapping[int, Pill]):
    """The pill of each row that is evidence, made when it is asked for, for few rows are shown. A
    row of several findings has that of the first."""

    def __init__(self, found: Sequence[Sighting], rows: Ints, numbers: Ints, steps: Ints) -> None:
        """By row, in their order: the finding, and which of its steps the row is."""
        self.found, self.rows, self.numbers, self.steps = found, rows, numbers, steps

    def __getitem__(self, row: int) -> Pill:
        at = int(np.searchsorted(self.rows, row))
        if at == len(self) or self.rows[at] != row:
            raise KeyError(row)
        return pill(self.found[self.numbers[at]], int(self.steps[at]))

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows.tolist())

    def __len__(self) -> int:
        return len(self.rows)

    def within(self, first: int, stop: int) -> int:
        """How many of some rows are evidence."""
        begin, end = np.searchsorted(self.rows, (first, stop))
        return int(end - begin)

    def is_loud(self, first: int, stop: int) -> bool:
        """Whether any of some rows is the first step of a finding that shouts."""
        begin, end = np.searchsorted(self.loud, (first, stop))
        return bool(end > begin)

    @cached_property
    def loud(self) -> Ints:
        """The rows that shout, in order."""
        shouts = np.array([loud(each) != QUIET for each in self.found], np.bool_)
        found: Ints = self.rows[shouts[self.numbers] & (self.steps == 0)]
        return found


def marks(tree: Tree, found: Sequence[Sighting]) -> Marks:
    """The pills of the rows of a tree that are evidence."""
    sizes = [len(each.finding.span_ids) for each in found]
    parts = [np.asarray(each.finding.span_ids, np.int64) for each in found]
    asked = np.concatenate([NO_ROWS, *parts])
    at = tree.rows_of(asked)
    there = np.flatnonzero(at != NONE)
    rows, first = np.unique(at[there], return_index=True)
    numbers = np.repeat(np.arange(len(found)), sizes)[there[first]]
    steps = there[first] - np.cumsum([0, *sizes])[numbers]
    return Marks(found, rows, numbers, steps)


NO_ROWS: Ints = np.zeros(0, np.int64)
NO_MARKS = Marks([], NO_ROWS, NO_ROWS, NO_ROWS)


def pill(of: Sighting, step: int) -> Pill:
    """The pill of one step of a finding. The first has the tone of the severity and says how often;
    the others are quiet and say of which round they are, where that can be told."""
    finding, words = of.finding, code_words(of.finding.code)
    sentence = amounts.short(finding.sentence, LONGEST_SENTENCE)
    said = sentence if of.is_standing else f"{of.state.capitalize()}: {sentence}"
    if step == 0:
        return Pill(f"{words}{times(finding)}", loud(of), said, times(finding).strip())
    length = round_length(finding)
    is_last = finding.repeats > 1 and step == len(finding.span_ids) - 1
    number = f"{step // length + 1:,}" if length else ""
    text = f"{words} {number}".rstrip()
    return Pill(f"{text}, last" if is_last else text, QUIET, said, number)


def round_length(finding: Finding) -> int:
    """Steps of a round; 0 where steps are no rounds of one length."""
    return finding.period if is_in_rounds(finding) else 0


def times(finding: Finding) -> str:
    """How often it was repeated, if at all."""
    return f" {TIMES} {finding.repeats:,}" if finding.repeats > 1 else ""


def loud(of: Sighting) -> str:
    """The tone of the first step; nothing shouts once somebody has decided about it."""
    tone = severity_tone(of.finding.severity) if of.is_standing else QUIET
    return QUIET if tone == "plain" else tone
