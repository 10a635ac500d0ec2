"""What those were told who asked whether they may go on. Unknown is said as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from agentscope.alerts.words import DIMENSION
from agentscope.budgets.decision import Decision
from agentscope.budgets.models import Answer
from ui import amounts
from ui.gauge import amount

ANSWERED = {
    Decision.ALLOW.word: ("go on", "good"),
    Decision.WARN.word: ("go on, warned", "warn"),
    Decision.DOWNGRADE.word: ("cheaper model", "warn"),
    Decision.STOP.word: ("stop", "bad"),
}
# What was asked, in the order in which it is told.
ASKED = ("agent", "session", "path", "model", "provider", "user", "environment", "tool", "key")
CIRCUIT = {"closed": "calls of it go on", "open": "open", "half_open": "half open"}


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What somebody asked and was told."""

    answer: Answer
    asked: list[tuple[str, str]]
    word: str
    tone: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoodLine:
    """How a budget stood when it was asked."""

    number: int | None  # of the budget
    name: str
    group: str  # "" where it is one for all
    word: str
    tone: str
    spent: str
    reserved: str
    limit: str
    unpriced: str
    as_of: datetime | None  # None: nothing was used yet


def answer_lines(answers: Iterable[Answer]) -> list[AnswerLine]:
    """What was asked, answered, and why."""
    return [answer_line(each) for each in answers]


def answer_line(answer: Answer) -> AnswerLine:
    """An answer in words."""
    word, tone = ANSWERED.get(answer.decision, (answer.decision, ""))
    asked = [
        (DIMENSION.get(name, name.capitalize()).lower(), str(answer.asked[name]))
        for name in ASKED
        if answer.asked.get(name)
    ]
    asked += list(needs(answer.asked))
    return AnswerLine(answer, asked, word, tone, str(answer.said.get("reason", "")))


def needs(asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a call was said to need."""
    if (tokens := asked.get("estimated_tokens")) is not None:
        yield "may use", amounts.count(int(tokens), "token")
    if (usd := asked.get("estimated_usd")) is not None:
        yield "may cost", f"${usd}"


def seconds(said: float) -> str:
    """A length of time as people say it."""
    return amounts.duration(round(said * amounts.SECOND))


def stood_lines(answer: Answer) -> list[StoodLine]:
    """How the budgets stood on which it was decided."""
    return [stood_line(each, answer.trace) for each in answer.said.get("budgets") or ()]


def stood_line(said: dict[str, Any], trace: UUID | None) -> StoodLine:
    """How a budget stood, in words."""
    word, tone = ANSWERED.get(str(said.get("decision")), ("unknown", ""))
    budget, unit = said.get("budget") or {}, str(said.get("unit"))
    unpriced = said.get("unpriced_calls") or 0
    group = str(said.get("group") or "")
    is_least = unpriced and unit == "usd"
    return StoodLine(
        budget.get("id"),
        str(budget.get("name") or amounts.UNKNOWN),
        trace.hex if trace and group == str(trace) else group,
        word,
        tone,
        written(unit, said.get("spent"), unpriced),
        written(unit, said.get("reserved")),
        written(unit, said.get("limit")),
        f"{amounts.count(unpriced, 'call')} without a price not in it" if is_least else "",
        moment_of(said.get("as_of")),
    )


def written(unit: str, value: Any, unpriced: int = 0) -> str:
    """An amount as an answer has it, with its unit; at least so much, where calls have no price."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return amounts.UNKNOWN
    return amounts.cost(found, unpriced) if unit == "usd" else amount(unit, found)


def moment_of(said: Any) -> datetime | None:
    """A time as an answer has it; None: nothing was used yet."""
    try:
        return datetime.fromisoformat(str(said))
    except ValueError:
        return None


def also(answer: Answer) -> Iterator[tuple[str, str]]:
    """What else was told, as pairs of a word and what was said."""
    said = answer.said
    if model := said.get("suggested_model"):
        yield "Suggested model", str(model)
    if circuit := said.get("circuit"):
        state = str(circuit.get("state"))
        yield "Circuit of the tool", f"{CIRCUIT.get(state, state)}: {circuit.get('sentence')}"
    if held := said.get("reservation"):
        until = moment_of(held.get("expires_at"))
        yield "Reserved", f"until {until:%Y-%m-%d %H:%M:%S %Z}" if until else amounts.UNKNOWN
    if untold := said.get("not_told"):
        yield "Might have counted, had it been said whose call it is", ", ".join(map(str, untold))
    if "lag_seconds" in said:
        yield "What was not counted yet is at most so old", seconds(said["lag_seconds"])
    if fail := said.get("fail"):
        yield "While nobody answers", "stop" if fail == "closed" else "go on"


def finding_of(answer: Answer) -> tuple[UUID, UUID, str] | None:
    """The finding that stopped it: its cause, its trace and what it says; None if none did."""
    said = answer.said.get("finding") or {}
    try:
        cause = UUID(str(said.get("link", "")).rpartition("/")[2])
        return cause, UUID(str(said.get("trace"))), str(said.get("sentence", ""))
    except ValueError:
        return None
