"""Which of several copies of a span is kept. Exporters resend, and some send a span twice by
design: once when it starts and once when it ends.

The law: what is stored is a pure function of the set of distinct copies ever received. Order,
batching, repetition and concurrency do not matter. It holds because the kept copy is the maximum
of a total order (`SpanCopy.version`), and a maximum does not care how it was reached.

CONFLICT is set if and only if two distinct *ended* copies were received. Comparing a newcomer
with the kept copy is enough to know that. An ended copy beats every open one, so as long as the
kept copy is open, no ended one was seen. The moment a second distinct ended copy comes, the kept
one is the first, which differs from it: the mark is set. It then stays, whoever wins later.

Whoever sent a span counts as well: of the keys that copies of it came with, the one that was made
first (`first_made`), whichever copy is kept. That is nearly always the key of its first arrival,
and a minimum does not care either in which order it was reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

from agentscope.traces.clocks import LAST_NS, clock_flags
from agentscope.traces.ids import span_number
from agentscope.vocabulary import Flag, Meaning, WireSpan

STORED = ~int(Flag.ORPHAN | Flag.CYCLE_CUT)  # the flags that belong to a span, not to a tree

_version = Struct("!?QI8s").pack


class Key(NamedTuple):
    """What all copies of a span share, in the order that every writer goes by."""

    started_us: int
    trace_id: bytes
    span_id: int


@dataclass(slots=True)
class SpanCopy:
    """One received copy of a span, with what decides between copies of the same span.

    `version` orders copies, the greatest is kept: ended before open, then the later end, then the
    bigger, then a digest of all that was sent, so that only equal copies are equal.
    """

    wire: WireSpan
    meaning: Meaning
    envelope: bytes  # 16 bytes
    start_ns: int
    end_ns: int
    flags: int
    key: Key
    version: bytes
    sent_by: int | None = None  # number of a projects.Key


def span_copy(wire: WireSpan, meaning: Meaning, envelope: bytes) -> SpanCopy:
    """A copy of a span, its times within what Postgres can hold."""
    start_ns = min(max(wire.start_ns, 0), LAST_NS)
    end_ns = min(max(wire.end_ns, 0), LAST_NS)
    said = int(wire.flags) | int(meaning.flags)  # as flags they take ten times as long
    return SpanCopy(
        wire,
        meaning,
        envelope,
        start_ns,
        end_ns,
        (said | clock_flags(wire.start_ns, wire.end_ns)) & STORED,
        Key(start_ns // 1000, wire.trace_id, span_number(wire.span_id)),
        _version(end_ns > 0, end_ns, len(wire.raw), digest(wire, envelope)),
        wire.scope.sent_by,
    )


def digest(wire: WireSpan, envelope: bytes) -> bytes:
    """8 bytes over the span, who sent it, and what decoding had to change in it."""
    changed = int(wire.flags).to_bytes(4, "big")
    return blake2b(wire.raw, digest_size=8, person=envelope, salt=changed).digest()


def merge(copies: Iterable[SpanCopy]) -> list[SpanCopy]:
    """The kept copy of each span, in the order of keys that every writer goes by."""
    kept: dict[Key, SpanCopy] = {}
    for copy in copies:
        other = kept.get(copy.key)
        kept[copy.key] = copy if other is None else better(copy, other)
    return [kept[key] for key in sorted(kept)]


def better(one: SpanCopy, other: SpanCopy) -> SpanCopy:
    """The greater copy, marked if both ended and differ."""
    winner = max(one, other, key=version)
    conflict = (one.flags | other.flags) & Flag.CONFLICT
    if one.end_ns and other.end_ns and one.version != other.version:
        conflict = Flag.CONFLICT
    winner.flags |= conflict
    winner.sent_by = first_made(one.sent_by, other.sent_by)
    return winner


def first_made(one: int | None, other: int | None) -> int | None:
    """The key that was made first: numbers are given in order. None: came without one."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def version(copy: SpanCopy) -> bytes:
    """What copies are ordered by."""
    return copy.version
