"""The selected span as a panel: what it is, what was said, what it carried. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agentscope.traces.detail import SpanDetail, SpanLogDetail
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.traces.wire import Link
from agentscope.vocabulary import OF_RESOURCE, OF_SCOPE, Flag, Kind, Status, WireEvent
from ui import amounts
from ui.billing import Original, copy_address
from ui.conversation import Conversation, conversation
from ui.cuts import Text, cut, pretty
from ui.facts import Fact, facts, notes
from ui.kinds import MARKS, failure, kind_word, persistence
from ui.usage import Tokens, tokens_of

LONG = 120  # characters of an attribute


@dataclass(slots=True, frozen=True)
class Attribute:
    key: str
    text: Text
    type: str  # as OTLP names it

    @property
    def is_long(self) -> bool:
        """Whether its text needs the whole width."""
        return len(self.text.shown) > LONG or "\n" in self.text.shown


@dataclass(slots=True, frozen=True)
class Block:
    """A titled value."""

    title: str
    text: Text
    is_folded: bool = False  # of little interest, most of the time


@dataclass(slots=True, frozen=True)
class Record:
    """An event or a log record."""

    name: str
    after: str  # how long after the start of the span
    body: Text | None
    attributes: list[Attribute]


@dataclass(slots=True, frozen=True)
class Failure:
    """What went wrong, in words. Waiting for a person stands in its place, in another tone."""

    words: str
    type: str
    message: Text
    tone: str
    lasts: str = ""  # whether trying again can help
    source: str = ""  # what told the class


@dataclass(slots=True, frozen=True)
class Panel:
    """Everything that the panel shows, in its order."""

    span_id: str
    mark: str
    family: str
    kind: str
    name: str
    started_ns: int
    facts: list[Fact]
    tokens: Tokens | None
    notes: list[str]
    original: tuple[str, str] | None  # of a copy: address, words
    failure: Failure | None
    asked: Conversation
    answered: Conversation
    blocks: list[Block]
    events: list[Record]
    logs: list[Record]
    logs_left: int
    links: list[tuple[str, str]]  # address, words
    attributes: list[Attribute]
    resource: list[Attribute]
    scope: list[Attribute]
    scope_name: str
    sources: dict[str, str]

    @property
    def is_silent(self) -> bool:
        """Whether this is a model call of which nothing that was said is known."""
        said = self.asked.turns or self.answered.turns
        is_told = any(block.title != BLOCKS["tools"] for block in self.blocks)
        return self.kind == kind_word(Kind.LLM) and not said and not is_told


def panel_of(
    row: Row,
    detail: SpanDetail,
    limit: int | None,
    original: Original | None = None,
    prices: Iterable[tuple[str, str]] = (),
) -> Panel:
    """The panel of a span and its row in the tree. Texts beyond `limit` are cut, None: none is.
    `original` is the span of another trace that it is a copy of, `prices` how its cost came
    about."""
    letter, family = MARKS[row.kind]
    content, scope = detail.content, detail.scope
    start = detail.span.start_ns
    return Panel(
        span_id=span_hex(row.span_id),
        mark=letter,
        family=family,
        kind=kind_word(row.kind),
        name=detail.span.name or "(unnamed)",
        started_ns=start,
        facts=facts(row, detail.span, detail.said, detail.sources, prices),
        tokens=tokens_of(row, detail.sources, sent(detail)),
        notes=notes(row.flags | Flag(detail.span.flags)),
        original=copy_address(row, original),
        failure=failure_of(row, detail, limit),
        asked=conversation(content.get("input_messages", []), limit),
        answered=conversation(content.get("output_messages", []), limit),
        blocks=list(blocks(content, limit)),
        events=[event_record(event, start, limit) for event in detail.events],
        logs=[log_record(log, start, limit) for log in detail.logs],
        logs_left=detail.logs_left,
        links=[link_to(link) for link in detail.links],
        attributes=attributes(detail.attributes, limit),
        resource=attributes(detail.resource, limit),
        scope=attributes(scope.get("attributes", {}), limit),
        scope_name=f"{scope.get('name', '')} {scope.get('version', '')}".strip(),
        sources=detail.sources,
    )


def sent(detail: SpanDetail) -> dict[str, Any]:
    """Values by their sources: the span's own, of its scope and resource, of its log records."""
    outer = ((OF_SCOPE, detail.scope.get("attributes", {})), (OF_RESOURCE, detail.resource))
    found = {place + key: value for place, said in outer for key, value in said.items()}
    for log in detail.logs:
        for key, value in log.record.attributes.items():
            found.setdefault(f"{key} ({log.log.event_name})", value)
    return found | detail.attributes


def failure_of(row: Row, detail: SpanDetail, limit: int | None) -> Failure | None:
    """What went wrong, or what the run waits for; None if all is well."""
    span = detail.span
    is_silent = bool(Flag(span.flags) & Flag.SILENT_FAILURE)
    if row.status not in {Status.ERROR, Status.WAITING} and not is_silent:
        return None
    message = cut(detail.said.get("error_message") or detail.status_message, limit)
    wait = detail.said.get("retry_after")
    lasts = persistence(span.error_class), f"asks to wait {wait:g} s" if wait else ""
    if row.status == Status.WAITING:
        return Failure("Waits for a person", span.error_type, message, "warn")
    words = failure(span.error_class)
    return Failure(
        "Failed, though its status does not say so: " + words if is_silent else upper(words),
        span.error_type,
        message,
        "warn" if is_silent else "bad",
        ", ".join(filter(None, lasts)),
        detail.sources.get("error_class", ""),
    )


def upper(words: str) -> str:
    """The same with a capital letter."""
    return words[0].upper() + words[1:]


BLOCKS = {
    "arguments": "Arguments",
    "result": "Result",
    "input": "Input",
    "output": "Output",
    "tools": "Tools that the model could use",
}


def blocks(content: dict[str, Any], limit: int | None) -> Iterator[Block]:
    """The values of a span that are no messages. What messages already say is not said again."""
    for name, title in BLOCKS.items():
        told = {"input": "input_messages", "output": "output_messages"}.get(name, "")
        if name in content and not content.get(told):
            yield Block(title, pretty(content[name], limit), is_folded=name == "tools")


def event_record(event: WireEvent, start: int, limit: int | None) -> Record:
    after = f"after {amounts.duration(max(event.time_ns - start, 0))}"
    return Record(event.name or "(unnamed)", after, None, attributes(event.attributes, limit))


def log_record(log: SpanLogDetail, start: int, limit: int | None) -> Record:
    after = f"after {amounts.duration(max(log.log.time_ns - start, 0))}"
    body = None if log.record.body is None else pretty(log.record.body, limit)
    return Record(
        log.log.event_name or "log record", after, body, attributes(log.record.attributes, limit)
    )


def link_to(link: Link) -> tuple[str, str]:
    """Where a link leads, seen from the page of a trace, and its ids in words."""
    return f"../{link.trace_id}/?span={link.span_id}", f"{link.trace_id} {link.span_id}"


def attributes(values: dict[str, Any], limit: int | None) -> list[Attribute]:
    """Attributes in alphabetical order, each with its type."""
    return [
        Attribute(key, pretty(value, limit), TYPES.get(type(value), "empty"))
        for key, value in sorted(values.items())
    ]


TYPES: dict[type, str] = {
    str: "text",
    bool: "bool",
    int: "int",
    float: "double",
    bytes: "bytes",
    list: "array",
    dict: "map",
}
