"""Cells of Postgres' binary COPY format: four bytes of length, then the value, big-endian.

Packed by hand because it is the hottest loop of storing: a row of a span takes a quarter of the
time that psycopg's `write_row` takes for it, and needs no `datetime` or `UUID` on the way.
https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from struct import Struct

from django.db import connection
from psycopg.types.numeric import DecimalBinaryDumper

NULL = b"\xff\xff\xff\xff"
EPOCH_US = 946_684_800_000_000  # Postgres counts microseconds from 2000-01-01
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
LONGEST_REMEMBERED = 64  # characters; longer texts rarely come twice
LONGEST_COLUMN = 1024  # characters of a text column; the payload keeps all of it

count = Struct("!h").pack
_length = Struct("!i").pack
_bigint = Struct("!iq").pack
_decimal = DecimalBinaryDumper(Decimal).dump


def copy_rows(table: str, columns: Iterable[str], rows: Iterable[bytes]) -> None:
    """Load packed rows. Raises psycopg's UniqueViolation, after which nothing of them is stored."""
    sql = f"copy {table} ({', '.join(columns)}) from stdin (format binary)"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        copy.write(b"".join((HEADER, *rows, TRAILER)))


def text(value: str) -> bytes:
    """A text cell. Cut at LONGEST_COLUMN; NUL and lone surrogates, which Postgres refuses, go."""
    return _remembered(value) if len(value) <= LONGEST_REMEMBERED else _text(value)


def _text(value: str) -> bytes:
    return blob(value[:LONGEST_COLUMN].replace("\0", "\ufffd").encode("utf-8", "replace"))


# Most columns hold one of a few words: agents, models, tools.
_remembered = lru_cache(maxsize=8192)(_text)


def blob(value: bytes) -> bytes:
    """A bytea cell; also uuid, given its 16 bytes."""
    return _length(len(value)) + value


def bigint(value: int | None) -> bytes:
    """A bigint cell. Raises struct.error beyond 64 bits."""
    return NULL if value is None else _bigint(8, value)


def numeric(value: Decimal | None) -> bytes:
    """A numeric cell."""
    return NULL if value is None else blob(bytes(_decimal(value) or b""))
