"""The turns of a transcript as blocks to read: who spoke, what was new, what came of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.traces.above import NONE
from agentscope.traces.calls import AGENT
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.transcript.read import Spoken
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
    other: Text  # what it gave back, if that is no message
    is_selected: bool = False

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


@dataclass(slots=True)
class Step:
    """One of what a transcript is made of, in its order; a template asks which it is."""

    block: Block | None = None
    opens: Group | None = None
    closes: bool = False
    handover: str = ""


def steps(
    turns: Turns, spoken: Sequence[Spoken], selected: int, *, live: bool = False
) -> list[Step]:
    """The blocks of a window with what separates them and holds them together. `live` says that
    spans may still come, so that an open end means "running"."""
    course = Course(turns, live)
    for each in spoken:
        course.add(each, is_selected=each.turn == selected)
    return course.finished()


@dataclass(slots=True)
class Course:
    """Collects steps, remembering which groups are open."""

    turns: Turns
    live: bool
    found: list[Step] = field(default_factory=list)
    open: list[int] = field(default_factory=list)  # runs of sub-agents
    last: int | None = None  # the outermost run around the turn before

    def add(self, said: Spoken, *, is_selected: bool) -> None:
        """A turn, after what has to be closed and opened."""
        run = int(self.turns.run[said.turn])
        outer, *inside = self.turns.inside[run] if run != NONE else (NONE,)
        while self.open and (outer != self.last or self.open != inside[: len(self.open)]):
            self.open.pop()
            self.found.append(Step(closes=True))
        if self.last is not None and outer not in (NONE, self.last):
            self.found.append(Step(handover=self.handover(outer)))
        self.last = outer
        for number in inside[len(self.open) :]:
            self.open.append(number)
            self.found.append(Step(opens=self.group(number, said.turn)))
        self.found.append(
            Step(block=block(self.turns, said, is_selected=is_selected, live=self.live))
        )

    def finished(self) -> list[Step]:
        """All steps, every group closed."""
        return self.found + [Step(closes=True)] * len(self.open)

    def group(self, number: int, turn: int) -> Group:
        """The group of a sub-agent's run."""
        tree, run = self.turns.tree, self.turns.runs[number]
        row = tree.row(run.rows[0])
        earlier = self.turns.run[:turn] == number
        reached = [f"{REACHED[how]} {agent}" for agent, how in run.callers]
        return Group(
            agent=run.agent,
            words=", ".join(reached),
            cost=cost_of(row, "sum_cost"),
            errors=int(tree.sum_errors[row.at]),
            span_id=span_hex(row.span_id),
            turn=turn + 1,
            is_continued=bool(earlier.any()),
        )

    def handover(self, number: int) -> str:
        """How the run of another agent came about, in words."""
        run = self.turns.runs[number]
        by = [agent for agent, how in run.callers if how == HANDS_OFF]
        return f"{amounts.some(by, 2)} handed over to {run.agent}" if by else f"Next: {run.agent}"


def block(turns: Turns, said: Spoken, *, is_selected: bool, live: bool) -> Block:
    """A turn as a block."""
    tree, row = turns.tree, turns.tree.row(said.row)
    given = said.given[-MOST_GIVEN:]
    is_agent = row.kind == AGENT
    return Block(
        number=said.turn + 1,
        span_id=span_hex(row.span_id),
        agent=row.text("agent"),
        path=row.text("path"),
        kind=kind_word(row.kind),
        model=row.text("model"),
        after=amounts.duration(int(tree.start_ns[row.at]) - int(tree.start_ns.min())),
        lasted=took(row, live),
        tokens=tokens_of(row),
        cost=cost_of(row, "sum_cost" if is_agent else "cost"),
        failed=failure(row.text("error_class")) if row.status == Status.ERROR else "",
        error=cut(said.error, SHOWN),
        discarded=discarded(row),
        events=[event(tree.row(at), live) for at in said.events],
        events_left=said.events_left,
        given=conversation(given, SHOWN),
        given_left=len(said.given) - len(given),
        earlier=said.earlier,
        answers=answers(said, tree, SHOWN),
        other=other(said),
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
        name=row.text("tool") or row.text("name") or "(unnamed)",
        lasted=took(row, live),
        failed="waits for a person" if row.status == Status.WAITING else failed,
    )


def other(said: Spoken) -> Text:
    """What a turn without messages gave back."""
    output = None if said.answers else said.content.get("output", said.content.get("result"))
    return Text("") if output is None else pretty(output, SHOWN)
