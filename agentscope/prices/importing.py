"""Bringing a list of prices into the table: what it says holds from today on.

Rows are never changed in place but replaced by new ones, so that a price book can see from their
numbers that something has changed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from agentscope.prices.book import COLUMNS, FINEST, Row, rows_of_query, shelf
from agentscope.prices.history import Period, between, joined, up_to_date

Key = tuple[str, str, str, str, int]  # provider, model, unit, service tier, size
Group = tuple[str, str, str]  # provider, model, service tier
History = dict[Key, list[Period]]
SELECT = (
    f"select id, {', '.join(COLUMNS)} from model_price"  # noqa: S608 — names of columns
    " where project_id is not distinct from %s"
)
LOCK = "select pg_advisory_xact_lock(hashtext('model_price'))"


@dataclass(slots=True, frozen=True)
class Imported:
    """What an import did, in prices (one of a model has several: input, output, …)."""

    added: int  # of things that had no price
    changed: int  # closed today, and opened with another price
    ended: int  # closed, because the list no longer names them
    unchanged: int


@transaction.atomic
def import_prices(rows: Iterable[Row], day: date, project_id: int | None = None) -> Imported:
    """Bring the table up to date with a price list, from `day` on; twice is the same as once.

    What the list does not name stays, but for other prices of its models from the same list.
    """
    locked()
    known, ids = stored(project_id)
    wanted = merged(known, by_key(rows), day)
    changed = {key: periods for key, periods in wanted.items() if periods != known.get(key)}
    replace_rows(project_id, [pk for key in changed for pk in ids.get(key, [])], changed)
    shelf.clear()
    counts = Counter(kind_of(known.get(key, []), periods) for key, periods in changed.items())
    return Imported(
        added=counts["added"],
        changed=counts["changed"],
        ended=counts["ended"],
        unchanged=len(wanted) - len(changed),
    )


def locked() -> None:
    """Wait until nobody else changes prices, and keep others waiting until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def stored(project_id: int | None) -> tuple[History, dict[Key, list[int]]]:
    """The prices in the table, and the rows that they are in."""
    ids: dict[Key, list[int]] = defaultdict(list)
    rows = rows_of_query(SELECT, project_id)
    for pk, *row in rows:
        ids[key_of(tuple(row))].append(pk)
    return by_key(tuple(row) for _, *row in rows), ids


def by_key(rows: Iterable[Row]) -> History:
    """Rows by what they are the price of, in order of time."""
    found: defaultdict[Key, list[Period]] = defaultdict(list)
    for row in rows:
        *_, usd, since, until, source = row
        exact = usd.quantize(FINEST)  # as a row holds it
        found[key_of(row)].append(Period(since or date.min, until or date.max, exact, source))
    return {key: joined(periods) for key, periods in found.items()}


def key_of(row: Row) -> Key:
    """What a row is the price of."""
    return row[:5]


def group_of(key: Key) -> Group:
    """The prices that a call is priced with together."""
    provider, model, _, service_tier, _ = key
    return provider, model, service_tier


def merged(known: History, listed: History, day: date) -> History:
    """What the table should say of everything that a price list names, or stopped naming."""
    groups = {group_of(key) for key in known}
    wanted = {
        key: up_to_date(known.get(key, []), periods, day) if group_of(key) in groups else periods
        for key, periods in listed.items()
    }
    families = {
        group_of(key): {family(period.source) for period in periods}
        for key, periods in listed.items()
    }
    for key, periods in known.items():
        if key not in listed and family(periods[-1].source) in families.get(group_of(key), ()):
            wanted[key] = list(between(periods, date.min, day))
    return wanted


def family(source: str) -> str:
    """The list that a price is from, whatever its version and date."""
    return re.split(r"[\s,]", source, maxsplit=1)[0]


def kind_of(before: list[Period], after: list[Period]) -> str:
    """What happened to a price."""
    if not before:
        return "added"
    is_open = bool(after) and after[-1].until == date.max
    return "changed" if is_open or before[-1].until != date.max else "ended"


def replace_rows(project_id: int | None, gone: list[int], history: History) -> None:
    """Delete rows, and write others."""
    with connection.cursor() as cursor:
        cursor.execute("delete from model_price where id = any(%s)", [gone])
        sql = f"copy model_price (project_id, {', '.join(COLUMNS)}) from stdin"
        with cursor.copy(sql) as copy:
            for key, periods in history.items():
                for each in periods:
                    since = None if each.since == date.min else each.since
                    until = None if each.until == date.max else each.until
                    copy.write_row((project_id, *key, each.usd, since, until, each.source))
