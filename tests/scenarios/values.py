"""Values as OTLP has them."""

from __future__ import annotations

from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList


def pairs(attributes: dict[str, Any], cut: int = 0) -> list[KeyValue]:
    """Attributes; those without a value are left out. Texts end after `cut` characters, if SDKs
    are told to have a limit."""
    return [
        KeyValue(key=key, value=any_value(value, cut))
        for key, value in attributes.items()
        if value is not None
    ]


def any_value(value: Any, cut: int = 0) -> AnyValue:
    """A text, a number, a truth, nothing, or a list or a mapping of those."""
    if value is None:
        return AnyValue()
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[any_value(item, cut) for item in value]))
    if isinstance(value, dict):
        said = [KeyValue(key=key, value=any_value(item, cut)) for key, item in value.items()]
        return AnyValue(kvlist_value=KeyValueList(values=said))
    return AnyValue(string_value=value[:cut] if cut else value)
