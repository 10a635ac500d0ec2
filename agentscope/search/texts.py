"""What of a step is searched: its name, what was said, and its attributes. Pure.

A step is a span or a log record. It is searched twice: `plain_texts` and `plain_json` make what its
terms are taken of when it is stored, and `span_step` and `log_step` read it again where it may be
what is looked for. Each word that these give was among those: what was understood of a step says
nothing that its attributes, events and body do not say, most often as JSON within a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.traces.payload import Payload
from agentscope.traces.wire import attributes as attributes_of
from agentscope.traces.wire import read_record
from agentscope.vocabulary import Value

Attributes = dict[str, Value]
MESSAGES = {"input_messages": "input", "output_messages": "output"}
VALUES = ("arguments", "result", "input", "output", "tools")
CONTENT = (*MESSAGES, *VALUES)
SYSTEM = "system"  # the place of what the system prompt says
BODY = "log record"
# JSON within JSON, at any depth: backslashes before what they escape.
ESCAPE = re.compile(r"((?:\\+u[0-9a-fA-F]{4})+)|\\+[nrtbf]|\\+")
MEANS_MORE = re.compile(rb"\\\\[nrtbfu]|\\u")  # than a space for each escape
PLAIN_ESCAPES = (b"\\\\", b"\\n", b"\\t", b"\\r", b"\\b", b"\\f")
OPENS = ("{", "[", '"')  # how JSON begins


@dataclass(slots=True)
class Step:
    """A step as it is stored. `texts`: where it says what."""

    texts: list[tuple[str, str]]
    attributes: Attributes


def plain_texts(texts: Iterable[str]) -> bytes:
    """Texts in which words stand as they are, in UTF-8: without escapes where they are JSON, and as
    they are and without where they only look so."""
    plain: list[str] = []
    escaped: list[str] = []
    json: list[str] = []
    for text in texts:
        kind = plain if "\\" not in text else json if text.startswith(OPENS) else escaped
        kind.append(text)
    plain += [*escaped, *map(unescaped, escaped)]
    found = "\n".join(plain).encode("utf-8", "replace")
    return found + b"\n" + plain_json("\n".join(json).encode("utf-8", "replace"))


def plain_json(text: bytes) -> bytes:
    """JSON with a space in place of each escape; and again as what its texts mean, where these are
    JSON themselves or write characters as numbers."""
    if b"\\" not in text:
        return text
    plain = text
    for escape in PLAIN_ESCAPES:
        plain = plain.replace(escape, b"  ")
    if MEANS_MORE.search(text):
        plain += b" " + unescaped(text.decode("utf-8", "replace")).encode("utf-8", "replace")
    return plain


def unescaped(text: str) -> str:
    """A text that holds JSON without its escapes, however often it was escaped."""
    return ESCAPE.sub(meant, text) if "\\" in text else text


def meant(escape: re.Match[str]) -> str:
    """The character of a number, or of two; else a space."""
    if not escape[1]:
        return " "
    return bytes.fromhex(re.sub(r"\\+u", "", escape[1])).decode("utf-16-be", "replace")


def span_step(payload: Payload) -> Step:
    """A span, given as its payload."""
    sent = ProtoSpan.FromString(payload.raw)
    attributes = attributes_of(sent.attributes)
    texts = [("name", sent.name), *said(payload), ("error", sent.status.message)]
    for told in (attributes, *(attributes_of(event.attributes) for event in sent.events)):
        texts += attribute_texts(told, payload)
    return Step(texts, attributes)


def log_step(payload: Payload) -> Step:
    """A log record, given as its payload."""
    record = read_record(payload.raw)
    others = attribute_texts(record.attributes, payload)
    texts = [*said(payload), *walk(BODY, record.body), *others]
    return Step(texts, record.attributes)


def attribute_texts(attributes: Attributes, payload: Payload) -> Iterator[tuple[str, str]]:
    """What attributes say, each at its name, but for those of which messages and values were read:
    there is more in these than was said. Of JSON, what it means."""
    read = {payload.sources[field] for field in CONTENT if field in payload.sources}
    inside = tuple(f"{each}." for each in read)
    for key, value in attributes.items():
        if key not in read and not key.startswith(inside):
            for _, text in walk(key, value):
                yield key, unescaped(text) if text.startswith(OPENS) else text


def said(payload: Payload) -> Iterator[tuple[str, str]]:
    """What was understood."""
    yield "error", payload.said.get("error_message", "")
    for field, place in MESSAGES.items():
        for message in payload.content.get(field, ()):
            yield from said_in(message, SYSTEM if message.get("role") == SYSTEM else place)
    for field in VALUES:
        yield from walk(field, payload.content.get(field))


def said_in(message: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """What a message says."""
    yield place, message.get("name") or ""
    for part in message.get("parts", ()):
        yield from ((place, part[name]) for name in ("text", "name", "id") if part.get(name))
        yield from walk(place, part.get("value"))


def walk(place: str, value: Value) -> Iterator[tuple[str, str]]:
    """All texts inside a value, names of fields among them."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            waiting += (each for pair in reversed(value.items()) for each in reversed(pair))
        elif value is not None and not isinstance(value, bytes):
            yield place, orjson.dumps(value).decode()
