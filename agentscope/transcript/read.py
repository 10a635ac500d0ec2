"""A window of a transcript with what was said in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np

from agentscope.traces.contents import Said, contents
from agentscope.traces.tree import Tree
from agentscope.transcript.news import Plain, news, without_results
from agentscope.transcript.turns import Turns
from agentscope.vocabulary import Kind

MOST_EVENTS = 20  # of a turn whose contents are read


@dataclass(slots=True)
class Spoken:
    """A turn with what was said."""

    turn: int
    row: int
    given: list[Plain]  # what is new in its input
    earlier: int  # messages of its input that are not among them
    answers: list[Plain]  # what it answered; several where it was asked for choices
    content: dict[str, Any]  # all that its span said
    error: str
    events: list[int]  # rows, of which contents are known
    events_left: int  # how many more came of it
    said: dict[int, Said]  # of these


def spoken(project_id: int, trace_id: UUID, turns: Turns, window: Sequence[int]) -> list[Spoken]:
    """The turns at these positions. Four queries at most, however many they are."""
    bases = {turn: turns.bases(turn) for turn in window}
    needed = {*window, *chain.from_iterable(bases.values())}
    events = {turn: turns.events_of(turn) for turn in needed}
    wanted = {twin for turn in needed for twin in twins(turns.tree, int(turns.rows[turn]))}
    wanted |= {row for turn in needed for row in events[turn][:MOST_EVENTS]}
    said = contents(project_id, trace_id, turns.tree, sorted(wanted))
    return [one(turns, turn, bases[turn], events, said) for turn in window]


def one(
    turns: Turns, turn: int, bases: list[int], events: dict[int, list[int]], said: dict[int, Said]
) -> Spoken:
    """A turn, without what was said before."""
    found, known, shown = whole(turns, turn, said), list[Plain](), set[str]()
    for base in bases:
        earlier = whole(turns, base, said)
        known += news([*earlier.content.get("input_messages", []), *answers_of(earlier)], known)
        shown |= {said[at].tool_call_id for at in events[base][:MOST_EVENTS]} - {""}
    given = found.content.get("input_messages", [])
    fresh = without_results(news(given, known), shown)
    return Spoken(
        turn=turn,
        row=int(turns.rows[turn]),
        given=fresh,
        earlier=len(given) - len(fresh),
        answers=answers_of(found),
        content=found.content,
        error=found.error,
        events=events[turn][:MOST_EVENTS],
        events_left=max(len(events[turn]) - MOST_EVENTS, 0),
        said=said,
    )


def answers_of(said: Said) -> list[Plain]:
    """What a span answered."""
    found: list[Plain] = said.content.get("output_messages", [])
    return found


def whole(turns: Turns, turn: int, said: dict[int, Said]) -> Said:
    """What is known of a turn, by its own span or by another one that reports the same call."""
    tree, row = turns.tree, int(turns.rows[turn])
    own = said[row]
    for twin in twins(tree, row):
        for name in ("input_messages", "output_messages"):
            if name not in own.content and name in said[twin].content:
                own.content[name] = said[twin].content[name]
    return own


def twins(tree: Tree, row: int) -> list[int]:
    """A row and, of a model call, the model calls around it and inside it: an instrumentation of a
    framework and one of a client both report it, and often one of them only has the messages."""
    if tree.kind[row] != Kind.LLM:
        return [row]
    above = int(tree.parent[row])
    around = [above] if above >= 0 and tree.kind[above] == Kind.LLM else []
    inside = np.flatnonzero(tree.kind[row + 1 : min(tree.end[row], row + 4)] == Kind.LLM)
    return [row, *around, *(int(at) + row + 1 for at in inside)]
