"""Which rows of a tree are evidence, and the pill that says of what. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agentscope.traces.tree import Tree
from ui.finding_words import Sighting, code_words, severity_tone
from ui.pills import Pill

QUIET = "mark"  # the tone of all but the first step, and of what somebody decided about
TIMES = "\N{MULTIPLICATION SIGN}"
Marks = dict[int, Pill]  # by row


def marks(tree: Tree, found: Iterable[Sighting]) -> Marks:
    """The pill of each row that is evidence. A row of several findings has that of the first."""
    made: Marks = {}
    for each in found:
        loud, quiet = pills(each)
        rows = np.flatnonzero(np.isin(tree.span_id, each.finding.span_ids)).tolist()
        for row in rows:
            made.setdefault(row, loud if tree.span_id[row] == each.finding.first_span else quiet)
    return made


def pills(of: Sighting) -> tuple[Pill, Pill]:
    """The pill of the first step of a finding, and that of the others."""
    finding, words = of.finding, code_words(of.finding.code)
    tone = severity_tone(finding.severity) if of.is_standing else QUIET
    times = f" {TIMES} {finding.repeats:,}" if finding.repeats > 1 else ""
    said = finding.sentence if of.is_standing else f"{of.state.capitalize()}: {finding.sentence}"
    loud = Pill(f"{words}{times}", QUIET if tone == "plain" else tone, said)
    return loud, Pill(words, QUIET, said)
