"""JSON scalars as protobuf's types: what fits, and nothing by guessing."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from ingest.identity import NOT_HEX
from ingest.json_text import MOST_DIGITS

IDS = {"trace_id", "span_id", "parent_span_id"}  # hexadecimal, where proto3 JSON has base64
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}", re.ASCII)


class Unfit(ValueError):
    """A JSON value that its field cannot hold."""


def convert(field: FieldDescriptor, value: Any) -> Any:
    """The JSON value as the type of the field. Raises ValueError."""
    return CONVERTERS[field.cpp_type](value) if field.name not in IDS else hexadecimal(value)


def is_whole(field: FieldDescriptor) -> bool:
    """Whether the field holds whole numbers."""
    return CONVERTERS[field.cpp_type] is whole


def hexadecimal(value: Any) -> bytes:
    """An id. One that is not hexadecimal is kept as it came, so that it can be named as wrong."""
    try:
        return binascii.unhexlify(value)
    except (ValueError, TypeError):
        return NOT_HEX + as_text(value).encode("utf-8", "replace")


def whole(value: Any) -> int:
    """A whole number, given as number or text, without going through floats."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= MOST_DIGITS and WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, float | Decimal) and abs(value) < 10**MOST_DIGITS and value == int(value):
        return int(value)
    raise Unfit(value)


def real(value: Any) -> float:
    """A floating-point number; NaN and the infinities come as text."""
    if isinstance(value, bool):
        raise Unfit(value)
    return float(value)


def truth(value: Any) -> bool:
    """True or false, which no text or number stands for."""
    if isinstance(value, bool):
        return value
    raise Unfit(value)


def octets(value: Any) -> bytes:
    """Bytes from base64 of either alphabet, with or without padding."""
    if not isinstance(value, str) or not BASE64.fullmatch(value):
        raise Unfit(value)
    bare = value.rstrip("=").replace("+", "-").replace("/", "_")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


CONVERTERS: dict[int, Callable[[Any], Any]] = {
    FieldDescriptor.CPPTYPE_INT32: whole,
    FieldDescriptor.CPPTYPE_INT64: whole,
    FieldDescriptor.CPPTYPE_UINT32: whole,
    FieldDescriptor.CPPTYPE_UINT64: whole,
    FieldDescriptor.CPPTYPE_ENUM: whole,
    FieldDescriptor.CPPTYPE_DOUBLE: real,
    FieldDescriptor.CPPTYPE_BOOL: truth,
    FieldDescriptor.CPPTYPE_STRING: octets,
}


def as_text(value: Any) -> str:
    """A value that fits nowhere, as text: its JSON, if it is none itself.

    Raises RecursionError for values that `json_text.load_exactly` would have folded.
    """
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
