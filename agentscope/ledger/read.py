"""Read the ledger of a project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from agentscope.ledger import verifier
from agentscope.ledger.bundle import checkpoints_of
from agentscope.ledger.models import Anchored, Checkpoint, Entry

AT = "%Y-%m-%dT%H:%M:%S.%fZ"  # how a time is hashed
# Contents are looked up one by one: Postgres may join them with each other instead, a million times
# a million, as long as it does not know how many there are, as after a restore.
IN_ORDER = """
select entry.project_id, entry.position, entry.at, entry.kind, entry.content_digest,
  entry.previous, entry.key, entry.signature, entry.hash,
  (select text from ledger_content content
    where content.project_id = entry.project_id and content.position = entry.position)
from ledger_entry entry where project_id = %s and position >= %s order by position
"""
BEFORE = "before"  # the kind of what was changed before there was a ledger
NEWEST = """
select entry.position, entry.at, entry.kind, content.said
from ledger_entry entry left join ledger_content content using (project_id, position)
where entry.project_id = %(project)s and entry.position < %(before)s
  and entry.kind not like 'ledger.%%' and (%(kinds)s = '{}' or entry.kind = any(%(kinds)s))
  and (%(said)s = '{}' or content.said @> %(said)s::jsonb)
order by entry.position desc limit %(limit)s
"""
BEHIND = """
select entry.position, entry.at, entry.kind, content.said
from ledger_entry entry join ledger_content content using (project_id, position)
where entry.project_id = %s and entry.position > %s and entry.kind not like 'ledger.%%'
order by entry.position limit %s
"""
OF_KIND = """
select position, text from (
  select entry.position, (select text from ledger_content content
    where content.project_id = entry.project_id and content.position = entry.position) as text
  from ledger_entry entry where entry.project_id = %s and entry.kind = %s offset 0
) as told where text is not null order by position
"""
LAST = 2**63 - 1  # the highest position that there can be
AT_ONCE = 5_000  # rows that are fetched at a time


@dataclass(frozen=True)
class Told:
    """An entry as people read it."""

    position: int
    at: datetime
    kind: str
    said: dict[str, Any] | None  # None: it was erased


class Saying(NamedTuple):
    """What an entry says."""

    position: int
    said: dict[str, Any]


class StoredLedger:
    """The ledger of a project as the database has it."""

    def __init__(self, project_id: int, first: int = 1, kept: Sequence[Path] = ()) -> None:
        """`kept` are files of checkpoints that were kept elsewhere."""
        self.project_id, self.first, self.kept = project_id, first, kept

    def entries(self) -> Iterator[tuple[verifier.Entry, str | None]]:
        """All from the first position on, in their order."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(IN_ORDER, [self.project_id, self.first])
            while rows := cursor.fetchmany(AT_ONCE):
                for row in rows:
                    yield link_of(*row[:9]), row[9]

    def entry(self, position: int) -> verifier.Entry:
        """The one at a position. Raises Entry.DoesNotExist."""
        return stored_link(Entry.objects.get(project_id=self.project_id, position=position))

    def checkpoints(self) -> Iterator[verifier.Checkpoint]:
        """Those of this ledger that were kept elsewhere, and all from the first on: of two of the
        same position time stamps are of the latter."""
        yield from checkpoints_of(self.kept, self.project_id)
        found = Checkpoint.objects.filter(project_id=self.project_id, position__gte=self.first)
        for row in found.order_by("position"):
            yield stored_checkpoint(row)

    def stamps(self) -> Iterator[tuple[int, bytes]]:
        """The time stamps of checkpoints."""
        found = Anchored.objects.filter(
            project_id=self.project_id, position__gte=self.first, done_at__isnull=False
        )
        rows = found.exclude(proof=b"").order_by("position").values_list("position", "proof")
        for position, proof in rows:
            yield position, bytes(proof)


def newest(
    project_id: int,
    limit: int,
    before: int | None = None,
    kinds: Sequence[str] = (),
    said: dict[str, Any] | None = None,
) -> list[Told]:
    """The newest entries, before a position, of these kinds, that say this among other things.
    Those by which the ledger speaks of itself are left out."""
    asked: dict[str, int | str | list[str]] = {
        "project": project_id,
        "limit": limit,
        "before": LAST if before is None else before,
        "kinds": list(kinds),
        "said": json.dumps(said or {}),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, asked)
        return [
            Told(position, at, kind, text and json.loads(text))
            for position, at, kind, text in cursor.fetchall()
        ]


def behind(project_id: int, position: int, limit: int) -> list[Told]:
    """The next entries behind a position that say something, but of what the ledger says of
    itself."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [project_id, position, limit])
        return [
            Told(position, at, kind, json.loads(text))
            for position, at, kind, text in cursor.fetchall()
        ]


def each_of(project_id: int, kind: str) -> Iterator[Saying]:
    """All entries of a kind that still say something, in their order."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(OF_KIND, [project_id, kind])
        while rows := cursor.fetchmany(AT_ONCE // 100):
            for position, text in rows:
                yield Saying(position, json.loads(text))


def first_since(project_id: int, since: datetime | None) -> int:
    """The position of the first entry since a time, or of the last entry if all are older."""
    found = Entry.objects.filter(project_id=project_id).order_by("position")
    if since is None:
        return 1
    newer = found.filter(at__gte=since).values_list("position", flat=True).first()
    return newer or found.values_list("position", flat=True).last() or 1


def last_entry(project_id: int) -> verifier.Entry | None:
    """The newest entry, if there is any."""
    row = Entry.objects.filter(project_id=project_id).order_by("-position").first()
    return stored_link(row) if row else None


def stored_link(row: Entry) -> verifier.Entry:
    """The link that a row holds."""
    return link_of(
        row.project_id,
        row.position,
        row.at,
        row.kind,
        row.content_digest,
        row.previous,
        row.key,
        row.signature,
        row.hash,
    )


def link_of(
    project: int, position: int, at: datetime, kind: str, *digests: bytes | memoryview
) -> verifier.Entry:
    """The link of a row's columns."""
    return verifier.Entry(
        project, position, moment(at), kind, *(bytes(each).hex() for each in digests)
    )


def stored_checkpoint(row: Checkpoint) -> verifier.Checkpoint:
    """The checkpoint that a row holds."""
    return verifier.Checkpoint(
        row.project_id,
        row.position,
        bytes(row.hash).hex(),
        moment(row.at),
        bytes(row.key).hex(),
        bytes(row.signature).hex(),
    )


def anchored(project_id: int, limit: int) -> list[Anchored]:
    """How it stands with putting the newest checkpoints elsewhere."""
    found = Anchored.objects.filter(project_id=project_id)
    return list(found.order_by("-position", "anchor")[:limit])


def entry_row(entry: verifier.Entry) -> Entry:
    """The row that holds a link."""
    return Entry(
        project_id=entry.project,
        position=entry.position,
        at=parsed(entry.at),
        kind=entry.kind,
        content_digest=bytes.fromhex(entry.content),
        previous=bytes.fromhex(entry.previous),
        key=bytes.fromhex(entry.key),
        signature=bytes.fromhex(entry.signature),
        hash=bytes.fromhex(entry.hash),
    )


def checkpoint_row(said: verifier.Checkpoint) -> Checkpoint:
    """The row that holds a checkpoint."""
    return Checkpoint(
        project_id=said.project,
        position=said.position,
        hash=bytes.fromhex(said.hash),
        at=parsed(said.at),
        key=bytes.fromhex(said.key),
        signature=bytes.fromhex(said.signature),
    )


def moment(at: datetime) -> str:
    """A time as it is hashed: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime(AT)


def parsed(at: str) -> datetime:
    """The time that `moment` wrote."""
    return datetime.strptime(at, AT).replace(tzinfo=UTC)
