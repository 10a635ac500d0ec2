"""What tests that commit leave behind is removed, and only that.

Django truncates every table after each such test and makes its permissions anew, which takes longer
than most of these tests: of more than a hundred tables and partitions a few are filled.
"""

from __future__ import annotations

from django.db import connection
from django.test import TransactionTestCase

# Rows that migrations make and no test changes, so that they need not be made again, are kept.
REMOVE = """
do $$
declare
    candidate regclass;
    is_filled boolean;
    filled text[] := '{}';
begin
    for candidate in
        select oid from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace
        and relname not in ('django_migrations', 'django_content_type', 'auth_permission')
    loop
        execute format('select exists (select from %s)', candidate) into is_filled;
        if is_filled then
            filled := filled || candidate::text;
        end if;
    end loop;
    if filled <> '{}' then
        execute 'truncate ' || array_to_string(filled, ', ') || ' cascade';
    end if;
end $$
"""


def remove_what_was_stored(_: TransactionTestCase) -> None:
    """Remove all rows but those of migrations."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE)
