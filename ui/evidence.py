"""The first and the last repeat of a finding side by side: what was asked, what came back. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from agentscope.findings.models import Finding
from agentscope.traces.ids import parse_span_id
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind
from ui.amounts import short
from ui.conversation import Conversation
from ui.cuts import Text
from ui.panel import BLOCKS, Panel

ANSWER = "Answer"
ERROR = "Error"


@dataclass(slots=True, frozen=True)
class Pair:
    """One thing that both steps may have said."""

    title: str
    first: Text | None
    last: Text | None

    @property
    def words(self) -> str:
        """Whether they are the same, as far as all of it is known and shown."""
        if self.first is None or self.last is None:
            return ""
        if self.first.shown != self.last.shown:
            return "differ"
        return (
            "alike in the part that is shown" if self.first.left or self.last.left else "the same"
        )


def first_and_last(tree: Tree, finding: Finding) -> tuple[int, int] | None:
    """The row of the first step, and that of the same step of the last round: where rounds cannot
    be told, that of the last one of its kind and name, and where nothing comes again, of the last
    step. None if the first is not in the tree."""
    first = tree.find(finding.first_span)
    if first is None:
        return None
    if is_in_rounds(finding) or finding.repeats <= 1:
        steps = finding.period if is_in_rounds(finding) else 1
        last = tree.find(finding.span_ids[-steps])
        return first, first if last is None else last
    rows = np.flatnonzero(np.isin(tree.span_id, finding.span_ids))
    alike = rows[[is_alike(tree, first, int(row)) for row in rows]]
    return first, latest(tree, alike) or first


def is_in_rounds(finding: Finding) -> bool:
    """Whether its steps are rounds of one length."""
    return finding.repeats > 1 and finding.span_count == finding.period * finding.repeats


def is_alike(tree: Tree, one: int, other: int) -> bool:
    """Whether two rows are of one kind and called the same."""
    return all(bool(of[one] == of[other]) for of in (tree.kind, tree.name, tree.tool))


def repeated(finding: Finding) -> tuple[UUID, int] | None:
    """Trace and span of what the first step of a finding repeats, where that was made before all of
    its own steps."""
    for place in finding.evidence.get("earlier", []):
        if "span" in place:
            return UUID(place.get("trace", finding.trace_id.hex)), parse_span_id(place["span"])
    return None


def earlier_traces(finding: Finding) -> list[UUID]:
    """Other traces that a finding was found by, the nearest first."""
    places = finding.evidence.get("earlier", [])
    return list(dict.fromkeys(UUID(place["trace"]) for place in places if "trace" in place))


def last_answer(tree: Tree, row: int) -> int | None:
    """The last model call below a row, which says what an agent came to where its own span does
    not."""
    below = np.arange(row + 1, int(tree.end[row]))
    return latest(tree, below[tree.kind[below] == Kind.LLM])


def asked_by(tree: Tree, row: int) -> int | None:
    """The last model call of an agent before one of its tools was called, which says what that was
    called with where its own span does not."""
    before = (tree.agent == tree.agent[row]) & (tree.start_ns < tree.start_ns[row])
    return latest(tree, np.flatnonzero(before & (tree.kind == Kind.LLM)))


def latest(tree: Tree, rows: Ints) -> int | None:
    """The row that started last, if there is any."""
    return max(rows.tolist(), key=lambda at: (int(tree.start_ns[at]), at), default=None)


def asks_for(panel: Panel, tool: str) -> bool:
    """Whether a model call asked for a tool."""
    pieces = (piece for turn in panel.answered.turns for piece in turn.pieces)
    return any(piece.type == "tool_call" and piece.name == short(tool) for piece in pieces)


def pairs(first: Panel, last: Panel) -> list[Pair]:
    """What both say, in the order of a panel."""
    told, retold = said(first), said(last)
    return [Pair(title, told.get(title), retold.get(title)) for title in {**told, **retold}]


def said(panel: Panel) -> dict[str, Text]:
    """What a step was given and came to, by its title."""
    found = {block.title: block.text for block in panel.blocks if block.title != BLOCKS["tools"]}
    if panel.answered.turns:
        found[ANSWER] = text_of(panel.answered)
    if panel.failure and panel.failure.message.shown:
        found[ERROR] = panel.failure.message
    return found


def text_of(talk: Conversation) -> Text:
    """A conversation as one text: what was said, and which tools were called with what."""
    lines = list(lines_of(talk))
    left = sum(piece.text.left for turn in talk.turns for piece in turn.pieces)
    return Text("\n".join(lines), left)


def lines_of(talk: Conversation) -> Iterator[str]:
    """Its parts, a tool call with its name; empty ones say nothing."""
    for turn in talk.turns:
        for piece in turn.pieces:
            shown = piece.text.shown
            if line := f"{piece.name} {shown}".rstrip() if piece.type == "tool_call" else shown:
                yield line
