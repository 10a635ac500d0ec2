"""Replaces what a policy names in OTLP messages: in every text that they have, wherever it is.

By the description of the messages, not by a list of fields, so that no field is forgotten: also
names, versions, schema URLs, trace states. Ids stay, and what this version of OTLP does not know is
left out, for nobody can look into it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from agentscope.redaction.redactor import Counts, Redactor

IDS = frozenset(("trace_id", "span_id", "parent_span_id"))
NUMBERS = ("int_value", "double_value")
ID_SIZES = (8, 16)  # bytes; what is longer is no id, whatever it is called
PAIR, ANY_VALUE = KeyValue.DESCRIPTOR.full_name, AnyValue.DESCRIPTOR.full_name
TEXT, BYTES, MESSAGE = (
    FieldDescriptor.TYPE_STRING,
    FieldDescriptor.TYPE_BYTES,
    FieldDescriptor.TYPE_MESSAGE,
)


def redact(message: Message, redactor: Redactor) -> Counts:
    """Replace in place; what was, by the code of its rule."""
    counts: Counts = Counter()
    message.DiscardUnknownFields()
    visit(message, redactor, counts)
    return counts


def visit(message: Any, redactor: Redactor, counts: Counts) -> None:
    """The fields of a message, and of those in it."""
    name = message.DESCRIPTOR.full_name
    if name == PAIR:
        return visit_pair(message, redactor, counts)
    if name == ANY_VALUE and visit_number(message, redactor, counts):
        return None
    for field, value in message.ListFields():
        if field.type == MESSAGE:
            for each in value if field.is_repeated else (value,):
                visit(each, redactor, counts)
        elif field.type == TEXT:
            visit_text(message, field, value, redactor, counts)
        elif field.type == BYTES:
            visit_bytes(message, field, value, redactor, counts)
    return None


def visit_text(
    message: Any, field: FieldDescriptor, value: Any, redactor: Redactor, counts: Counts
) -> None:
    """A text, or a list of them."""
    if field.is_repeated:
        value[:] = [redactor.text(each, counts) for each in value]
        return
    clean = redactor.text(value, counts)
    if clean is not value:
        setattr(message, field.name, clean)


def visit_pair(pair: Any, redactor: Redactor, counts: Counts) -> None:
    """An attribute: its name may say that all of its value goes."""
    name, value = pair.key, pair.value
    kind = value.WhichOneof("value")
    if kind == "string_value":
        said = value.string_value
        clean = redactor.field(name, said, counts)
        if clean is not said:
            value.string_value = clean
    elif kind is not None and (code := redactor.code_of(name)):
        whole = redactor.whole(code, plain(value, kind), counts)
        if isinstance(whole, str):
            value.string_value = whole
    elif kind is not None:
        visit(value, redactor, counts)
    clean_name = redactor.text(name, counts)
    if clean_name is not name:
        pair.key = clean_name


def plain(value: Any, kind: str) -> Any:
    """A value that is no text, so that it can be told from others: for a digest."""
    said = getattr(value, kind)
    return repr(said) if isinstance(said, Message | bytes) else said


def visit_number(value: Any, redactor: Redactor, counts: Counts) -> bool:
    """A whole number as long as that of a card; True if it was replaced by a text."""
    kind = value.WhichOneof("value")
    if kind not in NUMBERS:
        return False
    clean = redactor.number(getattr(value, kind), counts)
    if isinstance(clean, str):
        value.string_value = clean
    return isinstance(clean, str)


def visit_bytes(
    message: Any, field: FieldDescriptor, value: bytes, redactor: Redactor, counts: Counts
) -> None:
    """Bytes that are no id, and may be text."""
    if field.name in IDS and len(value) in ID_SIZES:
        return
    try:
        text, coding = value.decode(), "utf-8"
    except UnicodeDecodeError:
        text, coding = value.decode("latin-1"), "latin-1"
    clean = redactor.text(text, counts)
    if clean != text:
        setattr(message, field.name, clean.encode(coding, "replace"))
