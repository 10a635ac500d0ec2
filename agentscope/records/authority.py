"""By what authority: what people, guardrails and budgets said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from agentscope.records.case import Case, Ordered
from agentscope.records.item import Item, cut, digest_of, written
from agentscope.records.resumed import OPEN, reading, resumed_with
from agentscope.records.units import Unit
from agentscope.traces.above import NONE
from agentscope.traces.clocks import moment
from agentscope.vocabulary import Flag, Kind, Status, Verdict

UNTOLD = "untold"  # nobody says what a judge came to
ANSWERED = {Verdict.PASSED: "approved", Verdict.CHANGED: "changed", Verdict.REFUSED: "rejected"}
ORDERS = "stop", "lift"
GOES_ON = "allow", "warn", "downgrade"  # as budgets.decision.Decision has them
SOMEBODY = "somebody"  # a person whom nothing names


def authority(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part."""
    said = resumed_with(case.words(unit.root).content.get("input")) if unit.root != NONE else None
    if digest := digest_of(said):
        yield resumed(case, unit.root, said, digest)
    elif (row := goes_on(case, unit)) != NONE:
        at = when(case.tree.start_ns[row])
        yield case.item("approval", row, rule="waited", words="answered", at=at, by=SOMEBODY)
    for row in unit.few(unit.asked):
        yield approval(case, row)
    for row in unit.few(unit.verdicts):
        if case.tree.kind[row] == Kind.GUARDRAIL:
            yield verdict(case, row, "policy")
    yield from answers(case, unit)
    for order in case.said_to(unit.first):
        if order.what in ORDERS:
            words = "person" if order.is_person else "budget"
            yield told(order, order.what, words=words)


def resumed(case: Case, row: int, said: Any, digest: Mapping[str, Any]) -> Item:
    """What a person answered to the question at which a run stopped."""
    found, at = reading(said), when(case.tree.start_ns[row])
    rule = "resumed" if found.words == OPEN else "resumed_as"
    by = cut(found.by) or SOMEBODY
    return case.item("approval", row, rule=rule, words=found.words, at=at, by=by, output=digest)


def answers(case: Case, unit: Unit) -> Iterator[Item]:
    """What it was told when it asked whether to go on: of each sort the last answer, with how many
    there were."""
    for sort in GOES_ON:
        if some := [each for each in case.said_to(unit.first) if each.what == sort]:
            rule = "" if some[-1].agent and case.is_only(some[-1].agent) else "while"
            yield told(some[-1], "answer", rule=rule, words=sort, times=len(some))


def told(order: Ordered, what: str, **more: Any) -> Item:
    """What a budget or a person said."""
    at = written(order.at)
    return Item(what, by=cut(order.by), why=cut(order.why), at=at, **more)


def when(ns: Any) -> str:
    """A time of a span as it stands in a body; "" where it has none."""
    return written(moment(int(ns) // 1000)) if ns else ""


def goes_on(case: Case, unit: Unit) -> int:
    """The row with which a unit goes on where the run before waited for a person: its first call,
    for which no model was asked. NONE if it is not so."""
    tree, acts = case.tree, [*unit.did[:1], *unit.read[:1]]
    row = min(acts, key=lambda each: int(tree.start_ns[each]), default=NONE)
    if row == NONE or tree.kind[row] != Kind.TOOL or tree.status[row] == Status.WAITING:
        return NONE
    asked = [call for call in unit.calls[:1] if tree.kind[call] == Kind.LLM]
    is_first = all(tree.start_ns[row] < tree.start_ns[call] for call in asked)
    return row if is_first and tree.texts[tree.tool[row]] in waited_before(case, row) else NONE


def waited_before(case: Case, row: int) -> set[str]:
    """The tools at which a person was waited for when a row began: of its agent in this trace, and
    where nothing was called before in it, of the run before in its session."""
    tree, agent = case.tree, case.agent_of(row)
    before = tree.start_ns < tree.start_ns[row]
    waiting = np.flatnonzero(before & (tree.kind == Kind.TOOL) & (tree.status == Status.WAITING))
    found = {
        tree.texts[tree.tool[each]] for each in waiting.tolist() if case.agent_of(each) == agent
    }
    is_first = not (before & np.isin(tree.kind, (Kind.LLM, Kind.TOOL))).any()
    return found | case.waited if is_first else found


def approval(case: Case, row: int) -> Item:
    """What a person said, and who it was, as far as that is told."""
    tree = case.tree
    if tree.status[row] == Status.WAITING:
        at = when(tree.start_ns[row])
        return case.item("approval", row, words="waiting", at=at, input=case.given(row))
    words = ANSWERED.get(said_by(case, row), "answered")
    by = cut(case.spans.user[row]) or SOMEBODY
    at, given, gave = when(tree.end_ns[row]), case.given(row), case.gave(row)
    return case.item("approval", row, words=words, by=by, at=at, input=given, output=gave)


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
