"""A decision in the order in which it is read: what it was given, what it considered, what it
chose, what that did, and what was rejected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agentscope.billing.words import discarded_reason
from agentscope.decisions.deciding import Decision, Decisions
from agentscope.decisions.read import Told
from agentscope.decisions.thinking import divided, is_hidden, thoughts
from agentscope.traces.above import NONE
from agentscope.traces.contents import Said
from agentscope.traces.tree import Tree
from agentscope.transcript.news import Plain
from ui import amounts
from ui.brief import Call, Heard, beginning, call, heard
from ui.cuts import Text, cut, pretty
from ui.decision_links import Link, act, evaluations, link, rejected_link, verdicts_of
from ui.rejected import price

THOUGHT, ANSWER = 1_200, 400  # characters of reasoning, or of a plan; of an answer
INLINE = "Reasoning inside the answer"
MOST_GIVEN, MOST_THOUGHTS, MOST_PLANS, MOST_VERDICTS = 4, 3, 4, 12
MOST_CALLS, MOST_DID, MOST_REJECTED = 8, 10, 8


@dataclass(slots=True, frozen=True)
class Candidate:
    """One of several answers to one question."""

    number: int
    text: str
    finish_reason: str
    state: str  # taken, not taken; empty where nothing tells


@dataclass(slots=True, frozen=True)
class Thinking:
    """A thought, and where it was told."""

    title: str
    text: Text


@dataclass(slots=True)
class Deciding:
    """All that the panel says of a decision. What is empty is not shown."""

    calls: int  # how many model calls it is made of
    ends: tuple[Link, Link] | None = None  # the first and the last of them, where there are several
    given: list[Heard] = field(default_factory=list)
    given_left: int = 0
    earlier: int = 0
    base: Link | None = None
    thoughts: list[Thinking] = field(default_factory=list)
    thoughts_left: int = 0
    hidden: str = ""  # that it thought what nobody tells
    plans: list[tuple[Link, Text]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    together: str = ""  # what the candidates cost together
    verdicts: list[Link] = field(default_factory=list)
    verdicts_left: int = 0
    chosen: list[Call] = field(default_factory=list)
    chosen_left: int = 0
    answer: Text | None = None
    did: list[Link] = field(default_factory=list)
    did_left: int = 0
    rejected: list[Link] = field(default_factory=list)
    rejected_left: int = 0
    price: str = ""  # of all that was rejected
    itself: str = ""  # why it is discarded work itself
    instead: Link | None = None  # what took its place

    @property
    def has_considered(self) -> bool:
        """Whether anything is known of what it considered."""
        is_thought = self.thoughts or self.hidden
        return bool(is_thought or self.plans or self.candidates or self.verdicts)

    @property
    def is_told(self) -> bool:
        """Whether there is anything to say."""
        has_chosen = self.chosen or self.answer or self.did
        return bool(self.given or has_chosen or self.has_considered or self.rejected or self.itself)


def deciding(
    decisions: Decisions,
    decision: Decision,
    said: Told,
    own: Iterable[Mapping[str, Any]] = (),
    reasoning: int = 0,
) -> Deciding:
    """The decision of a row. `own` are the attributes of the events and log records of its span,
    among which verdicts may be; `reasoning` is how many tokens it thought."""
    tree, calls = decisions.tree, decision.calls
    return Deciding(
        calls=len(calls),
        ends=(link(tree, calls[0]), link(tree, calls[-1])) if len(calls) > 1 else None,
        given=given(said),
        given_left=max(len(said.given) - MOST_GIVEN, 0),
        earlier=said.earlier,
        base=None if said.base == NONE else link(tree, said.base),
        **thought(said.answers, reasoning),
        **considered(decisions, decision, said, own),
        **chosen(said),
        did=[act(tree, at, said.said.get(at, Said())) for at in decision.did[:MOST_DID]],
        did_left=max(len(decision.did) - MOST_DID, 0),
        **rejected(tree, decision),
    )


def given(said: Told) -> list[Heard]:
    """What is new of what it was given, the latest messages."""
    if said.given or said.earlier:
        return [heard(message) for message in said.given[-MOST_GIVEN:]]
    return [] if said.input is None else [Heard("input", *beginning(said.input))]


def considered(
    decisions: Decisions, decision: Decision, said: Told, own: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Plans, several answers, and what judges came to."""
    verdicts = [*verdicts_of(decisions, decision.verdicts, said.said), *evaluations(own)]
    tree, plans = decisions.tree, decision.plans[:MOST_PLANS]
    return {
        "plans": [(link(tree, at), plan(said.said.get(at, Said()))) for at in plans],
        "candidates": list(candidates(said)) if said.are_choices else [],
        "together": cost_of(tree, decision.calls) if said.are_choices else "",
        "verdicts": verdicts[:MOST_VERDICTS],
        "verdicts_left": max(len(verdicts) - MOST_VERDICTS, 0),
    }


def thought(answers: Sequence[Plain], reasoning: int) -> dict[str, Any]:
    """The reasoning in answers, as far as it was told; else that there was some."""
    found = list(thoughts(answers))
    told = [
        Thinking(INLINE if each.is_inline else "Reasoning", cut(each.text, THOUGHT))
        for each in found[:MOST_THOUGHTS]
    ]
    spent = f" ({amounts.count(reasoning, 'token')})" if reasoning else ""
    is_silent = not found and (reasoning or is_hidden(answers))
    return {
        "thoughts": told,
        "thoughts_left": len(found) - len(told),
        "hidden": f"Reasoning that is not told{spent}." if is_silent else "",
    }


def plan(said: Said) -> Text:
    """What a plan came to: what the step gave back, or what a model answered."""
    made = said.content.get("output", said.content.get("result"))
    answers = said.content.get("output_messages")
    if made is None and answers:
        made = "\n".join(texts_of(answers))
    return Text("") if made is None else pretty(made, THOUGHT)


def texts_of(answers: Sequence[Plain]) -> list[str]:
    """The texts of answers, without reasoning."""
    parts = [part for answer in answers for part in answer.get("parts") or []]
    return [part["text"] for part in parts if part["type"] == "text" and part.get("text")]


def cost_of(tree: Tree, calls: Sequence[int]) -> str:
    """What some calls cost together; empty where there was nothing to pay."""
    spent, unpriced = (int(sums[list(calls)].sum()) for sums in (tree.sum_cost, tree.sum_unpriced))
    return price(spent, unpriced)


def candidates(said: Told) -> Iterator[Candidate]:
    """Several answers, with which of them was used as far as something tells."""
    for number, answer in enumerate(said.answers):
        state = "taken" if number == said.taken else "not taken"
        reason = answer.get("finish_reason") or ""
        text = heard(answer).text
        yield Candidate(number + 1, text, reason, "" if said.taken == NONE else state)


def chosen(said: Told) -> dict[str, Any]:
    """The tools that were called and what was said; of several answers what was taken up."""
    answers = said.answers
    if said.are_choices:
        answers = [answers[said.taken]] if said.taken != NONE else []
    parts = [part for answer in answers for part in answer.get("parts") or []]
    calls = [part for part in parts if part["type"] in ("tool_call", "other")]
    texts = [divided(text).rest for text in texts_of(answers)]
    answer = cut("\n".join(texts).strip(), ANSWER) if texts else None
    if not parts and said.output is not None:
        answer = pretty(said.output, ANSWER)
    return {
        "chosen": [call(part) for part in calls[:MOST_CALLS]],
        "chosen_left": max(len(calls) - MOST_CALLS, 0),
        "answer": answer,
    }


def rejected(tree: Tree, decision: Decision) -> dict[str, Any]:
    """What was rejected, each with its price, and the price of all of it."""
    own = next((at for at in decision.calls if tree.discarded[at]), None)
    is_one = own is not None and len(decision.calls) == 1
    return {
        "rejected": [rejected_link(tree.row(at)) for at in decision.rejected[:MOST_REJECTED]],
        "rejected_left": max(len(decision.rejected) - MOST_REJECTED, 0),
        "price": price(decision.rejected_cost, decision.rejected_unpriced),
        "itself": discarded_reason(tree.row(own)) if is_one and own is not None else "",
        "instead": None if decision.instead == NONE else link(tree, decision.instead),
    }
