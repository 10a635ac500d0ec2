"""Measuring what is stored, as cheaply for a million spans as for none.

Postgres knows how large a table is, with its indexes and what it keeps out of line; not whose. So
each table is shared out among the projects by the sizes of their rows: of all rows of a small
table, else of those in some pages that are picked at random. Values are never read for it, only how
long they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.retention.disk import disk
from agentscope.storage.ages import ages
from agentscope.storage.kinds import tables
from agentscope.storage.models import Age, DiskDay, Stored

PAGES = 500  # of 8 kB, of one table, that are looked at
EVERY = timedelta(hours=1)
KEPT = timedelta(days=400)  # of measurements
ONE_AT_A_TIME = "select pg_try_advisory_xact_lock(hashtext('agentscope.storage'))"
# Of a table with partitions: of all of them.
SIZES = """
select name, sum(pg_total_relation_size(part)), sum(pg_relation_size(part)) / 8192
from unnest(%s::text[]) as name
cross join lateral (
    select coalesce(leaf.relid, to_regclass(name)) as part
    from (select) one left join pg_partition_tree(to_regclass(name)) leaf on leaf.isleaf) parts
group by name
"""
SHARES = "select project_id, sum({row}) from {table} {sample} group by project_id"
SAMPLE = "tablesample system ({percent:.6f})"


@dataclass
class Measured:
    """How many bytes each project takes up, by kind, and which kinds of it are estimated."""

    kinds: Counter[str] = field(default_factory=Counter)
    estimated: set[str] = field(default_factory=set)


def measure_if_due() -> bool:
    """Measure if nobody did for an hour; whether it was done."""
    newest = DiskDay.objects.order_by("-day").first()
    if newest and newest.at > timezone.now() - EVERY:
        return False
    return measure()


@transaction.atomic
def measure() -> bool:
    """Measure all projects, and write it down as what today is like. False if somebody else is at
    it."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        if not cursor.fetchone()[0]:
            return False
    now = timezone.now()
    day = now.date()
    for project_id, found in measured().items():
        said = {"kinds": dict(found.kinds), "estimated": sorted(found.estimated), "at": now}
        Stored.objects.update_or_create(project_id=project_id, day=day, defaults=said)
    Age.objects.all().delete()
    Age.objects.bulk_create(ages())
    measure_disk()
    for model in (Stored, DiskDay):
        model.objects.filter(day__lt=day - KEPT).delete()
    return True


def measured() -> dict[int, Measured]:
    """What each project takes up: nothing, where it has nothing."""
    found: dict[int, Measured] = defaultdict(Measured)
    for pk in Project.objects.values_list("pk", flat=True):
        found[pk] = Measured()
    kinds = tables()
    large = sizes([model._meta.db_table for model in kinds])
    for model, kind in kinds.items():
        size, pages = large[model._meta.db_table]
        parts = shares(model, pages) if pages else {}
        whole = sum(parts.values())
        for project_id, part in parts.items():
            found[project_id].kinds[kind] += round(size * part / whole)
        if pages > PAGES:
            for each in found.values():
                each.estimated.add(kind)
    return found


def sizes(names: list[str]) -> dict[str, tuple[int, int]]:
    """How many bytes tables take up with all that belongs to them, and how many pages of rows they
    have. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [names])
        return {name: (int(size), int(pages)) for name, size, pages in cursor.fetchall()}


def shares(model: type[models.Model], pages: int) -> dict[int, int]:
    """The sizes of the rows of each project, of all of a small table. One query."""
    sizes_of = (f'coalesce(pg_column_size("{f.column}"), 1)' for f in model._meta.concrete_fields)
    sample = SAMPLE.format(percent=100 * PAGES / pages) if pages > PAGES else ""
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(SHARES.format(row=" + ".join(sizes_of), table=table, sample=sample))
        return {project_id: int(size) for project_id, size in cursor.fetchall() if project_id}


def measure_disk() -> None:
    """Write down how large the database is, and what is free beside it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_database_size(current_database())")
        said = {"database": cursor.fetchone()[0], "at": timezone.now()}
    found = disk()
    said |= {"free": found.free if found else None, "total": found.total if found else None}
    DiskDay.objects.update_or_create(day=said["at"].date(), defaults=said)
