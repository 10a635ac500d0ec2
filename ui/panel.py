"""The selected span as a panel: what it is, what was said, what it carried. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from agentscope.traces.detail import SpanDetail
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.traces.wire import Link
from agentscope.vocabulary import OF_RESOURCE, OF_SCOPE, Flag, Status
from ui.attributes import (
    MOST_RECORDS,
    Attributes,
    Record,
    Say,
    attributes,
    event_record,
    log_record,
)
from ui.billing import Original, copy_address
from ui.conversation import SHOWN_TURNS, Conversation, Places, conversation
from ui.cuts import Text, cut, opened, pretty
from ui.earlier import Before, Earlier, fresh
from ui.facts import Fact, facts, notes
from ui.kinds import MARKS, failure, kind_word, persistence
from ui.unrecorded import unrecorded
from ui.usage import Tokens, tokens_of

WHOLE_TURNS = 150  # messages, where all of them are asked for


@dataclass(slots=True, frozen=True)
class Block:
    """A titled value."""

    title: str
    text: Text
    is_folded: bool = False  # of little interest, most of the time


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
    earlier: Earlier | None  # what of it is left out because it was said before
    answered: Conversation
    blocks: list[Block]
    unrecorded: str  # what is not known of what was asked and answered
    events: list[Record]
    events_left: int
    logs: list[Record]
    logs_left: int
    links: list[tuple[str, str]]  # address, words
    attributes: Attributes
    resource: Attributes
    scope: Attributes
    scope_name: str
    sources: dict[str, str]


@dataclass(slots=True, frozen=True)
class Opening:
    """How a span is shown on its page: values open as trees."""

    before: Before | None = None  # the call whose messages are not shown again
    turns: int = SHOWN_TURNS


def panel_of(
    row: Row,
    detail: SpanDetail,
    limit: int | None,
    original: Original | None = None,
    prices: Iterable[tuple[str, str]] = (),
    opening: Opening | None = None,
) -> Panel:
    """The panel of a span and its row in the tree. Texts beyond `limit` are cut, None: none is.
    `original` is the span of another trace that it is a copy of, `prices` how its cost came
    about. Without `opening` every value is text."""
    letter, family = MARKS[row.kind]
    content, start = detail.content, detail.span.start_ns
    say = saying(limit, opening)
    asked, earlier = fresh(content.get("input_messages", []), opening.before if opening else None)
    return Panel(
        span_id=span_hex(row.span_id),
        mark=letter,
        family=family,
        kind=kind_word(row.kind),
        name=detail.span.name or "(unnamed)",
        started_ns=start,
        facts=facts(row, detail.span, detail.said, detail.sources, prices, detail.key),
        tokens=tokens_of(row, detail.sources, sent(detail)),
        notes=notes(row.flags | Flag(detail.span.flags)),
        original=copy_address(row, original),
        failure=failure_of(row, detail, limit),
        asked=talk("input_messages", content, limit, opening, asked),
        earlier=earlier,
        answered=talk("output_messages", content, limit, opening),
        blocks=list(blocks(content, say)),
        unrecorded=unrecorded(row, content),
        **records(detail, say),
        links=[link_to(link) for link in detail.links],
        attributes=attributes(detail.attributes, "/attributes", say),
        **sender(detail, say),
        sources=detail.sources,
    )


def saying(limit: int | None, opening: Opening | None) -> Say:
    """How values become text."""
    if opening is None:
        return lambda value, at: pretty(value, limit)
    return lambda value, at: opened(value, limit, at)


def talk(
    name: str,
    content: dict[str, Any],
    limit: int | None,
    opening: Opening | None,
    shown: list[dict[str, Any]] | None = None,
) -> Conversation:
    """Messages as a conversation; `shown` are those of them that are."""
    said = content.get(name, [])
    places = Places(said, f"/{name}") if opening else None
    turns = opening.turns if opening else SHOWN_TURNS
    return conversation(said if shown is None else shown, limit, places, turns)


def records(detail: SpanDetail, say: Say) -> dict[str, Any]:
    """Events and log records, the first of them, and how many more there are."""
    start, events, logs = detail.span.start_ns, detail.events, detail.logs
    return {
        "events": [
            event_record(event, number, start, say)
            for number, event in enumerate(events[:MOST_RECORDS])
        ],
        "events_left": max(len(events) - MOST_RECORDS, 0),
        "logs": [
            log_record(log, number, start, say) for number, log in enumerate(logs[:MOST_RECORDS])
        ],
        "logs_left": detail.logs_left + max(len(logs) - MOST_RECORDS, 0),
    }


def sender(detail: SpanDetail, say: Say) -> dict[str, Any]:
    """Who wrote the span: what its resource and scope say of themselves."""
    scope = detail.scope
    return {
        "resource": attributes(detail.resource, "/resource", say),
        "scope": attributes(scope.get("attributes", {}), "/scope", say),
        "scope_name": f"{scope.get('name', '')} {scope.get('version', '')}".strip(),
    }


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
    message = replace(message, at="/error")
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


def blocks(content: dict[str, Any], say: Say) -> Iterator[Block]:
    """The values of a span that are no messages. What messages already say is not said again."""
    for name, title in BLOCKS.items():
        told = {"input": "input_messages", "output": "output_messages"}.get(name, "")
        if name in content and not content.get(told):
            yield Block(title, say(content[name], f"/{name}"), is_folded=name == "tools")


def link_to(link: Link) -> tuple[str, str]:
    """Where a link leads, seen from the page of a trace, and its ids in words."""
    return f"../{link.trace_id}/?span={link.span_id}", f"{link.trace_id} {link.span_id}"
