"""What an agent knew when it decided: what it was given, and what it read. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.records.case import Case
from agentscope.records.did import ended
from agentscope.records.item import Item
from agentscope.records.units import Unit


def knew(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part."""
    for trace in case.totals.linked_traces:
        yield Item("earlier", trace.hex)
    if unit.calls[0] != unit.first:
        yield case.item("input", unit.first, input=case.given(unit.first))
    for row in dict.fromkeys((unit.calls[0], unit.calls[-1])):
        yield case.item("prompt", row, input=case.given(row))
    for row in unit.few(unit.read):
        why = case.tree.texts[case.tree.error_class[row]]
        yield case.item("read", row, words=ended(case, row), why=why, output=case.gave(row))
