"""Which rows of a tree are evidence, and the pill that says of what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from agentscope.traces.tree import Ints, Tree
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
        loud, quiet = pills(each)
        for row in rows_of(each.finding.span_ids, order, ids):
            made.setdefault(row, loud if tree.span_id[row] == each.finding.first_span else quiet)
    return made


def rows_of(wanted: Sequence[int], order: Ints, ids: Ints) -> list[int]:
    """The rows of some spans that are there. `ids` are all of them in `order`."""
    asked = np.array(wanted, np.int64)
    at = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    rows: list[int] = order[at[ids[at] == asked]].tolist()
    return rows


def pills(of: Sighting) -> tuple[Pill, Pill]:
    """The pill of the first step of a finding, and that of the others."""
    finding, words = of.finding, code_words(of.finding.code)
    tone = severity_tone(finding.severity) if of.is_standing else QUIET
    times = f" {TIMES} {finding.repeats:,}" if finding.repeats > 1 else ""
    said = finding.sentence if of.is_standing else f"{of.state.capitalize()}: {finding.sentence}"
    loud = Pill(f"{words}{times}", QUIET if tone == "plain" else tone, said)
    return loud, Pill(words, QUIET, said)
