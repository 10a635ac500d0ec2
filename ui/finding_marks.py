"""Which rows of a tree are evidence, and the pill that says of what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from agentscope.findings.models import Finding
from agentscope.traces.tree import Ints, Tree
from ui.evidence import is_in_rounds
from ui.finding_words import Sighting, code_words, severity_tone
from ui.pills import Pill

QUIET = "mark"  # the tone of all but the first step, and of what somebody decided about
TIMES = "\N{MULTIPLICATION SIGN}"
Marks = dict[int, Pill]  # by row


def marks(tree: Tree, found: Iterable[Sighting]) -> Marks:
    """The pill of each row that is evidence. A row of several findings has that of the first."""
    order = np.argsort(tree.span_id)
    ids = tree.span_id[order]
    made: Marks = {}
    for each in found:
        for row, pill in zip(*pills(each, order, ids), strict=True):
            made.setdefault(row, pill)
    return made


def pills(of: Sighting, order: Ints, ids: Ints) -> tuple[list[int], list[Pill]]:
    """The rows of a finding and their pills. The first step has the tone of the severity and says
    how often; the others are quiet and say of which round they are, where that can be told."""
    finding, words = of.finding, code_words(of.finding.code)
    numbers, rows = rows_of(finding.span_ids, order, ids)
    said = finding.sentence if of.is_standing else f"{of.state.capitalize()}: {finding.sentence}"
    last, length = len(finding.span_ids) - 1, round_length(finding)
    texts = [f"{words} {number // length + 1:,}" if length else words for number in numbers]
    made = [Pill(text, QUIET, said) for text in texts]
    if numbers and numbers[-1] == last > 0:
        made[-1] = Pill(f"{texts[-1]}, last", QUIET, said)
    if numbers and numbers[0] == 0:
        made[0] = Pill(f"{words}{times(finding)}", loud(of), said)
    return rows, made


def rows_of(wanted: Sequence[int], order: Ints, ids: Ints) -> tuple[list[int], list[int]]:
    """Of some spans the positions of those that are there, and their rows. `ids` are all of them in
    `order`."""
    asked = np.array(wanted, np.int64)
    at = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    there = np.flatnonzero(ids[at] == asked)
    return there.tolist(), order[at[there]].tolist()


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
