"""Ids as people write them (hex) and as Postgres keeps them (uuid, signed 8-byte integer)."""

from uuid import UUID


def span_number(span_id: bytes) -> int:
    """8 bytes as the signed integer that is stored."""
    return int.from_bytes(span_id, "big", signed=True)


def span_hex(number: int) -> str:
    """The stored integer as 16 hex digits."""
    return number.to_bytes(8, "big", signed=True).hex()


def parse_span_id(text: str) -> int:
    """16 hex digits as the stored integer. Raises ValueError for anything else."""
    return span_number(exact_hex(text, 8))


def parse_trace_id(text: str) -> UUID:
    """32 hex digits as a UUID. Raises ValueError for anything else."""
    return UUID(bytes=exact_hex(text, 16))


def exact_hex(text: str, size: int) -> bytes:
    """`size` bytes from exactly twice as many hex digits. Raises ValueError for anything else."""
    if len(text) != size * 2 or not text.isalnum():
        raise ValueError(f"not {size * 2} hex digits: {text[:40]!r}")
    return bytes.fromhex(text)
