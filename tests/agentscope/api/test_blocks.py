"""Whole tables, block after block."""

from __future__ import annotations

from dataclasses import dataclass

from agentscope.api.blocks import AT_ONCE, each_from


@dataclass
class Numbers:
    items: list[int]
    next: int | None


def test_all_rows_from_a_cursor_on_a_block_only_when_it_is_asked_for():
    asked = []

    def read(after, most):
        asked.append((after, most))
        first = after or 0
        return Numbers([first, first + 1], first + 2 if first < 4 else None)

    rows = each_from(2, read)
    assert not asked
    assert next(rows) == 2
    assert asked == [(2, AT_ONCE)]
    assert list(rows) == [3, 4, 5]
    assert asked == [(2, AT_ONCE), (4, AT_ONCE)]
