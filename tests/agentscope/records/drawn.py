"""Records of traces that are drawn: by kit/drawing.py, without a database."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from agentscope.agents.invoked import runs
from agentscope.billing.bill import Terms, bill
from agentscope.decisions.deciding import Decisions
from agentscope.findings.scene import scene
from agentscope.prices.book import PriceBook
from agentscope.records.case import Case
from agentscope.records.derive import Derived, records
from agentscope.records.effects import Effects
from agentscope.records.units import Units
from agentscope.traces.grow import grown
from agentscope.traces.totals import totals
from tests.kit.drawing import drawn, shuffled

Items = list[tuple[str, ...]]


def case_of(text: str, seed: int | None = None, **told: Any) -> Case:
    """A drawn trace as records are told from it, its spans in any order."""
    some = drawn(dedent(text))
    tree, spans = grown(some if seed is None else shuffled(some, seed))
    bill(tree, spans, Terms(PriceBook()))
    seen = scene(tree, spans, runs(tree))
    return Case(Decisions(tree), seen, Effects(seen), totals(tree, spans), **told)


def records_of(text: str, seed: int | None = None, **told: Any) -> list[Derived]:
    """The records of a drawn trace."""
    case = case_of(text, seed, **told)
    found = Units(case.decisions, case.effects)
    return records(case, found.all(), found)


def said(record: Derived, part: str, *names: str) -> Items:
    """What a part says: of each item these fields, "" where it says nothing."""
    return [tuple(item.get(name, "") for name in names) for item in record.body[part]]
