"""The turns of a transcript as blocks to read: who spoke, what was new, what came of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from operator import eq

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.traces.above import NONE
from agentscope.traces.calls import AGENT
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.transcript.read import MOST_EVENTS, Spoken
from agentscope.transcript.turns import Turns
from agentscope.vocabulary import Discarded, Status
from ui import amounts
from ui.answers import answers
from ui.conversation import Conversation, conversation
from ui.cuts import Text, cut, pretty
from ui.kinds import MARKS, failure, kind_word
from ui.row_words import took

SHOWN = 1_200  # characters of one text; the panel has all of it
MOST_GIVEN = 6  # new messages of one turn
MOST_CALLERS = 2  # of an agent, by name
PARTS, CHOICES = 64, 16  # of what a turn was given, and answered; answers to choose from
REACHED = {
    CONTAINS: "runs inside",
    DELEGATES: "was called as a tool by",
    HANDS_OFF: "was handed over to by",
}


@dataclass(slots=True, frozen=True)
class Event:
    """What came of a turn: a tool call, a handoff, a question, a verdict."""

    span_id: str
    mark: str
    family: str
    kind: str
    name: str
    lasted: str
    failed: str  # how, in words


@dataclass(slots=True)
class Block:
    """A turn."""

    number: int
    span_id: str
    agent: str
    path: str
    kind: str
    model: str
    after: str
    lasted: str
    tokens: str
    cost: str
    failed: str
    error: Text
    discarded: str  # why nobody used it, in words
    events: list[Event]
    events_left: int
    given: Conversation
    given_left: int  # new messages that are not shown
    earlier: int  # messages that were given before
    answers: list[Conversation]
    choices: int  # answers to choose from
    other: Text  # what it gave back, if that is no message
    is_selected: bool = False

    @property
    def choices_left(self) -> int:
        """Answers to choose from that are not shown."""
        return self.choices - len(self.answers)

    @property
    def is_silent(self) -> bool:
        """Whether nothing that was said is known."""
        said = self.given.turns or any(each.turns for each in self.answers)
        return not said and not self.other.shown and not self.earlier


@dataclass(slots=True)
class Group:
    """The run of a sub-agent: opens before its first turn in the window, closes after its last."""

    agent: str
    words: str  # how it was reached
    cost: str
    errors: int
    span_id: str
    turn: int  # the number of the first of its turns here
    is_continued: bool  # it began before this window


@dataclass(slots=True, frozen=True)
class Step:
    """What stands between two turns; a template asks which it is."""

    opens: Group | None = None
    closes: bool = False
    handover: str = ""


def steps(turns: Turns, turn: int, before: int | None) -> list[Step]:
    """What is closed, handed over and opened between the turn before and a turn; None before the
    first one of a page."""
    outer, inside = around(turns, turn)
    last, opened = (outer, ()) if before is None else around(turns, before)
    kept = sum(map(eq, opened, inside)) if outer == last else 0
    found = [Step(closes=True)] * (len(opened) - kept)
    if outer not in (NONE, last):
        found.append(Step(handover=handover(turns, outer)))
    return found + [Step(opens=group(turns, number, turn)) for number in inside[kept:]]


def around(turns: Turns, turn: int) -> tuple[int, tuple[int, ...]]:
    """The outermost run around a turn, and those of sub-agents inside of it."""
    run = int(turns.run[turn])
    outer, *inside = turns.inside[run] if run != NONE else (NONE,)
    return outer, tuple(inside)


def group(turns: Turns, number: int, turn: int) -> Group:
    """The group of a sub-agent's run, of which a turn is the first on a page."""
    tree, run = turns.tree, turns.runs[number]
    row = tree.row(run.rows[0])
    earlier = turns.run[:turn] == number
    reached = [f"{REACHED[how]} {amounts.short(agent)}" for agent, how in run.callers]
    return Group(
        agent=amounts.short(run.agent),
        words=amounts.some(reached, MOST_CALLERS),
        cost=cost_of(row, "sum_cost"),
        errors=int(tree.sum_errors[row.at]),
        span_id=span_hex(row.span_id),
        turn=turn + 1,
        is_continued=bool(earlier.any()),
    )


def handover(turns: Turns, number: int) -> str:
    """How the run of another agent came about, in words."""
    run = turns.runs[number]
    by = [amounts.short(agent) for agent, how in run.callers if how == HANDS_OFF]
    to = amounts.short(run.agent)
    return f"{amounts.some(by, MOST_CALLERS)} handed over to {to}" if by else f"Next: {to}"


def block(turns: Turns, said: Spoken, *, is_selected: bool, live: bool, halved: int = 0) -> Block:
    """A turn as a block. `live` says that spans may still come, so that an open end means
    "running"; `halved` how often what is shown of texts, and how many parts are, is halved."""
    tree, row = turns.tree, turns.tree.row(said.row)
    limit, parts, most = SHOWN >> halved, PARTS >> halved, MOST_EVENTS >> halved
    given, answered = said.given[-MOST_GIVEN:], answers(said, tree, limit, parts)
    is_agent = row.kind == AGENT
    return Block(
        number=said.turn + 1,
        span_id=span_hex(row.span_id),
        agent=amounts.short(row.text("agent")),
        path=amounts.short(row.text("path")),
        kind=kind_word(row.kind),
        model=amounts.short(row.text("model")),
        after=amounts.duration(int(tree.start_ns[row.at]) - int(tree.start_ns.min())),
        lasted=took(row, live),
        tokens=tokens_of(row),
        cost=cost_of(row, "sum_cost" if is_agent else "cost"),
        failed=failure(row.text("error_class")) if row.status == Status.ERROR else "",
        error=cut(said.error, limit),
        discarded=discarded(row),
        events=[event(tree.row(at), live) for at in said.events[:most]],
        events_left=said.events_left + len(said.events[most:]),
        given=conversation(given, limit, parts=parts),
        given_left=len(said.given) - len(given),
        earlier=said.earlier,
        answers=answered[: CHOICES >> halved],
        choices=len(answered),
        other=other(said, limit),
        is_selected=is_selected,
    )


def tokens_of(row: Row) -> str:
    """Its tokens, in and out; empty where none were reported."""
    used = (row.number("input_tokens"), "in"), (row.number("output_tokens"), "out")
    return " · ".join(f"{number:,} {side}" for number, side in used if number is not None)


def cost_of(row: Row, column: str) -> str:
    """What it cost, as far as it is known; empty where there was nothing to pay."""
    known = row.usd(column)
    unpriced = int(row.tree.sum_unpriced[row.at]) if column == "sum_cost" else 0
    spent = amounts.money(known) if known is None else amounts.cost(known, unpriced)
    return "" if spent == "$0" else spent


def discarded(row: Row) -> str:
    """Why nobody used what it did, in a word."""
    return "" if row.discarded == Discarded.NONE else row.discarded.word


def event(row: Row, live: bool) -> Event:
    """What came of a turn, as one line."""
    letter, family = MARKS[row.kind]
    failed = failure(row.text("error_class")) if row.status == Status.ERROR else ""
    return Event(
        span_id=span_hex(row.span_id),
        mark=letter,
        family=family,
        kind=kind_word(row.kind),
        name=amounts.short(row.text("tool") or row.text("name") or "(unnamed)"),
        lasted=took(row, live),
        failed="waits for a person" if row.status == Status.WAITING else failed,
    )


def other(said: Spoken, limit: int) -> Text:
    """What a turn without messages gave back."""
    output = None if said.answers else said.content.get("output", said.content.get("result"))
    return Text("") if output is None else pretty(output, limit)
