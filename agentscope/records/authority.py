"""By what authority: what people, guardrails and budgets said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from agentscope.records.case import Case, Ordered
from agentscope.records.item import Item, cut, digest_of
from agentscope.records.units import Unit
from agentscope.traces.above import NONE
from agentscope.traces.clocks import moment
from agentscope.vocabulary import Flag, Kind, Status, Verdict

UNTOLD = "untold"  # nobody says what a judge came to
ANSWERED = {Verdict.PASSED: "approved", Verdict.CHANGED: "changed", Verdict.REFUSED: "rejected"}
SOMEBODY = "somebody"  # a person whom nothing names


def authority(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part."""
    if unit.root != NONE and (said := resumed_with(case.words(unit.root).content.get("input"))):
        told = {"by": SOMEBODY, "input": digest_of(said)}
        yield case.item("approval", unit.root, rule="resumed", words="answered", **told)
    for row in unit.few(unit.asked):
        yield approval(case, row)
    for row in unit.few(unit.verdicts):
        if case.tree.kind[row] == Kind.GUARDRAIL:
            yield verdict(case, row, "policy")
    for order in orders(case, unit):
        yield Item(order.what, by=cut(order.by), why=cut(order.why))


def resumed_with(given: Any) -> Any:
    """What a person answered to an interrupt, where a run of LangGraph goes on with that; None if
    it does not."""
    try:
        said = orjson.loads(given) if isinstance(given, str) else given
    except orjson.JSONDecodeError:
        return None
    is_command = isinstance(said, dict) and said.keys() >= {"resume", "goto"}
    return said["resume"] if is_command else None


def approval(case: Case, row: int) -> Item:
    """What a person said, and who it was, as far as that is told."""
    if case.tree.status[row] == Status.WAITING:
        return case.item("approval", row, words="waiting", input=case.given(row))
    words = ANSWERED.get(said_by(case, row), "answered")
    by = cut(case.spans.user[row]) or SOMEBODY
    return case.item(
        "approval", row, words=words, by=by, input=case.given(row), output=case.gave(row)
    )


def verdict(case: Case, row: int, what: str) -> Item:
    """What a judge came to; where it does not say, what came of it."""
    found, rule = said_by(case, row), ""
    if not found and case.decisions.stopped(row):
        found, rule = Verdict.REFUSED, "only_judge"
    given, gave = case.given(row), case.gave(row)
    return case.item(what, row, rule=rule, words=found or UNTOLD, input=given, output=gave)


def said_by(case: Case, row: int) -> Verdict:
    """What a judge or a person came to."""
    is_refused = case.tree.flags[row] & Flag.REFUSED
    return Verdict.REFUSED if is_refused else Verdict(case.words(row).verdict)


def orders(case: Case, unit: Unit) -> list[Ordered]:
    """What was said while it ran, to its agent or to all."""
    tree = case.tree
    began = moment(int(tree.start_ns[unit.first]) // 1000)
    agent = tree.texts[tree.agent[unit.first]]
    return [order for order in case.orders if order.at >= began and order.agent in ("", agent)]
