"""Entries of a ledger as people look for them, the newest first, by their position."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Max

from agentscope.audit.kinds import GROUPS, ITSELF, OTHER, every, kinds_of
from agentscope.ledger import verifier
from agentscope.ledger.models import Anchored, Checkpoint, Entry
from agentscope.ledger.read import LAST, link_of, parsed, stored_checkpoint
from agentscope.ledger.verifier import DOUBTED

COLUMNS = """
select entry.project_id, entry.position, entry.at, entry.kind, entry.content_digest,
  entry.previous, entry.key, entry.signature, entry.hash, content.text
from ledger_entry entry left join ledger_content content using (project_id, position)
"""
ASKED = f"""{COLUMNS}
where entry.project_id = %(project)s and entry.position < %(before)s
  and (%(itself)s or entry.kind not like '{ITSELF}%%')
  and (%(kinds)s = '{{}}' or entry.kind = any(%(kinds)s))
  and (%(without)s = '{{}}' or entry.kind <> all(%(without)s))
  and (%(who)s = '' or content.said ->> 'who' = %(who)s)
  and entry.position between %(first)s and %(last)s
  and entry.at >= %(since)s and entry.at < %(until)s
order by entry.position desc
"""
FOUND = f"{ASKED} limit %(limit)s"
# Its other conditions come first: what the ledger says of itself is long, and mostly left out.
THAT_SAY = f"""
with asked as materialized ({ASKED})
select * from asked where case when jsonb_typeof(text::jsonb) = 'object'
  then (text::jsonb - 'salt')::text ilike %(text)s end
order by position desc limit %(limit)s
"""  # noqa: S608 — our own words
# Entries are written in the order of the clock. It may be set back, but never by a day: so the
# index of times tells from which position to which all of a period lies.
BOUNDS = """
select
  (select position from ledger_entry where project_id = %(project)s
    and at < %(since)s - interval '1 day' order by at desc limit 1),
  (select position from ledger_entry where project_id = %(project)s
    and at > %(until)s + interval '1 day' order by at limit 1)
"""
AT = f"{COLUMNS} where entry.project_id = %s and entry.position = any(%s)"
IN_ORDER = f"""{COLUMNS}
where entry.project_id = %s and entry.position >= %s order by entry.position limit %s
"""
ERASERS = f"""{COLUMNS}
where entry.project_id = %(project)s and entry.kind = '{verifier.ERASED}'
  and entry.position > %(first)s and content.said -> 'positions' @> any(%(positions)s::jsonb[])
order by entry.position
"""
# Each step finds the next name by the index, however many entries there are of one.
PEOPLE = """
with recursive people(who) as (
  select min(said ->> 'who') from ledger_content where project_id = %(project)s
  union all
  select (select said ->> 'who' from ledger_content where project_id = %(project)s
    and said ->> 'who' > people.who order by said ->> 'who' limit 1)
  from people where people.who is not null
) select who from people where who <> '' limit %(limit)s
"""
MOST_PEOPLE = 100
MOST_FORGED = 10  # that are told at once
LOOKED_THROUGH = 100_000  # entries at a time, for a text
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class Filters:
    """What entries are looked for. What is empty does not filter."""

    group: str = ""  # of kinds.GROUPS or kinds.WIDER
    kind: str = ""  # exactly this one
    who: str = ""  # exactly
    text: str = ""  # somewhere in what it says, any case
    since: datetime | None = None
    until: datetime | None = None  # before this time
    itself: bool = False  # also entries by which the ledger speaks of itself


@dataclass(frozen=True)
class Found:
    """An entry with what it says, if that was not erased."""

    link: verifier.Entry
    text: str | None

    @cached_property
    def said(self) -> dict[str, Any]:
        """What it says; nothing where that was erased, or is no object: somebody changed it."""
        said = {} if self.text is None else json.loads(self.text)
        return said if isinstance(said, dict) else {}

    @property
    def at(self) -> datetime:
        """When it was written."""
        return parsed(self.link.at)

    @property
    def position(self) -> int:
        """Its place in the ledger, from 1."""
        return self.link.position


@dataclass(frozen=True)
class Looked:
    """What one look at a ledger found, the newest first."""

    found: list[Found]
    further: int | None  # there is or may be more before this position; None: that was all
    is_cut: bool = False  # it ended because it had looked through as many entries as one look does


def entries(project_id: int, filters: Filters, before: int | None, limit: int) -> Looked:
    """The newest entries of those that are looked for, before a position. A text is looked for in
    LOOKED_THROUGH entries, so that a look takes no longer the longer the ledger is."""
    asked = asked_for(project_id, filters, before, limit + 1)
    lowest = asked["first"]
    if filters.text:
        top = min(asked["before"] - 1, asked["last"], last_position(project_id))
        asked["first"] = max(lowest, top - LOOKED_THROUGH + 1)
    rows = list(found(THAT_SAY if filters.text else FOUND, asked))
    if len(rows) > limit:
        return Looked(rows[:limit], rows[limit - 1].position)
    is_cut = asked["first"] > max(lowest, 1)
    return Looked(rows, asked["first"] if is_cut else None, is_cut)


def asked_for(project_id: int, filters: Filters, before: int | None, limit: int) -> dict[str, Any]:
    """What is looked for, as Postgres is asked."""
    asked: dict[str, Any] = {
        "project": project_id,
        "before": LAST if before is None else before,
        "kinds": [filters.kind] if filters.kind else list(kinds_of(filters.group)),
        "without": list(every(GROUPS.values())) if filters.group == OTHER else [],
        "itself": filters.itself or bool(filters.kind or filters.group not in ("", OTHER)),
        "who": filters.who,
        "text": pattern(filters.text),
        "since": filters.since or EARLIEST,
        "until": filters.until or LATEST,
        "limit": limit,
    }
    asked["first"], asked["last"] = bounds(asked) if filters.since or filters.until else (0, LAST)
    return asked


def last_position(project_id: int) -> int:
    """Of the newest entry; 0 of an empty ledger."""
    return Entry.objects.filter(project_id=project_id).aggregate(n=Max("position"))["n"] or 0


def forged(project_id: int) -> list[int]:
    """Positions of entries that were found not to be as they were signed, the newest first: see
    ledger.write.doubted."""
    told = Entry.objects.filter(project_id=project_id, kind=DOUBTED).order_by("-position")
    return [position - 1 for position in told.values_list("position", flat=True)[:MOST_FORGED]]


def bounds(asked: dict[str, Any]) -> tuple[int, int]:
    """Between which positions all entries of a period lie."""
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS, asked)
        first, last = cursor.fetchall()[0]
    return first or 0, LAST if last is None else last


def pattern(text: str) -> str:
    """What Postgres looks for in JSON; "" for no text."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    for special in ("\\", "%", "_"):
        written = written.replace(special, f"\\{special}")
    return f"%{written}%" if text else ""


def entry(project_id: int, position: int) -> Found | None:
    """The entry at a position."""
    return next(found(AT, [project_id, [position]]), None)


def in_order(project_id: int, first: int, limit: int) -> list[Found]:
    """Entries from a position on, the oldest first."""
    return list(found(IN_ORDER, [project_id, first, limit]))


def found(sql: str, asked: Any) -> Iterator[Found]:
    """The entries of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        for row in cursor.fetchall():
            yield Found(link_of(*row[:9]), row[9])


def erasers(project_id: int, positions: Collection[int]) -> dict[int, Found]:
    """The entries that tell by whom and why content was erased, by the position of the content."""
    if not positions:
        return {}
    asked = {
        "project": project_id,
        "first": min(positions),
        "positions": [str(position) for position in positions],
    }
    told: dict[int, Found] = {}
    for each in found(ERASERS, asked):
        for position in set(positions).intersection(each.said["positions"]):
            told.setdefault(position, each)
    return told


def people(project_id: int) -> list[str]:
    """Who did what is told here, by name; the first hundred."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project_id, "limit": MOST_PEOPLE})
        return [who for (who,) in cursor.fetchall()]


def checkpoints(
    project_id: int, before: int | None = None, limit: int = 1
) -> list[verifier.Checkpoint]:
    """The newest checkpoints, of those before a position."""
    rows = Checkpoint.objects.filter(project_id=project_id)
    rows = rows if before is None else rows.filter(position__lt=before)
    return [stored_checkpoint(row) for row in rows.order_by("-position")[:limit]]


def checkpoints_after(project_id: int, position: int, limit: int) -> list[verifier.Checkpoint]:
    """The next checkpoints behind a position."""
    rows = Checkpoint.objects.filter(project_id=project_id, position__gt=position)
    return [stored_checkpoint(row) for row in rows.order_by("position")[:limit]]


def covering(project_id: int, position: int) -> verifier.Checkpoint | None:
    """The first checkpoint that tells of the entry at a position."""
    rows = Checkpoint.objects.filter(project_id=project_id, position__gte=position)
    row = rows.order_by("position").first()
    return stored_checkpoint(row) if row else None


def stamps(project_id: int, after: int, last: int) -> list[tuple[int, bytes]]:
    """The time stamps of checkpoints behind a position, up to another, each with its position."""
    rows = Anchored.objects.filter(
        project_id=project_id, position__gt=after, position__lte=last, done_at__isnull=False
    ).exclude(proof=b"")
    found = rows.order_by("position").values_list("position", "proof")
    return [(position, bytes(proof)) for position, proof in found]


def anchored(project_id: int, positions: Collection[int]) -> dict[int, list[Anchored]]:
    """Where else checkpoints are kept, or are to be, by the position of each."""
    told: dict[int, list[Anchored]] = {position: [] for position in positions}
    rows = Anchored.objects.filter(project_id=project_id, position__in=positions)
    for row in rows.order_by("position", "anchor"):
        told[row.position].append(row)
    return told
