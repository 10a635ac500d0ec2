"""What an entry says, as text that has one spelling: canonical JSON (RFC 8785)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

EXACT = 2**53 - 1  # the largest whole number of JSON that every reader reads as it is (RFC 8785)
UNKNOWN = "\ufffd"


def canonical(said: Mapping[str, Any]) -> str:
    """The text of what is said, which Postgres reads as JSON too. Raises rfc8785's
    CanonicalizationError for what is no JSON: a date, a set, bytes, NaN."""
    return rfc8785.dumps(storable(said)).decode()


def storable(value: Any) -> Any:
    """The same with larger whole numbers as text, and without characters that Postgres or UTF-8 do
    not have: a change must not fail for what somebody named a thing."""
    if isinstance(value, str):
        return value.replace("\0", UNKNOWN).encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        return str(value)
    if isinstance(value, Mapping):
        return {storable(name): storable(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [storable(each) for each in value]
    return value
