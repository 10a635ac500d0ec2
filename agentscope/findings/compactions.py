"""Where a conversation is summed up so that it fits the window again. Pure.

A span is named for it, or the last message asks the model for it (Fact.SUMS_UP).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from agentscope.signatures.record import Fact
from agentscope.traces.tree import UNKNOWN, Ints, Tree

NAMED = re.compile(
    r"(?i)(?<![a-z])compact(?:ion|ing|ed|or|er|s)?(?![a-z])|compact(?:conversation|history|context)"
    r"|(?:summari[sz]e|summari[sz]ing|summari[sz]ation|condens|compress)[a-z]*"
    r"[_ .:-]?(?:of[_ ])?(?:the[_ ])?(?:conversation|history|context|messages|chat|session)"
    r"|(?:conversation|history|context|messages|chat)[_ .:-]?(?:summar|compress|condens)"
    r"|summari[sz]ation[_ .:-]?(?:middleware|node|hook)"
)


def compactions(tree: Tree, records: Any) -> Ints:
    """For each row the compaction that it is a part of, by the row in which that begins; -1: of
    none. What is only named so, and calls no model, is none."""
    named = [at for at in np.unique(tree.name).tolist() if NAMED.search(tree.texts[at])]
    is_named = np.isin(tree.name, named) & (tree.sum_llm_calls > 0)
    # Who asks for a tool goes on with the work, whatever the last message says.
    asked = records["facts"] & int(Fact.SUMS_UP | Fact.CALLS_TOOLS) == Fact.SUMS_UP
    found = np.full(len(tree), UNKNOWN, np.int64)
    for row in np.flatnonzero(is_named | asked).tolist():
        if found[row] == UNKNOWN:
            found[row : tree.end[row]] = row
    return found
