"""The records of a trace: their columns and bodies. Pure, once it is read what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agentscope.records.addressed import addressed, began
from agentscope.records.authority import SOMEBODY
from agentscope.records.body import FORM, body, digest, parts_of
from agentscope.records.came_of import Outcome, outcome
from agentscope.records.case import Case
from agentscope.records.did import effects
from agentscope.records.item import Item, cut
from agentscope.records.listed import NAMES, Listed, listed
from agentscope.records.models import Record
from agentscope.records.units import Unit, Units
from agentscope.records.who import version
from agentscope.traces.above import NONE
from agentscope.traces.totals import LONGEST_NAME, LONGEST_SESSION

Authority = Record.Authority
DECIDED = {"approved", "changed", "rejected", "answered"}  # words of people
TOLD = (
    ("policy", Authority.POLICY),
    ("stop", Authority.BUDGET),
    ("answer", Authority.BUDGET),
)
LONGEST_PATH = 1000


@dataclass(slots=True, frozen=True)
class Derived(Listed):
    """Columns of models.Record, by their names, but those of its trace."""

    span_id: int
    body: dict[str, Any]
    digest: bytes
    made_by: int = FORM


def records(case: Case, units: Sequence[Unit], found: Units) -> list[Derived]:
    """The records of these units, in reading order."""
    codes = codes_of(case, found)
    case.of_unit = addressed(case, units)
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
    shown = columns(case, unit, codes, how, items["authority"])
    said = body(case, unit, items) | {"listed": listed(shown)}
    return Derived(
        **{name: getattr(shown, name) for name in NAMES},
        span_id=int(tree.span_id[unit.first]),
        body=said,
        digest=digest(said),
    )


def columns(
    case: Case, unit: Unit, codes: list[str], how: Outcome, allowed: Sequence[Item]
) -> Listed:
    """What lists show of it."""
    tree = case.tree
    spent, unpriced = (
        int(sums[unit.rejected].sum()) for sums in (tree.sum_discarded, tree.sum_unpriced)
    )
    return Listed(
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
    )


def agent(case: Case, unit: Unit) -> str:
    """The agent of a unit; "" is unknown."""
    return "" if unit.run == NONE else case.decisions.turns.runs[unit.run].agent


def known(pico: int, unpriced: int) -> int | None:
    """What was spent; None where nothing of it has a price."""
    return None if unpriced and not pico else pico


def by_authority(items: Sequence[Item]) -> Authority:
    """Who let it: a person before a guardrail, that before a budget. That no budget holds is no
    authority."""
    if any(map(is_let, items)):
        return Authority.APPROVED
    told = {item.what for item in items if item.what != "answer" or item.by}
    return next((found for what, found in TOLD if what in told), Authority.NONE)


def people(items: Sequence[Item]) -> list[str]:
    """Who approved or rejected, or said to stop or to go on."""
    said = (item for item in items if is_let(item) or item.words == "person")
    return sorted({item.by or SOMEBODY for item in said})


def is_let(item: Item) -> bool:
    """Whether a person answered, or let it go on."""
    return item.what == "lift" or (item.what == "approval" and item.words in DECIDED)
