"""The wire format of protobuf: https://protobuf.dev/programming-guides/encoding/."""

from collections.abc import Iterator
from typing import TypeVar

Bytes = TypeVar("Bytes", bytes, memoryview)

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
VARINT_BITS = 64
MORE, BITS = 0x80, 0x7F  # of a byte of a varint: whether more follow, and its part of the number


class Broken(ValueError):
    """Not the protobuf wire format."""


def fields_of(body: Bytes) -> Iterator[tuple[Bytes, int, Bytes | None]]:
    """Each field: its bytes, its number, and its content if it is length-delimited.

    Of a memoryview nothing is copied. Raises Broken.
    """
    at = 0
    while at < len(body):
        start = at
        tag, at = read_varint(body, at)
        wire, value = tag & 7, None
        if wire == LENGTH_DELIMITED:
            size, at = read_varint(body, at)
            value = body[at : at + size]
            at += size
        else:
            at = end_of_scalar(body, at, wire)
        if at > len(body):
            raise Broken("it is cut off")
        yield body[start:at], tag >> 3, value


def end_of_scalar(body: Bytes, at: int, wire: int) -> int:
    """Where a number ends that starts at `at`."""
    if wire == VARINT:
        return read_varint(body, at)[1]
    if wire in {FIXED64, FIXED32}:
        return at + (8 if wire == FIXED64 else 4)
    raise Broken(f"wire type {wire} is unknown")


def read_varint(body: Bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where it ends."""
    number = shift = 0
    while at < len(body) and shift < VARINT_BITS:
        byte = body[at]
        at += 1
        number |= (byte & BITS) << shift
        if byte < MORE:
            return number, at
        shift += 7
    raise Broken("a number is cut off")


def length_delimited(number: int, value: bytes | memoryview) -> bytes:
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    """A number as protobuf writes it: seven bits a byte, the lowest first."""
    out = bytearray()
    while number >= MORE:
        out.append(number & BITS | MORE)
        number >>= 7
    out.append(number)
    return bytes(out)
