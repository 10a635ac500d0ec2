"""Whose contents the records of a trace are told with: of each record a few, of a trace some more.
Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.records.case import Case
from agentscope.records.units import Unit

MOST = 400  # spans of a trace
FIRST_CALLS, LAST_CALLS, MOST_OF_EACH = 6, 2, 8


def to_read(case: Case, units: Sequence[Unit]) -> list[int]:
    """The rows that are read: of the records in which most happened first."""
    order = sorted(units, key=lambda unit: (not unit.is_notable, unit.first))
    rows = dict.fromkeys(row for unit in order for row in of_unit(case, unit))
    return list(rows)[:MOST]


def of_unit(case: Case, unit: Unit) -> list[int]:
    """The same of one record: its own row, some calls, what changed something, and the rest."""
    acts = sorted(unit.did, key=lambda row: (not case.effect(row)[0], row))
    others = (acts, unit.verdicts, unit.plans, unit.rejected)
    calls = [*unit.calls[:FIRST_CALLS], *unit.calls[-LAST_CALLS:]]
    return [unit.first, *calls, *(row for rows in others for row in rows[:MOST_OF_EACH])]
