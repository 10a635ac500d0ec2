"""What people and senders call things, in all rows at once: a text behind each word of a kind."""

from __future__ import annotations

import json

from django.db import connection

from tests.kit.twin import columns

TEXTS = ("text", "character varying", "jsonb", "text[]")
ALL = """
select relname from pg_class where relkind in ('r', 'p') and not relispartition
    and relnamespace = 'public'::regnamespace
    and relname not like 'django_%' and relname not like 'auth_%' order by 1
"""


def flood(word: str, text: str) -> set[str]:
    """Write the text behind each such word in all columns; which columns had it."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # the ledger, too
        cursor.execute(ALL)
        for (table,) in cursor.fetchall():
            for name, kind, *_ in columns(table):
                if kind in TEXTS:
                    said = json.dumps(text)[1:-1] if is_json(table, name, kind) else text
                    cursor.execute(written(table, name, kind), [word, word + said, word])
                    found |= {f"{table}.{name}"} if cursor.rowcount else set()
        cursor.execute("set local session_replication_role = origin")
    return found


def is_json(table: str, name: str, kind: str) -> bool:
    """Whether a column holds JSON, of whatever type it is."""
    return kind == "jsonb" or (table, name) == ("ledger_content", "text")


def written(table: str, name: str, kind: str) -> str:
    """The statement for a column."""
    new = f'replace("{name}"::text, %s, %s)::{kind}'
    if kind == "text[]":
        new = f"""string_to_array(replace(array_to_string("{name}", chr(1)), %s, %s), chr(1))"""
    return f'update "{table}" set "{name}" = {new} where strpos("{name}"::text, %s) > 0'
