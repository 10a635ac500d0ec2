"""What was considered for a decision, and what of it was turned down at what cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.decisions.thinking import is_hidden, thoughts
from agentscope.records.authority import verdict
from agentscope.records.case import Case
from agentscope.records.item import Item, digest_of, usd
from agentscope.records.units import Unit
from agentscope.transcript.news import are_choices
from agentscope.vocabulary import Basis, Discarded, Kind

ANSWERS = "output_messages"


def considered(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part."""
    for row in unit.few(unit.plans):
        yield case.item("plan", row, output=case.gave(row), **spent(case, row))
    for row in unit.read_calls():
        yield from thought(case, row)
        yield from candidates(case, row)
    for row in unit.few(unit.verdicts):
        if case.tree.kind[row] == Kind.EVALUATOR:
            yield verdict(case, row, "verdict")
    for row in unit.few(unit.rejected):
        yield rejected(case, row)


def thought(case: Case, row: int) -> Iterator[Item]:
    """What a call thought before it answered; that it did, where that is not told."""
    answers = case.words(row).content.get(ANSWERS, [])
    for each in thoughts(answers):
        rule = "inline" if each.is_inline else ""
        yield case.item("thought", row, rule=rule, output=digest_of(each.text))
    if is_hidden(answers) or (not answers and case.tree.reasoning_tokens[row] > 0):
        yield case.item("thought", row, words="hidden")


def candidates(case: Case, row: int) -> Iterator[Item]:
    """The answers of a call of which one was to be chosen."""
    answers = case.words(row).content.get(ANSWERS, [])
    if are_choices(answers):
        for answer in answers:
            yield case.item("candidate", row, output=digest_of(answer))


def rejected(case: Case, row: int) -> Item:
    """Work that was turned down, with what it cost."""
    tree = case.tree
    is_told = tree.discard_basis[row] == Basis.DECLARED
    cost, unpriced = int(tree.sum_discarded[row]), int(tree.sum_unpriced[row])
    return case.item(
        "rejected",
        row,
        rule="" if is_told else "discarded",
        words=Discarded(int(tree.discarded[row])).word,
        why=tree.texts[tree.error_class[row]],
        input=case.given(row),
        output=case.gave(row),
        usd=usd(cost, unpriced),
        unpriced=unpriced,
    )


def spent(case: Case, row: int) -> dict[str, object]:
    """What a row cost with all beneath."""
    cost, unpriced = int(case.tree.sum_cost[row]), int(case.tree.sum_unpriced[row])
    return {"usd": usd(cost, unpriced), "unpriced": unpriced}
