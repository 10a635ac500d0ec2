"""A decision with what was said in it: one payload more for each of a few neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agentscope.decisions.deciding import Decision, Decisions
from agentscope.traces.above import NONE
from agentscope.traces.contents import Reader, Said
from agentscope.traces.earlier import call_before
from agentscope.traces.tree import Tree
from agentscope.transcript.news import Plain, are_choices, news
from agentscope.transcript.read import twins
from agentscope.vocabulary import Kind

MOST_VERDICTS, MOST_PLANS, MOST_DID = 8, 2, 10  # whose contents are read; the tree tells the rest
GIVEN, ANSWERED = "input_messages", "output_messages"
CAME = "result", "output", ANSWERED  # what a step came to


@dataclass(slots=True)
class Told:
    """What was said in a decision."""

    given: list[Plain]  # what is new in it
    earlier: int  # messages that were given or answered before
    base: int  # the row of the call before, NONE: there was none
    input: Any  # what was given, where it is no message
    answers: list[Plain]
    output: Any  # likewise
    taken: int = NONE  # which of several answers was used; NONE: nothing tells
    said: dict[int, Said] = field(default_factory=dict)  # of verdicts, plans and acts, by row

    @property
    def are_choices(self) -> bool:
        """Whether several answers were asked for."""
        return are_choices(self.answers)


def told(
    reader: Reader, decisions: Decisions, decision: Decision, own: tuple[int, dict[str, Any]]
) -> Told:
    """What was said in a decision. `own` is the row that is looked at, with the content of its
    span. Four queries at most."""
    tree = decisions.tree
    at, content = own
    base = NONE if decision.agent != NONE else none_if(call_before(tree, decision.calls[0]))
    after = next_call(decisions, decision) if are_choices(content.get(ANSWERED, [])) else NONE
    sides = [*decision.verdicts[:MOST_VERDICTS], *decision.plans[:MOST_PLANS]]
    sides += decision.did[:MOST_DID]
    makers = {row: decisions.turns.last_inside(row) for row in decision.plans[:MOST_PLANS]}
    speaking = speakers(tree, decision, own)
    said = reader.of({*sides, *speaking, *makers.values(), base, after} - {at, NONE})
    said[at] = Said(content)
    first = filled(said, speaking, GIVEN, "input")
    answering = speaking[::-1] if decision.agent != NONE else speaking
    last = filled(said, answering, ANSWERED, "output")
    given = first.get(GIVEN, [])
    before = said[base].content if base != NONE else {}
    fresh = news(given, [*before.get(GIVEN, []), *before.get(ANSWERED, [])])
    answers = last.get(ANSWERED, [])
    later = said[after].content.get(GIVEN, []) if after != NONE else []
    return Told(
        given=fresh,
        earlier=len(given) - len(fresh),
        base=base,
        input=None if given else first.get("input"),
        answers=answers,
        output=None if answers else last.get("output"),
        taken=taken(tree, decision, answers, later) if are_choices(answers) else NONE,
        said={row: said[row if is_told(said[row]) else makers.get(row, row)] for row in sides},
    )


def is_told(said: Said) -> bool:
    """Whether a step says what it came to."""
    return any(said.content.get(name) for name in CAME)


def none_if(row: int | None) -> int:
    """NONE for None."""
    return NONE if row is None else row


def speakers(tree: Tree, decision: Decision, own: tuple[int, dict[str, Any]]) -> list[int]:
    """The rows that may say what was given and answered, in order of who was given something first:
    of a run its first call, its own span, which may hold all that was said in between, and its last
    call; of a call itself and other reports of it."""
    at, content = own
    if decision.agent != NONE:
        ends = (decision.calls[0], at, decision.calls[-1]) if decision.calls else (at,)
        return list(dict.fromkeys(ends))
    if content.get(GIVEN) and content.get(ANSWERED):
        return [at]
    return list(dict.fromkeys([at, decision.calls[0], *twins(tree, decision.calls[0])]))


def filled(
    said: dict[int, Said], rows: Sequence[int], messages: str, otherwise: str
) -> dict[str, Any]:
    """The content of the first of these rows that has messages, else of the first that has
    anything in place of them."""
    found = [said[row].content for row in rows]
    for name in (messages, otherwise):
        for content in found:
            if content.get(name):
                return content
    return {}


def next_call(decisions: Decisions, decision: Decision) -> int:
    """The next call of the same agent, which is given what was used of the answers; NONE: none."""
    turns = decisions.turns
    turn = int(np.searchsorted(turns.rows, decision.calls[-1]))
    same = np.flatnonzero(turns.agents() == turns.agents()[turn])
    later = same[same > turn]
    return int(turns.rows[later[0]]) if len(later) else NONE


def taken(tree: Tree, decision: Decision, answers: Sequence[Plain], later: Sequence[Plain]) -> int:
    """Which of several answers was used; NONE where nothing tells."""
    made = Counter(
        tree.texts[tree.tool[at]]
        for at in decision.did
        if tree.kind[at] in (Kind.TOOL, Kind.HANDOFF)
    )
    return taken_by(answers, later, made)


def taken_by(answers: Sequence[Plain], later: Sequence[Plain], made: Counter[str]) -> int:
    """Which of several answers was used: that which a later prompt has, or the only one whose calls
    of tools were made, of which these are the names; NONE where nothing tells."""
    heard = [len(news([answer], later)) == 0 for answer in answers] if later else []
    if heard.count(True) == 1:
        return heard.index(True)
    asked = [called(answer) for answer in answers]
    fitting = [number for number, calls in enumerate(asked) if calls and calls <= made]
    return fitting[0] if len(fitting) == 1 else NONE


def called(answer: Plain) -> Counter[str]:
    """The tools that an answer asks for."""
    parts: Iterable[Plain] = answer.get("parts") or []
    return Counter(part.get("name") or "" for part in parts if part["type"] == "tool_call")
