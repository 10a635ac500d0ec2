"""What was done, in the world and beside it: calls of tools, handoffs, other agents. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.records.case import Case
from agentscope.records.considered import spent
from agentscope.records.item import Item
from agentscope.records.units import Unit
from agentscope.traces.above import NONE
from agentscope.vocabulary import Flag, Kind, Status

FAILED, ENDED, WAITS, OPEN = "failed", "done", "waiting", "running"


def did(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part: all that it led to, but what only was read and what people said."""
    changed = set(unit.changed)
    for row in unit.done():
        yield act(case, unit, row, is_effect=row in changed)


def act(case: Case, unit: Unit, row: int, *, is_effect: bool) -> Item:
    """One of them, with what it was given and came to."""
    rule = case.effects.of(row) if is_effect else ""
    return case.item(
        Kind(int(case.tree.kind[row])).word,
        row,
        rule=rule or ("" if is_inside(case, unit, row) else "order"),
        words=ended(case, row),
        why=case.tree.texts[case.tree.error_class[row]],
        input=case.given(row),
        output=case.gave(row),
        effect=is_effect,
        **spent(case, row),
    )


def is_inside(case: Case, unit: Unit, row: int) -> bool:
    """Whether a row lies in the run of a unit, or is another run just below it."""
    run_at, above = case.decisions.turns.run_at, int(case.tree.parent[row])
    return unit.run != NONE and unit.run in (run_at[row], run_at[above] if above >= 0 else NONE)


def ended(case: Case, row: int) -> str:
    """How a step ended."""
    tree = case.tree
    if tree.status[row] == Status.WAITING:
        return WAITS
    if tree.status[row] == Status.ERROR or tree.flags[row] & Flag.SILENT_FAILURE:
        return FAILED
    return ENDED if tree.end_ns[row] else OPEN


def effects(case: Case, unit: Unit) -> list[str]:
    """The names of the tools that changed something, or were to."""
    tree = case.tree
    return sorted({tree.texts[number] for number in set(tree.tool[unit.changed].tolist())})
