"""Protobuf to OTLP/JSON: proto3's JSON mapping, but ids in hex and enums as numbers.

Source: opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

IDS = ("traceId", "spanId", "parentSpanId")


def otlp_json(message: Message) -> dict[str, Any]:
    """A ResourceSpans or ResourceLogs as OTLP/JSON.

    64-bit numbers are strings, bytes are base64, NaN and infinities are strings. A number of an
    enum that nobody knows yet stays that number. Fields that nobody knows yet have no name, so
    JSON cannot say them.
    """
    said: dict[str, Any] = MessageToDict(message, use_integers_for_enums=True)
    for record in records(said):
        write_ids_in_hex(record)
    return said


def records(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Whatever has ids: spans and their links, log records."""
    for scope in said.get("scopeSpans", ()):
        for span in scope.get("spans", ()):
            yield span
            yield from span.get("links", ())
    for scope in said.get("scopeLogs", ()):
        yield from scope.get("logRecords", ())


def write_ids_in_hex(record: dict[str, Any]) -> None:
    """Replace base64, in place."""
    for name in IDS:
        if name in record:
            record[name] = b64decode(record[name]).hex()
