"""Which rows of a tree are evidence, and the pill that says of what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from agentscope.findings.models import Finding
from agentscope.traces.tree import Tree
from ui.evidence import is_in_rounds
from ui.finding_words import Sighting, code_words, severity_tone
from ui.pills import QUIET, Pill

TIMES = "\N{MULTIPLICATION SIGN}"


class Marks(Mapping[int, Pill]):
    """The pill of each row that is evidence, made when it is asked for, for few rows are shown. A
    row of several findings has that of the first."""

    def __init__(self, found: Sequence[Sighting], steps: dict[int, tuple[int, int]]) -> None:
        """`steps`: for each row the finding, and its position among the steps of that."""
        self.found, self.steps = found, steps

    def __getitem__(self, row: int) -> Pill:
        number, step = self.steps[row]
        return pill(self.found[number], step)

    def __iter__(self) -> Iterator[int]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)


def marks(tree: Tree, found: Sequence[Sighting]) -> Marks:
    """The pills of the rows of a tree that are evidence."""
    sizes = [len(each.finding.span_ids) for each in found]
    asked = np.fromiter(chain.from_iterable(each.finding.span_ids for each in found), np.int64)
    order = np.argsort(tree.span_id)
    at = order[np.minimum(np.searchsorted(tree.span_id[order], asked), len(order) - 1)]
    there = np.flatnonzero(tree.span_id[at] == asked)
    rows, first = np.unique(at[there], return_index=True)
    numbers = np.repeat(np.arange(len(found)), sizes)[there[first]]
    places = there[first] - np.cumsum([0, *sizes])[numbers]
    steps = zip(numbers.tolist(), places.tolist(), strict=True)
    return Marks(found, dict(zip(rows.tolist(), steps, strict=True)))


def pill(of: Sighting, step: int) -> Pill:
    """The pill of one step of a finding. The first has the tone of the severity and says how often;
    the others are quiet and say of which round they are, where that can be told."""
    finding, words = of.finding, code_words(of.finding.code)
    said = finding.sentence if of.is_standing else f"{of.state.capitalize()}: {finding.sentence}"
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
