"""Repairs protobuf that the strict parser refuses, so that one bad span never costs its batch.

Strings that are not UTF-8 are replaced, values nested too deep are folded into bytes, and a span
that cannot be read even so is left out and counted. The wire format is walked by the schema:
https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from ingest.refused import Undecodable
from ingest.values import ANY_VALUE, MAX_DEPTH, SANITISED, Marks
from ingest.wire_format import Broken, fields_of, length_delimited

ITEMS = {"opentelemetry.proto.trace.v1.Span", "opentelemetry.proto.logs.v1.LogRecord"}
BYTES_VALUE = 7  # the field of AnyValue
# The fields that lead from a request to its spans or log records are the same for both signals.
SCOPES, ITEMS_OF_SCOPE, RESOURCES = 2, 2, 1
MOST_REPAIRED = 1_000_000  # fields looked at for one request: a few seconds of work


@dataclass(slots=True)
class Repaired:
    """A body that the strict parser takes, what was changed in it, and what was left out."""

    kind: Descriptor
    body: bytes = b""
    marks: Marks = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    items: int = 0
    looked_at: int = 0  # fields


def repair(body: bytes, descriptor: Descriptor) -> Repaired:
    """`body`, a message of the type of `descriptor`, without what makes a strict parser fail.

    Raises Undecodable if not even the envelopes around the spans can be read, or if there is more
    to mend than MOST_REPAIRED.
    """
    repaired = Repaired(descriptor)
    try:
        repaired.body = repair_message(memoryview(body), descriptor, 0, repaired)
    except Broken as error:
        raise Undecodable(f"The body is not an {descriptor.name}: {error}.") from error
    return repaired


def repair_message(
    body: memoryview, descriptor: Descriptor, depth: int, repaired: Repaired
) -> bytes:
    """One message; `depth` counts the values it is nested in. Raises Broken, Undecodable."""
    out = bytearray()
    for raw, number, value in fields_of(body):
        spend(repaired)
        known = descriptor.fields_by_number.get(number)
        if known is None or value is None:
            out += raw
        elif known.type == FieldDescriptor.TYPE_STRING:
            out += length_delimited(number, str(value, "utf-8", "replace").encode())
        elif known.type == FieldDescriptor.TYPE_MESSAGE:
            fixed = repair_inner(value, known.message_type, depth, repaired)
            out += length_delimited(number, fixed) if fixed is not None else b""
        else:
            out += raw
    return bytes(out)


def spend(repaired: Repaired) -> None:
    """Note that a field was looked at. Raises Undecodable if that is enough for one request."""
    repaired.looked_at += 1
    if repaired.looked_at > MOST_REPAIRED:
        raise Undecodable(
            f"The body has text that is not UTF-8, or other damage, in spans of more than "
            f"{MOST_REPAIRED:,} fields together. Mend the sender, or send smaller batches."
        )


def repair_inner(
    body: memoryview, kind: Descriptor, depth: int, repaired: Repaired
) -> bytes | memoryview | None:
    """A message inside another: None if it is an item that has to be left out."""
    if kind.full_name in ITEMS:
        return repair_item(body, kind, repaired)
    if kind.full_name != ANY_VALUE:
        return repair_message(body, kind, depth, repaired)
    if depth > MAX_DEPTH:
        return length_delimited(BYTES_VALUE, body)
    return repair_message(body, kind, depth + 1, repaired)


def repair_item(
    body: memoryview, kind: Descriptor, repaired: Repaired
) -> bytes | memoryview | None:
    """A span or log record: as it came if it is sound, else repaired and marked."""
    fixed: bytes | memoryview = body
    if not parses(body, repaired.kind):
        try:
            fixed = repair_message(body, kind, 0, repaired)
        except Broken as error:
            repaired.rejected.append(f"{kind.name} is not readable: {error}")
            return None
        if not parses(fixed, repaired.kind):
            repaired.rejected.append(f"{kind.name} is not readable")
            return None
        repaired.marks[repaired.items] = SANITISED
    repaired.items += 1
    return fixed


def parses(item: bytes | memoryview, request: Descriptor) -> bool:
    """Whether the strict parser takes a span or record, nested as it is in a request."""
    scope = length_delimited(ITEMS_OF_SCOPE, item)
    body = length_delimited(RESOURCES, length_delimited(SCOPES, scope))
    try:
        GetMessageClass(request).FromString(body)
    except DecodeError:
        return False
    return True
