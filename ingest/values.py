"""OTLP values become plain Python values: see `vocabulary.Value`.

This is the hot path of the worker: a span has some twenty attributes, and each look at a protobuf
object costs as much as ten other operations. So the most usual values, texts and whole numbers, are
tried first.
"""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from agentscope.vocabulary import Flag, Value

ANY_VALUE = "opentelemetry.proto.common.v1.AnyValue"
# Protobuf parsers stop at 100 messages inside one another. A map takes three a level, and what is
# around the values of a request takes six.
MAX_DEPTH = 30
SCALARS = {"string_value", "int_value", "double_value", "bool_value", "bytes_value"}
NUL, REPLACEMENT = "\0", "\ufffd"
SANITISED, DUPLICATE_KEY = int(Flag.SANITISED), int(Flag.DUPLICATE_KEY)

Marks = dict[int, int]  # vocabulary.Flag by the position of a span or record in its request


class ValueReader:
    """Reads values, and collects what was odd about them in `flags` until that is set to 0.

    `indexed` says whether a key or value pointed into a table of strings. Only profiles have one:
    elsewhere such a key or value counts as absent.
    """

    def __init__(self) -> None:
        self.flags = 0
        self.indexed = False

    def attributes(self, pairs: Sequence[KeyValue]) -> dict[str, Value]:
        """Attributes as a dict. Of a key that comes twice, the last counts."""
        result: dict[str, Value] = {}
        for pair in pairs[:]:  # a list is gone through in half the time
            message = pair.value
            value: Value = message.string_value
            if not value or NUL in value:
                value = message.int_value or self.value(message)
            result[pair.key] = value
        if len(result) < len(pairs) or "" in result or NUL in "".join(result):
            return self.odd_attributes(pairs)
        return result

    def odd_attributes(self, pairs: Sequence[KeyValue]) -> dict[str, Value]:
        """The same for keys that come twice, hold NUL, or are missing."""
        result: dict[str, Value] = {}
        for pair in pairs:
            if pair.key_strindex and not pair.key:
                self.indexed = True
                continue
            key = self.text(pair.key)
            if key in result:
                self.flags |= DUPLICATE_KEY
            result[key] = self.value(pair.value)
        return result

    def value(self, message: AnyValue, depth: int = 0) -> Value:
        """A value. Lists and maps deeper than MAX_DEPTH stay packed, as bytes."""
        kind = message.WhichOneof("value")
        if kind in SCALARS:
            value = getattr(message, kind)
            return self.text(value) if kind == "string_value" else value
        if kind == "string_value_strindex":
            self.indexed = True
        if kind not in {"array_value", "kvlist_value"}:
            return None
        if depth < MAX_DEPTH:
            return self.nested(message, depth + 1)
        self.flags |= SANITISED
        return message.SerializeToString()

    def nested(self, message: AnyValue, depth: int) -> Value:
        """The list or map in a value."""
        if message.WhichOneof("value") == "array_value":
            return [self.value(inner, depth) for inner in message.array_value.values]
        return {
            self.text(pair.key): self.value(pair.value, depth)
            for pair in message.kvlist_value.values
        }

    def text(self, text: str) -> str:
        """Text without NUL, which Postgres refuses."""
        if NUL not in text:
            return text
        self.flags |= SANITISED
        return text.replace(NUL, REPLACEMENT)
