"""Packs go when their time is over, and when something that they may hold is erased or redacted."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.jobs.run import Runner
from agentscope.packs.models import StoredPack, StoredPart
from agentscope.projects.changes import note_change

PACKS = "evidence packs"


class ThenForgetPacks:
    """Runs jobs that take something away: first as another runner does, then all packs of the
    project go, which may hold it. In a step of its own: a pack that is being made waits for the
    ledger, and the other runner may have it."""

    def __init__(self, first: Runner) -> None:
        self.first = first

    def count(self, job: Job) -> int:
        """As the other says."""
        return self.first.count(job)

    def step(self, job: Job) -> bool:
        """See jobs.run.Runner."""
        if job.cursor and job.cursor[0] == PACKS:
            forget_all(job.project_id, job.asked_by, f"somebody had to {job.get_kind_display()}")
            return True
        is_done = self.first.step(job)
        if not is_done or job.is_preview:
            return is_done
        job.cursor = [PACKS, None]
        return False


def forget_expired_packs() -> None:
    """Let go of packs whose time is over, and of what was written of those that failed."""
    StoredPack.objects.filter(expires_at__lte=timezone.now()).delete()
    failed = Job.objects.filter(kind=Job.Kind.PACK, state=Job.State.FAILED).values("pk")
    StoredPart.objects.filter(pack__made_at=None, pack__job__in=failed).delete()


@transaction.atomic
def forget_all(project_id: int, who: str, why: str) -> None:
    """Let go of all packs of a project, as something that they hold is to be nowhere."""
    found = StoredPack.objects.filter(project_id=project_id)
    numbers = list(found.values_list("pk", flat=True))
    if numbers:
        found.filter(pk__in=numbers).delete()
        what = f"All evidence packs were removed: {why}."
        note_change("export", project_id, who, what, {"packs": numbers})
