"""How a record is stored: the fields that say something, and what is mentioned behind them. Pure.

Five bytes say the version and which fields follow, as most steps leave half of them unknown; then
these in the order of RECORD; then mentions, eight bytes each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import nan
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

from agentscope.signatures.record import MOST_COUNT, RECORD, UNSAID, VERSION, Fact
from agentscope.signatures.sketch import LANES, NOTHING

NAMES = RECORD.names or ()
HEAD, VERSION_BITS = 5, 8  # bytes; bits of them, which leaves some for 32 fields
VERSION_MASK, TOO_HIGH = (1 << VERSION_BITS) - 1, 1 << VERSION_BITS + len(NAMES)
BITS = {name: 1 << VERSION_BITS + at for at, name in enumerate(NAMES)}
UNKNOWN = {  # NaN, of numbers of which 0 is one, is told by not being equal to itself
    name: NOTHING if RECORD[name].shape else nan if RECORD[name].kind == "f" else 0
    for name in NAMES
}
FORMATS = {"<i8": "q", "<u4": "I", "<f4": "f", "<u2": "H", "|u1": "B"}
MOST_LAYOUTS = 4096  # that are remembered; there are some hundred


Placed = tuple[int, bytes]  # a signature with its place among others


class Layout(NamedTuple):
    """What follows a head."""

    names: tuple[str, ...]
    struct: Struct  # of these
    dtype: np.dtype[Any]
    size: int  # bytes, the head included


@lru_cache(MOST_LAYOUTS)
def layout(head: int) -> Layout:
    """The fields that a head of this version names."""
    names = tuple(name for name in NAMES if head & BITS[name])
    struct = Struct("<" + "".join(FORMATS.get(RECORD[name].str, f"{LANES}s") for name in names))
    dtype = np.dtype([("head", f"V{HEAD}"), *((name, RECORD[name]) for name in names)])
    return Layout(names, struct, dtype, HEAD + struct.size)


def pack(said: dict[str, Any], named: bytes = b"") -> bytes:
    """Fields of a record as they are stored, with what `mentions` packed."""
    head = VERSION
    for name, value in said.items():
        if value == value and value != UNKNOWN[name]:
            head |= BITS[name]
    known = layout(head)
    record = known.struct.pack(*[said[name] for name in known.names])
    return head.to_bytes(HEAD, "little") + record + named


def layout_of(signed: bytes | None) -> Layout | None:
    """What is stored in a signature; None if it is of another version, or none at all."""
    head = int.from_bytes(signed[:HEAD], "little") if signed else 0
    return layout(head) if head & VERSION_MASK == VERSION and head < TOO_HIGH else None


def fields_of(signed: bytes) -> dict[str, Any] | None:
    """The fields that a signature says; None if it is of another version."""
    known = layout_of(signed)
    if known is None or len(signed) < known.size:
        return None
    return dict(zip(known.names, known.struct.unpack_from(signed, HEAD), strict=True))


def merged(one: bytes | None, other: bytes) -> bytes:
    """What either of two signatures says of a step; the first one, where both do."""
    if one is None:
        return other
    first, second = fields_of(one), fields_of(other)
    if first is None or second is None:
        return one
    facts = first.get("facts", 0) | second.get("facts", 0)
    return pack(second | first | {"facts": facts}, named_by(one) or named_by(other))


def continued(one: bytes | None, other: bytes) -> bytes:
    """What two log records say of one call of a model, the second being the later one: where each
    message has a record, the last message is that of the later, and words of people add up."""
    first, second = fields_of(one) if one else None, fields_of(other)
    if first is None or second is None:
        return other if one is None else one
    last = second if "call" in second else first
    facts = first.get("facts", 0) | second.get("facts", 0)
    facts = facts & ~Fact.SUMS_UP | last.get("facts", 0) & Fact.SUMS_UP
    turns = min(first.get("turns", 0) + second.get("turns", 0), MOST_COUNT)
    now = {name: second[name] for name in OF_LAST if name in second}
    if "human" in second:
        first.pop("work", None)  # it is of the word before
    both = second | first | now | {"facts": int(facts), "turns": turns}
    return pack(both, named_by(one) or named_by(other))


def unanswered(signed: bytes) -> bytes:
    """The signature of a model call whose answer is not known, where it seems to be empty: who
    sends no contents sends an answer without any."""
    said = fields_of(signed)
    if said is None or not said.get("facts", 0) & Fact.EMPTY:
        return signed
    kept = {name: value for name, value in said.items() if name != "result"}
    return pack(kept | {"facts": int(said["facts"] & ~Fact.EMPTY)}, named_by(signed))


OF_LAST = ("call", "argument_size", "human", "work")


def unpack(signatures: Sequence[bytes | None]) -> Any:
    """Records of some spans, in order; where there is none, or one of another version, nothing is
    known."""
    records = np.repeat(UNSAID, len(signatures))
    for known, rows in by_layout(signatures):
        places = np.array([at for at, _ in rows])
        said = np.frombuffer(b"".join([each[: known.size] for _, each in rows]), known.dtype)
        for name in known.names:
            records[name][places] = said[name]
    return records


def by_layout(signatures: Sequence[bytes | None]) -> Iterator[tuple[Layout, list[Placed]]]:
    """Signatures of this version with their places, those together that have the same fields."""
    found: dict[bytes, list[Placed]] = {}
    for at, signed in enumerate(signatures):
        if signed:
            found.setdefault(signed[:HEAD], []).append((at, signed))
    for head, rows in found.items():
        known = layout_of(head)
        whole = [row for row in rows if len(row[1]) >= known.size] if known else []
        if known and whole:
            yield known, whole


def of_another_version(signatures: Sequence[bytes | None]) -> list[int]:
    """The places of signatures that this version cannot read."""
    mine = VERSION & VERSION_MASK
    return [at for at, signed in enumerate(signatures) if signed and signed[0] != mine]


def named_by(signed: bytes | None) -> bytes:
    """What stands behind the record of a signature: see mentions.py."""
    known = layout_of(signed)
    return signed[known.size :] if known and signed else b""


def tails(signatures: Sequence[bytes | None]) -> Iterator[tuple[int, bytes]]:
    """Those signatures that mention anything, by their places, with what they mention."""
    for known, rows in by_layout(signatures):
        size = known.size
        yield from ((at, each[size:]) for at, each in rows if len(each) > size)
