"""OTLP JSON becomes the same protobuf messages as OTLP protobuf.

It is proto3 JSON with deviations (hexadecimal ids, enums as numbers: opentelemetry.io/docs/specs/
otlp/#json-protobuf-encoding), so protobuf's own reader gets it wrong. Nothing here fails a batch: a
value that does not fit its field is kept as text or left out, and its span is marked.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from ingest.bounds import check_items
from ingest.json_scalars import as_text, convert, is_whole
from ingest.json_text import load, load_exactly
from ingest.refused import Undecodable
from ingest.tolerant import ITEMS
from ingest.values import ANY_VALUE, MAX_DEPTH, SANITISED, Marks

OLD_NAMES = {  # of OTLP before 1.0
    "instrumentationLibrarySpans": "scopeSpans",
    "instrumentationLibraryLogs": "scopeLogs",
    "instrumentationLibraryMetrics": "scopeMetrics",
    "instrumentationLibrary": "scope",
}
SURROGATE = re.compile("[\ud800-\udfff]")
EXACT = 2**53  # beyond it a float has lost digits
MOST_NOTES = 20
KEY_VALUE, PAIR = KeyValue.DESCRIPTOR, 2  # key and value


def read_json(body: bytes, request: Message) -> tuple[Marks, list[str], list[str]]:
    """Fill `request` from JSON: marks by position, reasons for items left out, notes to the sender.

    Raises Undecodable if the body is not a JSON object.
    """
    reader: JsonReader | None
    try:
        reader = read(load(body), request)
    except RecursionError:
        reader = None
    if reader is None or reader.rounded:
        request.Clear()
        reader = read(load_exactly(body), request)
    return reader.marks, reader.rejected, list(reader.notes)


def read(data: Any, request: Message) -> JsonReader:
    """`request` filled from parsed JSON, which is used up, and the reader that did it."""
    if not isinstance(data, dict):
        raise Undecodable("The body is not a JSON object.")
    reader = JsonReader()
    reader.message(data, request, 0)
    return reader


class JsonReader:
    """Reads one request, and remembers what was odd about it."""

    def __init__(self) -> None:
        self.changes = 0  # values replaced so far
        self.items = 0
        self.rounded = False  # a whole number came as a float that may have lost digits
        self.marks: Marks = {}
        self.rejected: list[str] = []
        self.notes: dict[str, None] = {}

    def message(self, data: dict[str, Any], message: Message, depth: int) -> None:
        """The fields of one message; `depth` counts the values it is nested in."""
        fields = json_fields(message.DESCRIPTOR)
        for name, value in data.items():
            field = fields.get(name)
            if field is None:
                self.unknown(name, message.DESCRIPTOR)
            elif value is not None:
                self.field(field, value, message, depth)

    def unknown(self, name: str, descriptor: Descriptor) -> None:
        """OTLP demands to ignore unknown names; near misses are not ignored in silence."""
        # upb cannot look up a name with a lone surrogate, and no name of ours is not ASCII
        known = descriptor.fields_by_name.get(name) if name.isascii() else None
        if known is not None or name in OLD_NAMES:
            self.note(f"{name} ignored: use {known.json_name if known else OLD_NAMES[name]}.")

    def note(self, text: str) -> None:
        """Something to tell the sender, once."""
        if len(self.notes) < MOST_NOTES:
            self.notes[text] = None

    def odd(self, field: FieldDescriptor, what: str) -> None:
        """A value had to be replaced or left out."""
        self.changes += 1
        self.note(f"{field.json_name} {what}.")

    def field(self, field: FieldDescriptor, value: Any, message: Message, depth: int) -> None:
        """One field, which is not null."""
        if field.is_repeated:
            self.repeated(field, value, message, depth)
        elif field.message_type is None:
            self.scalar(field, value, message)
        elif isinstance(value, dict):
            inner = getattr(message, field.name)
            inner.SetInParent()
            self.inner(value, inner, depth)
        else:
            self.odd(field, "is not an object: ignored")

    def repeated(self, field: FieldDescriptor, value: Any, message: Message, depth: int) -> None:
        """A list. What is in it of the wrong type is left out."""
        if not isinstance(value, list):
            return self.odd(field, "is not a list: ignored")
        items = getattr(message, field.name)
        kind = field.message_type
        for at, element in enumerate(value):
            value[at] = None  # a large body must not be in memory twice
            if kind is KEY_VALUE and self.plain_text(element, items):
                continue
            if kind is None:
                self.element(field, element, items)
            elif isinstance(element, dict):
                self.inner(element, items.add(), depth)
            elif kind.full_name in ITEMS:
                self.rejected.append(f"{kind.name} is not an object")
            else:
                self.odd(field, "holds something that is not an object: ignored")
        return None

    def plain_text(self, pair: Any, items: Any) -> bool:
        """Add an attribute that is a text, which most are, without ceremony; False if it is not."""
        value = pair.get("value") if isinstance(pair, dict) and len(pair) == PAIR else None
        if not isinstance(value, dict) or len(value) != 1:
            return False
        key, text = pair.get("key"), value.get("stringValue")
        if not isinstance(key, str) or not isinstance(text, str):
            return False
        added = items.add()
        added.key = self.text(key)
        added.value.string_value = self.text(text)
        return True

    def element(self, field: FieldDescriptor, element: Any, items: Any) -> None:
        """One number of a list of numbers; only metrics have them."""
        try:
            items.append(convert(field, element))
        except (ValueError, TypeError):
            self.odd(field, "holds something that is no number: ignored")

    def inner(self, data: dict[str, Any], message: Message, depth: int) -> None:
        """A message inside another. Spans and records are counted and marked, values go deeper."""
        name = message.DESCRIPTOR.full_name
        if name == ANY_VALUE:
            return self.any_value(data, message, depth + 1)
        if name not in ITEMS:
            return self.message(data, message, depth)
        before = self.changes
        self.message(data, message, 0)
        if self.changes > before:
            self.marks[self.items] = SANITISED
        self.items += 1
        check_items(self.items)
        return None

    def any_value(self, data: dict[str, Any], message: Any, depth: int) -> None:
        """A value. What is nested too deep is kept as the text of its JSON."""
        text = data.get("stringValue")
        if isinstance(text, str) and len(data) == 1:
            message.string_value = self.text(text)
        elif depth <= MAX_DEPTH or not {"arrayValue", "kvlistValue"} & data.keys():
            self.message(data, message, depth)
        else:
            self.changes += 1
            self.note(f"Values nested deeper than {MAX_DEPTH} levels are kept as text.")
            message.string_value = self.text(as_text(data))

    def text(self, text: str) -> str:
        """Text that UTF-8 can express: lone surrogates are replaced."""
        if text.isascii() or not SURROGATE.search(text):
            return text
        self.changes += 1
        self.note("Lone surrogates and bytes that are not UTF-8 were replaced.")
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def scalar(self, field: FieldDescriptor, value: Any, message: Any) -> None:
        """A text, number, truth value, enum or bytes."""
        if field.type == FieldDescriptor.TYPE_STRING and isinstance(value, str):
            setattr(message, field.name, self.text(value))
        elif field.enum_type is not None and isinstance(value, str):
            setattr(message, field.name, self.enum(field, value))
        else:
            self.converted(field, value, message)

    def converted(self, field: FieldDescriptor, value: Any, message: Any) -> None:
        """A value that may not fit: that of an attribute is then kept as text, others left out."""
        self.rounded |= isinstance(value, float) and abs(value) >= EXACT and is_whole(field)
        try:
            setattr(message, field.name, convert(field, value))
        except (ValueError, TypeError):
            self.odd(field, f"cannot be {as_text(value)[:40]}")
            if message.DESCRIPTOR.full_name == ANY_VALUE:
                message.string_value = self.text(as_text(value))
            elif field.type == FieldDescriptor.TYPE_STRING:
                setattr(message, field.name, self.text(as_text(value)))

    def enum(self, field: FieldDescriptor, name: str) -> int:
        """The number of an enum's name, which senders must not use; 0 for an unknown one."""
        self.note(f"{field.json_name} is a number in OTLP JSON, not a name.")
        known = field.enum_type.values_by_name.get(name) if name.isascii() else None
        return known.number if known else 0


@cache
def json_fields(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """The fields of a message by their JSON names."""
    return {field.json_name: field for field in descriptor.fields}
