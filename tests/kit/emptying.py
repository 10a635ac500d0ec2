"""What tests that commit leave behind is removed, and only that.

Django truncates every table after each such test and makes anew what it makes after migrations:
permissions, and the prices of a release. That takes longer than most of these tests, which fill a
few of more than a hundred tables and partitions.
"""

from __future__ import annotations

from threading import Condition, current_thread, main_thread

from django.core.signals import request_finished, request_started
from django.db import connection

from agentscope.prices.models import ModelPrice
from agentscope.prices.write import bring_bundled_prices
from agentscope.traces.partitions import ensure_partitions
from tests.kit.release import release

# Content types and permissions no test changes; of prices the versions of the rows tell.
REMOVE = """
do $$
declare
    candidate regclass;
    is_filled boolean;
    filled text[] := '{}';
begin
    -- The ledger refuses to be emptied otherwise.
    perform set_config('session_replication_role', 'replica', true);
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
PATIENCE = 60  # seconds
PRICES = "select count(*), max(xmin::text::bigint) from model_price"


class UnderWay:
    """Requests that threads of a live server are at: a page that is closed does not end them."""

    def __init__(self) -> None:
        """Hear of them from now on."""
        self.count, self.changed = 0, Condition()
        request_started.connect(self.began)
        request_finished.connect(self.ended)

    def began(self, **_: object) -> None:
        self.add(1)

    def ended(self, **_: object) -> None:
        self.add(-1)

    def add(self, more: int) -> None:
        if current_thread() is not main_thread():  # where a test itself asks
            with self.changed:
                self.count += more
                self.changed.notify_all()

    def wait(self) -> None:
        """Until there are none, or one of them hangs."""
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, PATIENCE)


class Emptying:
    """Makes the database what it is after migrations."""

    def __init__(self) -> None:
        """What the prices of the release are is not known yet."""
        self.brought: tuple[int, int] | None = None
        self.under_way = UnderWay()

    def __call__(self) -> None:
        """Remove what was stored, once nobody reads it any more: two who lock tables in different
        order would wait for each other. Prices that were touched are brought again."""
        self.under_way.wait()
        with connection.cursor() as cursor:
            cursor.execute(REMOVE)
        ensure_partitions()
        if self.brought is None or prices() != self.brought:
            ModelPrice.objects.all().delete()
            bring_bundled_prices()
            release.read()
            self.brought = prices()


def prices() -> tuple[int, int]:
    """How many prices there are, and the newest transaction that wrote one of them."""
    with connection.cursor() as cursor:
        cursor.execute(PRICES)
        count, newest = cursor.fetchall()[0]
    return count, newest
