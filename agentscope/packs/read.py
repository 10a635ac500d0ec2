"""Packs as pages and the API show them. Never one of another project."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.jobs.read import progress
from agentscope.jobs.write import UNFINISHED
from agentscope.packs.models import StoredPack

NEWEST = 50


@dataclass(frozen=True)
class Standing:
    """A pack with how far it is."""

    pack: StoredPack
    job: Job | None

    @property
    def state(self) -> str:
        """`waiting`, `running`, `done`, `failed` or `stopped`."""
        if self.pack.made_at:
            return str(Job.State.DONE)
        return str(self.job.state) if self.job else str(Job.State.FAILED)

    @property
    def is_live(self) -> bool:
        """Whether it is being made."""
        return self.state in UNFINISHED

    @property
    def percent(self) -> int | None:
        """How far it is; None while nobody knows."""
        if self.pack.made_at:
            return 100
        return progress(self.job) if self.job else None

    @property
    def message(self) -> str:
        """Why it failed."""
        return self.job.message if self.job and self.state == Job.State.FAILED else ""


def packs(project_id: int, offset: int = 0, limit: int = NEWEST) -> list[Standing]:
    """Those that were asked for, the newest first."""
    found = kept(project_id).order_by("-asked_at", "-pk")
    rows = list(found[offset : offset + limit])
    jobs = Job.objects.in_bulk([each.job for each in rows])
    return [Standing(each, jobs.get(each.job)) for each in rows]


def pack(project_id: int, pk: int) -> Standing | None:
    """One of a project."""
    found = kept(project_id).filter(pk=pk).first()
    return Standing(found, Job.objects.filter(pk=found.job).first()) if found else None


def was_there(project_id: int, pk: int) -> bool:
    """Whether a project had such a pack, as long as its job is remembered."""
    of_packs = Job.objects.filter(project_id=project_id, kind=Job.Kind.PACK)
    return of_packs.filter(parameters__pack=pk).exists()


def kept(project_id: int) -> QuerySet[StoredPack]:
    """The packs of a project whose time is not over, also where nobody has removed others yet."""
    return StoredPack.objects.filter(project_id=project_id, expires_at__gt=timezone.now())


def file_name(pack: StoredPack) -> str:
    """What its file is called: no name of anything that senders chose."""
    return f"evidence-{pack.pk}.zip"
