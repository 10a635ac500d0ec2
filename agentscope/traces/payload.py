"""The lossless rest of a span or log record as one compressed blob.

zstd of: four bytes of length, the record as protobuf exactly as it was understood on the wire
(unknown fields included), then JSON of what we read out of it, if anything. Both in one frame,
because the second repeats texts of the first and so costs next to nothing. A dictionary of what
agents' spans have in common (bench/train_dictionary.py) saves a third of the bytes and of the
time.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import orjson

from agentscope.compression import Compression
from agentscope.large_json import read_json
from agentscope.vocabulary import Content, Meaning, Value

# The last one writes, all of them read: add, never change.
DICTIONARIES = ("payload-1.dict", "payload-2.dict")
LEVEL = 3  # for a microsecond a span more than level 1, seven bytes in a hundred less
SPANS = Compression(
    *(Path(__file__).with_name(name).read_bytes() for name in DICTIONARIES), level=LEVEL
)
LENGTH = 4
GONE = bytes(LENGTH)  # what is kept of a log record whose payload retention took: nothing
SAID = (
    *("agent_id", "request_model", "framework", "error_message", "retry_after"),
    *("verdict", "verdict_why"),
)
DEEPEST = 100  # levels of nesting that are read; `raw` keeps all
TOO_DEEP = "(nested too deep to show)"


@dataclass(slots=True)
class Payload:
    """What is kept of one record: `raw` protobuf, and what was read out of it as plain JSON.

    `content` has the fields of `vocabulary.Content`, those that are set; `sources` says which
    attribute each field came from; `said` holds the other fields of `Meaning` without a column.
    """

    raw: bytes
    content: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)


def pack_payload(raw: bytes, meaning: Meaning) -> bytes:
    """The blob of a record and what was understood of it. Never raises."""
    return SPANS.compress(payload_body(raw, meaning))


def payload_body(raw: bytes, meaning: Meaning) -> bytes:
    """The blob before compression."""
    rest: dict[str, Value] = {}
    if has_content(meaning.content):
        rest["content"] = meaning.content
    if meaning.sources:
        rest["sources"] = meaning.sources
    if said := {name: said for name in SAID if (said := getattr(meaning, name))}:
        rest["said"] = said
    read = to_json(rest) if rest else b""
    return b"".join((len(raw).to_bytes(LENGTH, "little"), raw, read))


def unpack_payload(blob: bytes) -> Payload:
    """What `pack_payload` packed."""
    return read_payload(open_payload(blob))


def open_payload(blob: bytes) -> bytes:
    """A payload as it was before it was compressed: all its texts stand in it."""
    return SPANS.decompress(blob) if blob else GONE


def read_payload(body: bytes) -> Payload:
    """What is in an open payload."""
    end = LENGTH + int.from_bytes(body[:LENGTH], "little")
    rest = read_json(memoryview(body)[end:] or b"{}")
    return Payload(
        body[LENGTH:end],
        {name: value for name, value in rest.get("content", {}).items() if is_set(value)},
        rest.get("sources", {}),
        rest.get("said", {}),
    )


def has_content(content: Content) -> bool:
    """Whether anything was said at all."""
    return bool(
        content.input_messages
        or content.output_messages
        or content.tools
        or content.arguments is not None
        or content.result is not None
        or content.input is not None
        or content.output is not None
    )


def is_set(value: Value) -> bool:
    """Whether a field of `Content` holds something."""
    return value is not None and value != []


def to_json(value: Value) -> bytes:
    """JSON of anything: what JSON has no word for becomes what `plain` makes of it."""
    return write_json(value, 0)


def canonical_json(value: Value) -> bytes:
    """The same, with keys in order: equal values give equal bytes."""
    return write_json(value, orjson.OPT_SORT_KEYS)


def write_json(value: Value, option: int) -> bytes:
    """First as it is, which is nearly always possible; else after a walk that replaces."""
    try:
        return orjson.dumps(value, default=plain_bytes, option=option)
    except TypeError:
        return orjson.dumps(plain(value), option=option)


def plain_bytes(value: object) -> object:
    """Bytes as {"$bytes": base64}. Raises TypeError for anything else."""
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def plain(value: Value, depth: int = 0) -> Value:
    """What JSON can say: bytes become {"$bytes": base64}; whole numbers beyond 64 bits, and what
    is of no known type, become text; lone surrogates become "?"."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(1 << 63) <= value < 1 << 64 else str(value)
    if isinstance(value, bytes):
        return plain_bytes(value)
    return plain_text(value) if isinstance(value, str) else plain_inside(value, depth)


def plain_inside(value: Value, depth: int) -> Value:
    """The same for what holds other values."""
    if depth == DEEPEST:
        return TOO_DEEP
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {plain_text(key): plain(item, depth + 1) for key, item in value.items()}
    if is_dataclass(value):
        return {at.name: plain(getattr(value, at.name), depth + 1) for at in fields(value)}
    return plain_text(value)


def plain_text(value: object) -> str:
    """Text that UTF-8 can say."""
    return str(value).encode("utf-8", "replace").decode()
