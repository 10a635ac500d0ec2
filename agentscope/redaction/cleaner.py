"""Stored records without what a policy names: protobuf in, protobuf out. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from agentscope.redaction.messages import redact
from agentscope.redaction.redactor import Counts, Redactor

MOST_KNOWN = 10_000  # envelopes


class Cleaner:
    """Redacts records as they are stored, and counts what it replaced."""

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.replaced: Counts = Counter()  # values by the code of a rule
        self.known: dict[bytes, bytes] = {}

    def span(self, raw: bytes) -> bytes:
        """A span."""
        return self.clean(Span, raw)

    def log(self, raw: bytes) -> bytes:
        """A log record."""
        return self.clean(LogRecord, raw)

    def resource(self, body: bytes) -> bytes:
        """A resource with its scope: an envelope."""
        return self.clean(ResourceSpans, body)

    def envelope(self, body: bytes) -> bytes:
        """The same for one of the records that share it: what is replaced in it does not count."""
        if body not in self.known:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            counted, self.replaced = self.replaced, Counter()
            self.known[body] = self.resource(body)
            self.replaced = counted
        return self.known[body]

    def clean(self, kind: type[Message], raw: bytes) -> bytes:
        """The same bytes if there is nothing to replace. What this version of OTLP does not know is
        left out, as where requests are redacted."""
        record = kind.FromString(raw)
        self.replaced += redact(record, self.redactor)
        found: bytes = record.SerializeToString(deterministic=kind is ResourceSpans)
        return found

    def texts(self, value: Any) -> Any:
        """A value of a column: a text, a list of them, or JSON, the names of whose fields are our
        own or those of tools and agents. The same object if there is nothing to replace."""
        if isinstance(value, str):
            return self.redactor.text(value, self.replaced)
        if isinstance(value, list):
            found: Any = [self.texts(each) for each in value]
        elif isinstance(value, dict):
            found = {self.texts(key): self.texts(each) for key, each in value.items()}
        else:
            return value
        return value if found == value else found
