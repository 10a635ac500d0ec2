"""What was chosen: which of several answers, which tools, what was said at last. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from agentscope.decisions.read import taken_by
from agentscope.records.case import Case
from agentscope.records.considered import ANSWERS
from agentscope.records.item import Item, cut, digest_of
from agentscope.records.units import Unit
from agentscope.traces.above import NONE
from agentscope.transcript.news import are_choices


def chosen(case: Case, unit: Unit) -> Iterator[Item]:
    """The items of this part, call by call."""
    for place, row in enumerate(calls := unit.read_calls()):
        answers = case.words(row).content.get(ANSWERS, [])
        rule = ""
        if are_choices(answers):
            number = taken(case, unit, row, calls[place + 1 : place + 2])
            if number == NONE:
                continue
            answers, rule = [answers[number]], "next_prompt"
            yield case.item("candidate", row, rule=rule, output=digest_of(answers[0]))
        yield from asked(case, row, answers, rule)
    yield from answer(case, unit)


def asked(case: Case, row: int, answers: Sequence[dict[str, Any]], rule: str) -> Iterator[Item]:
    """The tools that a call asks for."""
    for answer in answers:
        for part in answer.get("parts") or []:
            if part["type"] == "tool_call":
                name, value = cut(part.get("name") or ""), digest_of(part.get("value"))
                yield Item("call", name, case.span(row), rule=rule, input=value)


def answer(case: Case, unit: Unit) -> Iterator[Item]:
    """What was said at last: what the agent gave back, or its last call."""
    for row in (unit.first, unit.calls[-1]):
        if found := case.gave(row):
            rule = "" if row == unit.first else "last"
            yield case.item("answer", row, rule=rule, output=found)
            return


def taken(case: Case, unit: Unit, row: int, after: Sequence[int]) -> int:
    """Which of several answers of a call was used, by the one that came after it, if any; NONE
    where nothing tells."""
    tree, end = case.tree, after[0] if after else len(case.tree)
    acts = (each for rows in (unit.did, unit.read) for each in rows if row < each < end)
    made = Counter(tree.texts[tree.tool[each]] for each in acts)
    later = case.words(after[0]).content.get("input_messages", []) if after else []
    return taken_by(case.words(row).content[ANSWERS], later, made)
