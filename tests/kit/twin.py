"""A project that looks like another one: all of its rows, under the same ids of traces, spans and
sessions, with other words in them. Whatever looks for a row and forgets the project finds two."""

from __future__ import annotations

from typing import Any

from django.db import connection

OURS, THEIRS = "secret", "stolen"  # a word in the texts of a project, and in those of its twin
TABLES = """
select relname from pg_class join pg_attribute on attrelid = pg_class.oid
where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
    and attname = 'project_id' order by 1
"""
COLUMNS = """
select attname, format_type(atttypid, null), coalesce(pg_get_expr(adbin, adrelid), ''), attidentity
from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
ALONE = {"project_key": "digest", "account_invitation": "digest"}  # no two rows have the same


def make_twin(ours: int, theirs: int) -> None:
    """Copy the rows of a project to another one, in place of those that it has. Left out is what
    hangs on a row with a number, as alerts do on their rule."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # the ledger, too
        for table in tables():
            named = [
                (f'"{name}"', copied(table, name, kind))
                for name, kind, default, identity in columns(table)
                if not identity and "nextval" not in default
            ]
            cursor.execute(f'delete from "{table}" where project_id = %s', [theirs])
            names, values = (", ".join(each) for each in zip(*named, strict=True))
            cursor.execute(
                f'insert into "{table}" ({names}) select {values} from "{table}" '
                "where project_id = %(ours)s on conflict do nothing",
                {"ours": ours, "theirs": theirs, "our": OURS, "their": THEIRS},
            )
        cursor.execute("set local session_replication_role = origin")


def copied(table: str, name: str, kind: str) -> str:
    """SQL of what stands in a column of the twin."""
    if name == "project_id":
        return "%(theirs)s"
    if ALONE.get(table) == name:
        return f'sha256("{name}")'
    if kind in ("text", "character varying", "jsonb"):
        return f'replace("{name}"::text, %(our)s, %(their)s)::{kind}'
    if kind == "text[]":
        return f"""string_to_array(
            replace(array_to_string("{name}", chr(1)), %(our)s, %(their)s), chr(1))"""
    return f'"{name}"'


def rows_of(project_id: int) -> dict[str, str]:
    """What there is of a project, by table: a digest of all its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(
                f"select count(*) || ' rows ' || coalesce(md5(string_agg(each::text, '' "
                f"order by each::text)), '') from \"{table}\" as each where project_id = %s",
                [project_id],
            )
            found[table] = cursor.fetchone()[0]
    return found


def naming(project_id: int, text: str) -> set[str]:
    """The tables in which a row of a project has a text as it is."""
    with connection.cursor() as cursor:
        found = set()
        for table in tables():
            cursor.execute(
                f'select exists (select from "{table}" as each where project_id = %s '
                "and strpos(each::text, %s) > 0)",
                [project_id, text],
            )
            found |= {table} if cursor.fetchone()[0] else set()
    return found


def tables() -> list[str]:
    """Those with rows of projects, by name."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def columns(table: str) -> list[tuple[Any, ...]]:
    """What is written of a row: name, type, default, and whether it is numbered by itself."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        return list(cursor.fetchall())
