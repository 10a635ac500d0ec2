"""Answers that say nothing, or little: thanks, a full stop, a blank. Pure."""

from __future__ import annotations

from typing import Any

from agentscope.signatures.record import Fact
from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import Kind

SHORT = 80  # characters: some twenty tokens


def is_courtesy(tree: Tree, records: Any) -> Mask:
    """The rows of model calls whose answers are known, are short or empty, and ask for nothing."""
    facts = records["facts"]
    speaks = facts & int(Fact.CALLS_TOOLS | Fact.ONLY_REASONING) == 0
    is_known = records["result"] != 0
    found: Mask = (tree.kind == Kind.LLM) & is_known & speaks & (records["output_size"] < SHORT)
    found &= tree.error_class == 0
    return found
