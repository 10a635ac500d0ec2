"""The amounts of a span in words. Pure."""

from __future__ import annotations

from agentscope.traces.tree import Row
from agentscope.vocabulary import PICO
from ui import amounts


def took(row: Row, live: bool) -> str:
    """How long a span took; a clock that ran backwards took no time (the span is marked)."""
    start, end = int(row.tree.start_ns[row.at]), int(row.tree.end_ns[row.at])
    if end == 0:
        return "running" if live else amounts.UNKNOWN
    return amounts.duration(max(end - start, 0))


def tokens_of(row: Row) -> str:
    """Tokens of the subtree that count; unknown where its model calls reported none."""
    total = int(row.tree.sum_input[row.at] + row.tree.sum_output[row.at])
    if total:
        return amounts.tokens(total)
    return amounts.UNKNOWN if row.tree.sum_llm_calls[row.at] else ""


def cost_of(row: Row) -> str:
    """Cost of the subtree; empty where there was nothing to pay for."""
    spent, calls = int(row.tree.sum_cost[row.at]), int(row.tree.sum_unpriced[row.at])
    return amounts.cost(spent * PICO, calls) if spent or calls else ""
