"""Which decisions a rule draws: by their names alone, so that it does not matter when they come, in
which order, or how often. Pure."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

BYTES = 8
ALL = 1 << 8 * BYTES  # lots that there are


def lot(queue: int, trace_id: UUID, span_id: int) -> int:
    """The lot of a decision for a queue, from 0 to ALL - 1, each as likely as any other."""
    name = f"{queue}:{trace_id.hex}:{span_id}"
    return int.from_bytes(blake2b(name.encode(), digest_size=BYTES).digest(), "big")


def is_drawn(queue: int, share: Decimal, trace_id: UUID, span_id: int) -> bool:
    """Whether a decision is of the share that is drawn. A larger share has all of a smaller one."""
    return lot(queue, trace_id, span_id) < share * ALL
