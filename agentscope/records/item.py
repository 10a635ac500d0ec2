"""One thing that a record tells: what it is, where it is to be seen, and how it is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from agentscope.traces.payload import canonical_json
from agentscope.traces.tree import UNKNOWN
from agentscope.vocabulary import PICO

DECLARED, INFERRED = "declared", "inferred"
LONGEST = 200  # characters of a name, or of a reason
# How it is known what no span says itself. Codes stand in bodies: add, never rename.
RULES = {
    "around": "A step around it, or another one of the trace, says so.",
    "nested": "One ran inside the other.",
    "order": "It came next: the steps around it belong to the same agent.",
    "reach": "It names this agent, or this was the next one to run.",
    "tool_name": "The verb in the name of the tool says that it changes something.",
    "discarded": "The order of the steps shows that nothing used it.",
    "only_judge": "The step around it was stopped, and nothing else judged it.",
    "inline": "It stands inside the answer.",
    "next_prompt": "Only this one was given to the next call, or only its tools were called.",
    "last": "It is the last that is known of it.",
    "resumed": "The run goes on with an answer to the question at which an earlier one stopped.",
    "resumed_as": "The run goes on with an answer to the question at which an earlier one stopped, "
    "and that reads as a yes or a no.",
    "waited": "It begins with the tool at which the run before it waited for a person.",
    "while": "By its time: it was said of no agent, or of one that ran several times.",
    "evidence": "Steps of this record are among its evidence.",
}


@dataclass(slots=True, frozen=True)
class Item:
    """One thing that a record tells. Empty fields are not written."""

    what: str
    name: str = ""
    span: str = ""  # 16 hex digits
    rule: str = ""  # of RULES; "": a span, the project or a person says so
    words: str = ""  # how it ended, or what came of it
    by: str = ""  # a person, or a budget
    why: str = ""
    at: str = ""  # when somebody said so
    times: int = 0  # how often, where it is one of several
    input: Mapping[str, Any] | None = None  # digest and size of what it was given
    output: Mapping[str, Any] | None = None  # of what it gave back
    effect: bool = False  # it changes something in the world
    usd: str = ""  # decimal; "" is unknown
    unpriced: int = 0  # calls that are not in it

    @property
    def body(self) -> dict[str, Any]:
        """As it stands in a body."""
        said = {name: getattr(self, name) for name in NAMES}
        basis = INFERRED if self.rule else DECLARED
        return {"basis": basis} | {name: value for name, value in said.items() if value}


NAMES = tuple(field.name for field in fields(Item))


def digest_of(value: Any) -> dict[str, Any] | None:
    """The SHA-256 of a text, or of anything else as JSON with sorted names and without spaces;
    with its size in bytes. None of nothing."""
    if value in (None, "", [], {}):
        return None
    said = value.encode("utf-8", "replace") if isinstance(value, str) else canonical_json(value)
    return {"sha256": sha256(said).hexdigest(), "size": len(said)}


def usd(pico: int, unpriced: int = 0) -> str:
    """1e-12 USD as a decimal; "" where it is unknown: nothing of it has a price."""
    is_unknown = pico == UNKNOWN or (unpriced and not pico)
    return "" if is_unknown else f"{(Decimal(pico) * PICO).normalize():f}"


def written(at: datetime) -> str:
    """A time as it stands in a body."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def cut(text: str) -> str:
    """A text of bounded length."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
