"""Asking for a pack, taking it, and letting it go. The ledger is told of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED, ask, stop
from agentscope.ledger.read import first_since, last_entry
from agentscope.packs.asked import Asked, BadPack
from agentscope.packs.models import StoredPack
from agentscope.packs.read import kept
from agentscope.packs.stored import data_of
from agentscope.projects.changes import note_change
from agentscope.projects.roles import HELD, NotAllowed, Right, Role
from agentscope.retention.disk import ROOM

KEPT = timedelta(days=7)  # a pack; it can be made again
MOST_PACKS = 20  # of a project, at a time
MOST_ENTRIES = 200_000  # of the ledger in a pack


class NotWhole(Exception):
    """A pack cannot be taken yet. The text says why."""


class NoRoom(Exception):
    """The disk is nearly full: nothing that can be made later is written now. The text says so."""


@transaction.atomic
def ask_pack(asked: Asked, who: str) -> StoredPack:
    """Let a pack be made. Raises BadPack, NoRoom and jobs.write.TooManyJobs."""
    project = asked.project.pk
    check_room()
    check_entries(asked)
    if kept(project).count() >= MOST_PACKS:
        raise BadPack(f"There are {MOST_PACKS} packs already: remove some first.")
    said = {"project_id": project, "asked": asked.said, "words": asked.words, "asked_by": who}
    made = StoredPack.objects.create(**said, job=0, expires_at=timezone.now() + KEPT)
    made.job = ask(project, Job.Kind.PACK, {"pack": made.pk}, who).pk
    made.save(update_fields=["job"])
    return made


def check_room() -> None:
    """Raises NoRoom while the disk is nearly full."""
    if full := ROOM.full():
        raise NoRoom(full)


def check_entries(asked: Asked) -> None:
    """Raises BadPack if there is nothing of the kind, or more of the ledger than a pack holds."""
    project = asked.project.pk
    first, last = first_since(project, asked.begin()), last_entry(project)
    count = last.position - first + 1 if last else 0
    if count > MOST_ENTRIES:
        raise BadPack(
            f"The ledger has {count:,} entries since then, and a pack holds {MOST_ENTRIES:,} at"
            " most: name a later time, or make it by `manage.py audit pack`."
        )


@transaction.atomic
def take(pack: StoredPack, who: str) -> Iterator[bytes]:
    """The ZIP file, piece by piece. Raises NotWhole."""
    if pack.made_at is None:
        raise NotWhole("The pack is not made yet.")
    details = {"pack": pack.pk, "manifest": pack.manifest, "sha256": pack.digest}
    what = f"Downloaded the evidence pack of {pack.words}."
    note_change("export", pack.project_id, who, what, details)
    return data_of(pack.pk)


def may_remove(pack: StoredPack, who: str, role: Role) -> bool:
    """Whether somebody may let go of a pack: auditors change nothing of others."""
    return Right.MANAGE in HELD[role] or pack.asked_by == who


@transaction.atomic
def remove(pack: StoredPack, who: str, role: Role) -> None:
    """Let go of a pack, also of one that is being made. Raises NotAllowed."""
    if not may_remove(pack, who, role):
        raise NotAllowed("Who asked for a pack removes it, or who manages the project.")
    for job in Job.objects.filter(pk=pack.job, state__in=UNFINISHED):
        stop(job)
    pk, words = pack.pk, pack.words
    pack.delete()
    note_change(
        "export", pack.project_id, who, f"Removed the evidence pack of {words}.", {"pack": pk}
    )
