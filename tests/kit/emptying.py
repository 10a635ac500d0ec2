"""What tests that commit leave behind is removed, and only that.

Django truncates every table after each such test and makes anew what it makes after migrations:
permissions, and the prices of a release. That takes longer than most of these tests, which fill a
few of more than a hundred tables and partitions.
"""

from __future__ import annotations

from django.db import connection

from agentscope.prices.models import ModelPrice
from agentscope.prices.write import bring_bundled_prices
from agentscope.traces.partitions import ensure_partitions

# Content types and permissions no test changes; of prices the versions of the rows tell.
REMOVE = """
do $$
declare
    candidate regclass;
    is_filled boolean;
    filled text[] := '{}';
begin
    for candidate in
        select oid from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in
            ('django_migrations', 'django_content_type', 'auth_permission', 'model_price')
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
PRICES = "select count(*), max(xmin::text::bigint) from model_price"


class Emptying:
    """Makes the database what it is after migrations."""

    def __init__(self) -> None:
        """What the prices of the release are is not known yet."""
        self.brought: tuple[int, int] | None = None

    def __call__(self) -> None:
        """Remove what was stored. Prices that were touched are brought again."""
        with connection.cursor() as cursor:
            cursor.execute(REMOVE)
        ensure_partitions()
        if self.brought is None or prices() != self.brought:
            ModelPrice.objects.all().delete()
            bring_bundled_prices()
            self.brought = prices()


def prices() -> tuple[int, int]:
    """How many prices there are, and the newest transaction that wrote one of them."""
    with connection.cursor() as cursor:
        cursor.execute(PRICES)
        count, newest = cursor.fetchall()[0]
    return count, newest
