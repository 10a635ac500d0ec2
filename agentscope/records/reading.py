"""Whose contents the records of a trace are told with: of each record a few, of a trace some more.
Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.records.units import Unit
from agentscope.traces.above import NONE

MOST = 400  # spans of a trace
MOST_CHANGES, MOST_OF_EACH = 30, 8


def to_read(units: Sequence[Unit]) -> list[int]:
    """The rows that are read: of the records in which most happened first."""
    order = sorted(units, key=lambda unit: (not unit.is_notable, unit.first))
    rows = dict.fromkeys(row for unit in order for row in of_unit(unit))
    return list(rows)[:MOST]


def of_unit(unit: Unit) -> list[int]:
    """The same of one record: its own row, some calls, what changed something, and the rest."""
    others = (unit.did, unit.asked, unit.verdicts, unit.plans, unit.rejected, unit.read)
    rows = (row for each in others for row in each[:MOST_OF_EACH])
    root = [unit.root] if unit.root != NONE else []
    return [unit.first, *root, *unit.read_calls(), *unit.changed[:MOST_CHANGES], *rows]
