"""Protobuf to OTLP/JSON: proto3's JSON mapping, but ids in hex and enums as numbers."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

IDS = ("traceId", "spanId", "parentSpanId")


def otlp_json(message: Message) -> dict[str, Any]:
    """A ResourceSpans as OTLP/JSON. 64-bit numbers are strings, NaN is the string "NaN"."""
    said: dict[str, Any] = MessageToDict(message, use_integers_for_enums=True)
    for scope in said.get("scopeSpans", ()):
        for span in scope.get("spans", ()):
            for record in (span, *span.get("links", ())):
                write_ids_in_hex(record)
    return said


def write_ids_in_hex(record: dict[str, Any]) -> None:
    for name in IDS:
        if name in record:
            record[name] = b64decode(record[name]).hex()
