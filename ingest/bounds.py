"""How much a body asks us to build, looked at before any of it is built.

A span of two bytes becomes an object of two hundred, so the limit of bytes alone would let a few
kilobytes of gzip fill the memory of the web process, and then of every worker that drains them.
"""

from __future__ import annotations

import numpy as np

from ingest.refused import TooLarge
from ingest.wire_format import Broken, fields_of

SMALL = 1 << 20  # bytes; whatever is in so few needs no looking at
MOST_ITEMS = 250_000  # spans or log records of one request; SDKs send 512, collectors some 10,000
MOST_MEMORY = 320 << 20  # bytes that the objects of one request may take
# Bytes that an object takes, measured: a link of no content, a dict of one key, a short text.
PROTOBUF_FIELD, JSON_OBJECT, JSON_VALUE = 84, 200, 50
SHORT = 8  # bytes; longer fields take about as much memory as they have bytes
CHUNK = 1 << 20  # bytes looked at at a time
TAG_BITS, LENGTH_DELIMITED = 0x87, 2  # of a tag of one byte, which is the tag of any OTLP field
# The fields that lead from a request to its items are the same for all signals.
TO_ITEMS = (1, 2, 2)
SPLIT = "Send smaller batches."


def check_protobuf(body: bytes) -> None:
    """Raises TooLarge for protobuf with too many items, or too many fields of no content."""
    if len(body) <= SMALL:
        return
    check_memory(PROTOBUF_FIELD * short_fields(body))
    try:
        check_items(count_items(memoryview(body), TO_ITEMS, 0))
    except Broken:
        return  # which the parser will say, or mend


def short_fields(body: bytes) -> int:
    """How many fields of less than SHORT bytes there can be at most: what looks like their start.

    Text has next to none, since it has no bytes below SHORT. Random bytes have one in 512.
    """
    found, octets = 0, np.frombuffer(body, np.uint8)
    for at in range(0, len(octets) - 1, CHUNK):
        piece = octets[at : at + CHUNK + 1]
        is_tag = piece[:-1] & TAG_BITS == LENGTH_DELIMITED
        found += int(np.count_nonzero(is_tag & (piece[1:] < SHORT)))
    return found


def count_items(message: memoryview, path: tuple[int, ...], found: int) -> int:
    """`found` and the items of `message`, which are at the end of `path`; no further than
    MOST_ITEMS. Raises Broken.
    """
    for _, number, value in fields_of(message):
        if number != path[0] or value is None:
            continue
        found = count_items(value, path[1:], found + 1) if len(path) > 1 else found + 1
        if found > MOST_ITEMS:
            break
    return found


def check_items(count: int) -> None:
    """Raises TooLarge for more spans or log records than one request may have."""
    if count > MOST_ITEMS:
        raise TooLarge(f"The body has more than {MOST_ITEMS:,} spans or records. {SPLIT}")


def check_json(body: bytes) -> None:
    """Raises TooLarge for JSON whose objects would take too much memory.

    Brackets and commas inside texts count too; prose and code have too few to matter.
    """
    if len(body) > SMALL:
        values = body.count(b",") + body.count(b"[")
        check_memory(JSON_OBJECT * body.count(b"{") + JSON_VALUE * values)


def check_memory(needed: int) -> None:
    """Raises TooLarge if a request needs more than MOST_MEMORY."""
    if needed > MOST_MEMORY:
        raise TooLarge(
            f"Reading the body would take {needed >> 20} MiB of memory for its many small parts; "
            f"the limit is {MOST_MEMORY >> 20}. {SPLIT}"
        )
