"""A rule by which decisions are drawn, read from what people said. Pure.

    {"agent": "planner", "effect": "*refund*", "finding": "any", "outcome": "failed", "cost": "1"}

Each part may be left out; a decision has to fit all that are said. `*` in an effect stands for any
characters; "any" is any effect, or any finding; a cost is USD, at least so much of it known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from uuid import UUID

from agentscope.alerts.watch import BadRule
from agentscope.projects.tools import is_called
from agentscope.records.models import Record
from agentscope.vocabulary import PICO

ANY = "any"
PARTS = ("agent", "effect", "finding", "outcome", "cost")
LARGEST = Decimal(10) ** 6  # USD
LONGEST = 500  # characters of a part
MOST_HOURS = 24 * 366
DIGITS = 6  # of a share


class Candidate(NamedTuple):
    """What rules look at of a decision: columns of its record."""

    trace_id: UUID
    span_id: int
    at: Any
    agent: str
    outcome: str
    effects: Sequence[str]
    findings: Sequence[str]
    pico: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions a rule means. "" and None: all."""

    agent: str = ""
    effect: str = ""
    finding: str = ""
    outcome: str = ""
    cost: Decimal | None = None  # USD

    def fits(self, one: Candidate) -> bool:
        """Whether it means this one. What is still running is meant only where a rule says so: it
        may yet do what makes it worth a look."""
        if self.outcome != one.outcome and (self.outcome or one.outcome == Record.Outcome.RUNNING):
            return False
        is_named = self.agent in ("", one.agent) and named(self.finding, one.findings)
        return is_named and self.has_effect(one.effects) and self.is_dear(one.pico)

    def has_effect(self, effects: Sequence[str]) -> bool:
        """Whether one of its tools is meant."""
        if self.effect in ("", ANY):
            return not self.effect or bool(effects)
        return any(is_called(tool, self.effect) for tool in effects)

    def is_dear(self, pico: int | None) -> bool:
        """Whether it cost as much, as far as that is known."""
        return self.cost is None or (pico is not None and pico * PICO >= self.cost)


def named(wanted: str, names: Sequence[str]) -> bool:
    """Whether a name is among some, or there is any."""
    return not wanted or wanted in names or (wanted == ANY and bool(names))


def wanted(only: Mapping[str, Any]) -> Wanted:
    """Which decisions are meant. Raises BadRule."""
    if strange := [name for name in only if name not in PARTS]:
        raise BadRule("only", f"There are {', '.join(PARTS)}; there is no “{strange[0][:40]}”.")
    said = {name: text_of(only, name) for name in PARTS}
    if said["outcome"] and said["outcome"] not in Record.Outcome.values:
        outcomes = ", ".join(Record.Outcome.values)
        raise BadRule("only", f"outcome: “{said['outcome'][:40]}” is none of {outcomes}.")
    cost = number("only", "cost", said.pop("cost"), LARGEST)
    return Wanted(**said, cost=cost)


def text_of(only: Mapping[str, Any], name: str) -> str:
    """A part that is a text; a number is read as one. Raises BadRule."""
    found = only.get(name)
    text = "" if found is None else str(found).strip()
    if isinstance(found, bool | dict | list) or len(text) > LONGEST or "\0" in text:
        raise BadRule("only", f"{name}: it is a text of at most {LONGEST} characters.")
    return text


def number(part: str, name: str, text: str, most: Decimal) -> Decimal | None:
    """A number above 0; None where nothing is said. Raises BadRule."""
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise BadRule(part, f"{name}: “{text[:40]}” is no number.") from error
    if not found.is_finite() or not 0 < found <= most:
        raise BadRule(part, f"{name}: “{text[:40]}” is not above 0 and up to {most}.")
    return found


def share_of(said: Mapping[str, Any]) -> Decimal:
    """Which share of them is drawn; all, where nothing is said. Raises BadRule."""
    found = said.get("share")
    text = "" if found is None else str(found).strip()
    share = number("share", "The share", text, Decimal(1)) or Decimal(1)
    if round(share, DIGITS) != share:
        raise BadRule("share", f"The share has at most {DIGITS} digits after the point.")
    return share


def hours_of(said: Mapping[str, Any]) -> int:
    """In how many hours what is drawn is due. Raises BadRule."""
    text = str(said.get("hours"))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_HOURS))
    if is_number and 1 <= int(text) <= MOST_HOURS:
        return int(text)
    raise BadRule("hours", f"What is drawn is due within 1 to {MOST_HOURS} hours.")


def in_words(only: Mapping[str, Any], share: Decimal) -> str:
    """What a rule says: `5 % of decisions of planner with refund that cost at least $1`."""
    part = "all" if share == 1 else f"{(share * 100).normalize():f} % of"
    said = [f"{part} decisions"]
    agent, effect, finding = (only.get(name, "") for name in ("agent", "effect", "finding"))
    if agent:
        said.append(f"of {agent}")
    if effect:
        said.append("that changed something" if effect == ANY else f"with {effect}")
    if finding:
        said.append("with any finding" if finding == ANY else f"with the finding {finding}")
    if outcome := only.get("outcome"):
        said.append(f"that are {outcome}")
    if cost := only.get("cost"):
        said.append(f"that cost at least ${cost}")
    return " ".join(said)
