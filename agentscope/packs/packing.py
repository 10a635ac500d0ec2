"""Making a pack as a job: the spans of some traces a step, then the rest at once, so that what it
says of itself is of one time."""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.packs import content
from agentscope.packs.ask import KEPT, check_entries, check_room
from agentscope.packs.asked import Asked
from agentscope.packs.box import Box
from agentscope.packs.content import Pack
from agentscope.packs.models import StoredPack
from agentscope.packs.stored import StoredZip, measured
from agentscope.projects.models import Project

STEP = 0.5  # second; then how far it is is committed
MOST_BYTES = 256 * 2**20  # of spans, as they are stored: compressed, as they are in the pack
STORED = """
select trace_id, sum(octet_length(body)) from span_payload
where project_id = %s and trace_id = any(%s) group by trace_id
"""


class Gone(Exception):
    """Somebody removed the pack before it was whole. The text says so."""


class Packing:
    """Runs jobs of kind PACK. Parameters: the key of the StoredPack. `done` and `total` count
    traces whose spans are written. The cursor says which there are, and where the ZIP file is."""

    def count(self, job: Job) -> int:
        """The traces."""
        return min(asked_of(needed(job)).traces().count(), content.MOST["traces"])

    def step(self, job: Job) -> bool:
        """Half a second of writing. See jobs.run.Runner. Raises BadPack, NoRoom and Gone: then the
        job fails."""
        check_room()
        pack = needed(job)
        if job.cursor is None:
            self.begin(job, asked_of(pack))
        elif job.done < len(job.cursor["traces"]):
            self.write_spans(job, pack)
        elif "first" not in job.cursor:
            # A step of its own: the ledger is not kept from others for longer than that takes.
            job.cursor["first"] = content.told(asked := asked_of(pack))
            check_entries(asked)  # the ledger may have grown since somebody asked
        else:
            finish(job, pack)
            return True
        return False

    def begin(self, job: Job, asked: Asked) -> None:
        """Say which traces have their spans in it."""
        found = content.included(asked)
        small = fitting(asked.project.pk, found)
        job.total = len(small)
        left = [left_sentence(len(found) - len(small), len(found))] if small != found else []
        job.cursor = {"traces": [each.hex for each in small], "left": left, "digests": {}}

    def write_spans(self, job: Job, pack: StoredPack) -> None:
        """Write those of the next traces."""
        place, end, kept = place_of(job, pack), monotonic() + STEP, place_in(job)
        into = Box(place, kept["digests"])
        for trace in kept["traces"][job.done :]:
            into.add_all(content.spans(job.project_id, UUID(hex=trace)))
            job.done += 1
            if monotonic() > end:
                break
        job.cursor = kept | {"zip": place.pause(), "digests": into.digests}


def finish(job: Job, row: StoredPack) -> None:
    """Write all else, and tell the ledger."""
    place, kept, now = place_of(job, row), place_in(job), timezone.now()
    into = Box(place, kept["digests"])
    pack = Pack(asked_of(row), row.asked_by, now, kept["first"], list(kept["left"]))
    into.add_all(content.others(pack))
    row.manifest = into.seal(content.manifest(pack, into))
    place.end()
    row.size, row.digest = measured(row.pk)
    row.counts, row.left_out = pack.counts, pack.left_out
    row.made_at, row.expires_at = now, now + KEPT
    row.save()
    job.cursor = None
    content.tell(pack, row.manifest)


def needed(job: Job) -> StoredPack:
    """What a job is for, so that nobody removes it meanwhile. Raises Gone."""
    asked = {"pk": job.parameters["pack"], "project_id": job.project_id}
    found = StoredPack.objects.select_for_update().filter(**asked).first()
    if found is None:
        raise Gone("The pack was removed before it was whole.")
    return found


def asked_of(pack: StoredPack) -> Asked:
    """What a pack is of."""
    return Asked.of(Project.objects.get(pk=pack.project_id), pack.asked)


def place_of(job: Job, pack: StoredPack) -> StoredZip:
    """Where its ZIP file stands."""
    return StoredZip(pack.pk, **place_in(job).get("zip", {}))


def place_in(job: Job) -> dict[str, Any]:
    """What the cursor of a job that has begun says."""
    return dict(job.cursor or {})


def fitting(project_id: int, traces: list[UUID]) -> list[UUID]:
    """The first traces whose spans fit into a pack; one that is too large leaves room to others."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [project_id, traces])
        sizes = dict(cursor.fetchall())
    found, room = [], MOST_BYTES
    for trace in traces:
        if (size := sizes.get(trace, 0)) <= room:
            found.append(trace)
            room -= size
    return found


def left_sentence(left: int, of: int) -> str:
    """What is said of traces whose spans do not fit."""
    which = "the trace are" if of == 1 else f"{left:,} of {of:,} traces are"
    return (
        f"The spans of {which} left out: they take more than {MOST_BYTES // 2**20} MB. `manage.py"
        " audit pack` takes any number."
    )
