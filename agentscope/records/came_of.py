"""What came of it: how it ended, what it cost, and what looks wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.records.addressed import ended
from agentscope.records.case import Case
from agentscope.records.item import Item, usd
from agentscope.records.models import Record
from agentscope.records.units import Unit
from agentscope.vocabulary import Discarded, ErrorClass, Status

Outcome = Record.Outcome
TURNED_DOWN = (Discarded.REJECTED, Discarded.UNUSED)


def came_of(case: Case, unit: Unit, how: Outcome, codes: list[str]) -> Iterator[Item]:
    """The items of this part: how it ended, and these codes of findings."""
    tree, last = case.tree, unit.rows[-1]
    yield case.item(
        "outcome",
        last,
        words=how.value,
        why=tree.texts[tree.error_class[last]],
        usd=usd(unit.pico, unit.unpriced),
        unpriced=unit.unpriced,
    )
    for code in codes:
        yield Item("finding", code, rule="evidence")


def outcome(case: Case, unit: Unit) -> Outcome:
    """How it ended."""
    tree, last = case.tree, unit.rows[-1]
    if np.isin(tree.discarded[unit.calls], TURNED_DOWN).all():
        return Outcome.REJECTED
    is_cancelled = tree.texts[tree.error_class[last]] == ErrorClass.CANCELLED
    if is_cancelled or is_stopped(case, unit):
        return Outcome.STOPPED
    if waits(case, unit):
        return Outcome.WAITING
    if tree.status[last] == Status.ERROR:
        return Outcome.FAILED
    return Outcome.DONE if tree.end_ns[list(unit.rows)].all() else Outcome.RUNNING


def is_stopped(case: Case, unit: Unit) -> bool:
    """Whether it was told to stop, and nobody let it go on before it ended."""
    end = ended(case, unit)
    said = [each for each in case.said_to(unit.first) if each.what in ("stop", "lift")]
    heard = [each for each in said if each.what == "stop" or end is None or each.at <= end]
    return bool(heard) and heard[-1].what == "stop"


def waits(case: Case, unit: Unit) -> bool:
    """Whether it waits for a person: nothing of it ran after it began to."""
    tree = case.tree
    if tree.status[unit.rows[-1]] == Status.WAITING:
        return True
    waiting = np.flatnonzero(tree.status[unit.asked] == Status.WAITING)
    return bool(len(waiting)) and unit.calls[-1] < unit.asked[waiting[-1]]
