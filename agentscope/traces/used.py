"""What one span used, as its row in the tree says: what log records told is in it."""

from __future__ import annotations

from agentscope.traces.tree import Row
from agentscope.vocabulary import Usage, UsageRule

PARTS = (
    "input",
    "output",
    "cache_read",
    "cache_write",
    "reasoning",
    "cache_write_1h",
    "audio_input",
    "audio_output",
)


def usage_of(row: Row) -> Usage | None:
    """The usage of a span; None if it reported none."""
    numbers = {part: row.number(f"{part}_tokens") for part in PARTS}
    numbers["web_searches"] = row.number("web_searches")
    if all(number is None for number in numbers.values()):
        return None
    rule = UsageRule(int(row.tree.usage_rule[row.at]))
    return Usage(**numbers, rule=rule)
