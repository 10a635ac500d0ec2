"""Two who change the same at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

WAITS = """
select exists (select from pg_stat_activity
  where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0)
"""


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Have somebody else begin the second by another connection while the first is done, but not
    committed: what came of the second, or the error that it raised. Takes a database of its own
    transactions."""
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first()
            pending = other.submit(apart, second)
            wait(pending)
        return pending.exception() or pending.result()


def apart(act: Callable[[], Any]) -> Any:
    """Do something in a thread of its own."""
    try:
        return act()
    finally:
        connection.close()


def wait(pending: Future[Any]) -> None:
    """Until it waits for us, or has not had to."""
    with connection.cursor() as cursor:
        while not pending.done():
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(WAITS)
            if cursor.fetchall() == [(True,)]:
                return
