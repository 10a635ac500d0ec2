"""All that a database holds, as text: whatever compresses it undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from agentscope.compression import zstd
from agentscope.traces.payload import open_payload
from agentscope.traces.tree import unpack

COLUMNS = """
select table_name, column_name from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and table_type = 'BASE TABLE'
order by table_name, ordinal_position
"""


def places_of(*needles: str) -> set[str]:
    """The columns of tables, by their names, in which any of these stands in any row."""
    return {
        f"{table}.{column}"
        for table, column in columns()
        if any(needle in text for text in texts(table, column) for needle in needles)
    }


def columns() -> list[tuple[str, str]]:
    """All of them."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return list(cursor.fetchall())


def texts(table: str, column: str) -> Iterator[str]:
    """What a column holds, row by row, in every form in which it can be read."""
    with connection.cursor() as cursor:
        cursor.execute(f'select "{column}" from "{table}" where "{column}" is not null')
        for (value,) in cursor.fetchall():
            yield from read(value)


def read(value: Any) -> Iterator[str]:
    """One value."""
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        for form in (raw, *opened(raw)):
            yield form.decode("utf-8", "replace")
    elif isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False, default=str)
    else:
        yield str(value)


def opened(raw: bytes) -> Iterator[bytes]:
    """Payloads and trees without their compression."""
    for form in (open_payload, texts_of_tree):
        try:
            yield form(raw)
        except (zstd.ZstdError, ValueError, KeyError):
            continue


def texts_of_tree(raw: bytes) -> bytes:
    """The texts of a tree."""
    tree = unpack(raw)
    return "\n".join(tree.texts).encode() if tree else b""
