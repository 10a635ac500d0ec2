"""A message as every kind of channel is given it: sentences with numbers, and where to look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "alert"]

DATA = (  # what machines are told of a budget, in this order
    "budget",
    "level",
    "notice",
    "group",
    "session",
    "trace",
    "unit",
    "spent",
    "limit",
    "unpriced_calls",
)
CALL = re.compile(r"(?<![^\W_])@(?=\w)")  # not the @ of an address of mail
UNSEEN = "\u200b"  # a space of no width


@dataclass(frozen=True, slots=True)
class Message:
    """What people are told. Plain text all of it: each kind of channel escapes what it must."""

    title: str  # one line
    sentences: tuple[str, ...]  # what was seen, and what to do
    facts: tuple[tuple[str, str], ...]  # name and value, as "Cost", "$2.31"
    link: str  # to the evidence: a path that begins with a slash
    severity: Severity
    about: str  # names what it is about, as "alert-event:12": told once on each channel
    data: Mapping[str, Any] = field(default_factory=dict)  # by DATA; {}: it is of no budget

    def text(self, address: str) -> str:
        """All of it as plain text, with this address of `link`."""
        facts = [f"{name}: {value}" for name, value in self.facts]
        parts = ("\n".join(self.sentences), "\n".join(facts), address)
        return "\n\n".join(part for part in parts if part)


def to_json(message: Message) -> dict[str, Any]:
    """As it is kept with a delivery."""
    return asdict(message)


def data_of(message: Message) -> dict[str, Any]:
    """What machines are told of a budget, by DATA; None is what is not known."""
    return {name: message.data.get(name) for name in DATA}


def from_json(kept: Mapping[str, Any]) -> Message:
    """The message that was kept."""
    return Message(
        kept["title"],
        tuple(kept["sentences"]),
        tuple((name, value) for name, value in kept["facts"]),
        kept["link"],
        kept["severity"],
        kept["about"],
        kept.get("data") or {},  # older messages have none
    )


def uncalled(text: str) -> str:
    """Text for chats that find markup in whatever they are sent: a name as `@channel` calls nobody,
    and no link hides where it leads. A sign that is not seen parts what would be markup."""
    return CALL.sub("@" + UNSEEN, text).replace("](", "]" + UNSEEN + "(")


def one_line(text: str, most: int) -> str:
    """Text as one line of at most so many characters; what is cut is counted."""
    return shortened(" ".join(text.split()), most)


def shortened(text: str, most: int) -> str:
    """Text of at most so many characters; what is cut is counted."""
    if len(text) <= most:
        return text
    kept = max(0, most - len(left_out(len(text))))
    return text[:kept] + left_out(len(text) - kept)


def left_out(count: int) -> str:
    """What stands for so many characters."""
    return f"… ({count} more characters)"
