"""Attributes, events and log records of a span, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agentscope.traces.detail import SpanLogDetail
from agentscope.vocabulary import WireEvent
from ui import amounts
from ui.cuts import Text
from ui.pointers import below

LONG = 120  # characters of an attribute
MOST = 120  # attributes of one place
MOST_RECORDS = 100  # events or log records

Say = Callable[[Any, str], Text]  # a value and its place in its span as text


@dataclass(slots=True, frozen=True)
class Attribute:
    key: str
    text: Text
    type: str  # as OTLP names it

    @property
    def is_long(self) -> bool:
        """Whether its text needs the whole width."""
        shown = self.text.shown
        return bool(self.text.lines) or len(shown) > LONG or "\n" in shown


@dataclass(slots=True, frozen=True)
class Attributes:
    """Those of one place, in alphabetical order; `left` more are not shown."""

    shown: list[Attribute]
    count: int
    at: str

    @property
    def left(self) -> int:
        return self.count - len(self.shown)


@dataclass(slots=True, frozen=True)
class Record:
    """An event or a log record."""

    name: str
    after: str  # how long after the start of the span
    body: Text | None
    attributes: Attributes


def attributes(values: dict[str, Any], at: str, say: Say) -> Attributes:
    """Attributes, each with its type."""
    places = {key: below(at, key, position) for position, key in enumerate(values)}
    shown = [
        Attribute(key, say(values[key], places[key]), TYPES.get(type(values[key]), "empty"))
        for key in sorted(values)[:MOST]
    ]
    return Attributes(shown, len(values), at)


def event_record(event: WireEvent, number: int, start: int, say: Say) -> Record:
    at = f"/events/{number}/attributes"
    said = attributes(event.attributes, at, say)
    return Record(event.name or "(unnamed)", after(event.time_ns, start), None, said)


def log_record(log: SpanLogDetail, number: int, start: int, say: Say) -> Record:
    at, said = f"/logs/{number}", log.record
    body = None if said.body is None else say(said.body, f"{at}/body")
    return Record(
        log.log.event_name or "log record",
        after(log.log.time_ns, start),
        body,
        attributes(said.attributes, f"{at}/attributes", say),
    )


def after(time_ns: int, start: int) -> str:
    return f"after {amounts.duration(max(time_ns - start, 0))}"


TYPES: dict[type, str] = {
    str: "text",
    bool: "bool",
    int: "int",
    float: "double",
    bytes: "bytes",
    list: "array",
    dict: "map",
}
