"""Day partitions: made ahead, dropped when they expire.

Times that no day covers go to the default partition, so nothing is ever refused; and if a day
cannot be made just now (a long query holds a lock), its rows wait there too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone

log = logging.getLogger(__name__)

TABLES = {
    **dict.fromkeys(("span", "span_payload", "search_block"), "started_at"),
    "span_log": "logged_at",
}
DAY = timedelta(days=1)
BACK, AHEAD = 3 * DAY, 3 * DAY  # made by the clock
WRITER_AHEAD = 2 * DAY  # made because a span came: further ahead the clock of its sender is wrong
LONGEST_BACK = 400 * DAY  # likewise, where nothing ever expires
MOST_NEW = 8  # days made for one batch: a sender must not fill the catalogue with tables
NS = 10**9

# Waiting for a lock makes everybody behind us wait as well, so give up soon and try again later.
POLITE = "set local lock_timeout = '500ms'"
AS_BEFORE = "set local lock_timeout to default"
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('agentscope.partitions'))"


def ensure_partitions() -> None:
    """Make the days around today that are missing. Never fails: see the module."""
    today = timezone.now().date()
    make_days(each_day(today - BACK, today + AHEAD))


def cover(times_ns: Iterable[int]) -> None:
    """Make the days of these times that are missing and lie within reason.

    Runs in the caller's transaction, before it writes.
    """
    today = timezone.now().date()
    first, last = today - keep_for(), today + WRITER_AHEAD
    numbers = {time_ns // (86_400 * NS) for time_ns in times_ns}
    days = sorted(date(1970, 1, 1) + number * DAY for number in numbers)
    make_days([day for day in days if first <= day <= last][-MOST_NEW:])


def keep_for() -> timedelta:
    """How far back days are worth a partition."""
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    return timedelta(days=days) if days else LONGEST_BACK


def each_day(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included."""
    return (first + number * DAY for number in range((last - first).days + 1))


def make_days(days: Iterable[date]) -> None:
    """Make the partitions of these days, each on its own so that one cannot stop another."""
    for day in missing(list(days)):
        politely(f"make the partitions of {day}", partial(make_day, day))


def missing(days: list[date]) -> list[date]:
    """Those days that lack a partition of any table."""
    names = [partition(table, day) for day in days for table in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct day from unnest(%s::date[], %s::text[]) as wanted (day, name)"
            " where to_regclass(name) is null order by day",
            [[day for day in days for _ in TABLES], names],
        )
        return [row[0] for row in cursor.fetchall()]


def partition(table: str, day: date) -> str:
    """The name of a day's partition: span_20261125."""
    return f"{table}_{day:%Y%m%d}"


def politely(what: str, change: Callable[[], None]) -> bool:
    """Change tables one process at a time, without making others wait. False: not this time."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(POLITE)
            cursor.execute(ONE_AT_A_TIME)
            change()
            cursor.execute(AS_BEFORE)
    except Error as error:
        log.warning("Could not %s, will try again: %s", what, str(error).strip())
        return False
    return True


def make_day(day: date) -> None:
    """Make what is missing of a day, and move the rows of that day out of the default partition."""
    for table, column in TABLES.items():
        name = partition(table, day)
        bounds = [midnight(day), midnight(day + DAY)]
        with connection.cursor() as cursor:
            cursor.execute("select to_regclass(%s) is null", [name])
            if not cursor.fetchone()[0]:  # another process was quicker
                continue
            cursor.execute(f"create table {name} (like {table} including all)")
            cursor.execute(f"lock table {table}_default in access exclusive mode")
            cursor.execute(
                f"with moved as (delete from {table}_default"  # noqa: S608 — our own names
                f" where {column} >= %s and {column} < %s returning *)"
                f" insert into {name} select * from moved",
                bounds,
            )
            cursor.execute(
                f"alter table {table} attach partition {name} for values from (%s) to (%s)", bounds
            )


def midnight(day: date) -> datetime:
    """The start of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
