"""The records of a trace: their columns and bodies. Pure, once it is read what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentscope.records.authority import SOMEBODY
from agentscope.records.body import FORM, began, body, digest, parts_of
from agentscope.records.came_of import outcome
from agentscope.records.case import Case
from agentscope.records.did import effects
from agentscope.records.item import Item, cut
from agentscope.records.models import Record
from agentscope.records.units import Unit, Units
from agentscope.records.who import version
from agentscope.traces.above import NONE
from agentscope.traces.totals import LONGEST_NAME, LONGEST_SESSION

Authority = Record.Authority
DECIDED = {"approved", "changed", "rejected", "answered"}  # words of people
TOLD = ("policy", Authority.POLICY), ("stop", Authority.BUDGET)
LONGEST_PATH = 1000


@dataclass(slots=True, frozen=True)
class Derived:
    """Columns of models.Record, by their names, but those of its trace."""

    span_id: int
    at: datetime
    took_ns: int
    agent: str
    path: str
    version: str
    session: str
    end_user: str
    environment: str
    outcome: str
    authority: str
    effects: list[str]
    people: list[str]
    findings: list[str]
    pico: int | None
    unpriced: int
    rejected: int
    rejected_pico: int | None
    rejected_unpriced: int
    body: dict[str, Any]
    digest: bytes
    made_by: int = FORM


def records(case: Case, units: Sequence[Unit], found: Units) -> list[Derived]:
    """The records of these units, in reading order."""
    codes = codes_of(case, found)
    return [record(case, unit, sorted(codes[owner_of(found, unit)])) for unit in units]


def codes_of(case: Case, found: Units) -> dict[int, set[str]]:
    """The codes of findings by who answers for the first step of their evidence, and the last."""
    codes = defaultdict[int, set[str]](set)
    for each in case.found:
        for row in (each.rows[0], each.rows[-1]):
            codes[int(found.owner[row])].add(each.pattern.code)
    return codes


def owner_of(found: Units, unit: Unit) -> int:
    """What a unit is known by among the owners of rows."""
    return unit.run if unit.run != NONE else int(found.owner[unit.first])


def record(case: Case, unit: Unit, codes: list[str]) -> Derived:
    """The record of one unit."""
    tree, how = case.tree, outcome(case, unit)
    items = parts_of(case, unit, how, codes)
    said, allowed = body(case, unit, items), items["authority"]
    spent, unpriced = (
        int(sums[unit.rejected].sum()) for sums in (tree.sum_discarded, tree.sum_unpriced)
    )
    return Derived(
        span_id=int(tree.span_id[unit.first]),
        at=began(case, unit),
        took_ns=int(tree.last_ns[unit.rows].max() - tree.start_ns[unit.first]),
        agent=agent(case, unit)[:LONGEST_NAME],
        path=tree.texts[tree.path[unit.first]][:LONGEST_PATH],
        version=cut(version(case, unit)),
        session=case.totals.session[:LONGEST_SESSION],
        end_user=case.totals.user[:LONGEST_SESSION],
        environment=case.totals.environment[:LONGEST_NAME],
        outcome=how.value,
        authority=by_authority(allowed).value,
        effects=effects(case, unit),
        people=people(allowed),
        findings=codes,
        pico=known(unit.pico, unit.unpriced),
        unpriced=unit.unpriced,
        rejected=len(unit.rejected),
        rejected_pico=known(spent, unpriced),
        rejected_unpriced=unpriced,
        body=said,
        digest=digest(said),
    )


def agent(case: Case, unit: Unit) -> str:
    """The agent of a unit; "" is unknown."""
    return "" if unit.run == NONE else case.decisions.turns.runs[unit.run].agent


def known(pico: int, unpriced: int) -> int | None:
    """What was spent; None where nothing of it has a price."""
    return None if unpriced and not pico else pico


def by_authority(items: Sequence[Item]) -> Authority:
    """Who let it: a person before a guardrail, that before a budget."""
    if any(item.what == "approval" and item.words in DECIDED for item in items):
        return Authority.APPROVED
    told = {item.what for item in items}
    return next((found for what, found in TOLD if what in told), Authority.NONE)


def people(items: Sequence[Item]) -> list[str]:
    """Who approved or rejected, or said to stop or to go on."""
    said = (item for item in items if item.what == "approval" and item.words in DECIDED)
    return sorted({item.by or SOMEBODY for item in said})
