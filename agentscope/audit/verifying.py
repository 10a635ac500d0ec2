"""Verifying a ledger as a job: from where it was verified before, or the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from django.db.models import QuerySet

from agentscope.audit.course import Course
from agentscope.audit.read import last_position
from agentscope.audit.result import Result, opened
from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED, ask

STEP = 0.5  # second; then how far it is is committed
WHOLE = "whole"  # the parameter that says that nothing is taken as verified


@dataclass(frozen=True)
class Verified:
    """A verification that ended, and what came of it."""

    job: Job
    result: Result


@dataclass(frozen=True)
class Standing:
    """What is known of whether a ledger is as it was written."""

    verified: Verified | None  # the newest that ended
    running: Job | None
    failed: Job | None  # a newer one that could not be ended
    forged: Job | None  # a newer one of which somebody else wrote what came of it


class Verifying:
    """Runs jobs of kind VERIFY. `done` and `total` count entries; `result` is a sealed Result."""

    def count(self, job: Job) -> int:
        """The entries that there are, but for those that were verified before."""
        course = begun(job)
        return max(last_position(job.project_id) - course.place, 0)

    def step(self, job: Job) -> bool:
        """Half a second of reading. See jobs.run.Runner."""
        before = last_result(job.project_id)
        course = Course.resumed(job.project_id, job.cursor) if job.cursor else begun(job)
        start, end = course.place, monotonic() + STEP
        while (going := course.go_on()) and monotonic() < end:
            pass
        job.done += course.place - start
        job.cursor = course.kept() if going else None
        if not going:
            job.result = course.end(before).sealed()
        return not going


def begun(job: Job) -> Course:
    """The beginning of a verification."""
    return Course.begin(
        job.project_id, None if job.parameters.get(WHOLE) else last_result(job.project_id)
    )


def verify(project_id: int, who: str, *, whole: bool) -> Job:
    """Ask for a verification, from where it was verified before or of the whole ledger. One that
    is under way is the answer. Raises jobs.write.TooManyJobs."""
    running = jobs_of(project_id).filter(state__in=UNFINISHED).first()
    return running or ask(project_id, Job.Kind.VERIFY, {WHOLE: whole}, who)


def standing(project_id: int) -> Standing:
    """How the ledger stands: what the newest verification found, and whether one is under way. One
    query: a verification that ends between two would be taken for one that somebody forged."""
    verified, newer = None, dict[str, Job]()
    for job in jobs_of(project_id).iterator():
        if verified := verified_by(job):
            break
        newer.setdefault("running" if job.state in UNFINISHED else job.state, job)
    return Standing(
        verified=verified,
        running=newer.get("running"),
        failed=newer.get(Job.State.FAILED),
        forged=newer.get(Job.State.DONE),
    )


def last_verified(project_id: int) -> Verified | None:
    """The newest verification whose result this server signed."""
    done = jobs_of(project_id).filter(state=Job.State.DONE).iterator()
    return next(filter(None, map(verified_by, done)), None)


def verified_by(job: Job) -> Verified | None:
    """What a job came to, if it ended, and this server signed that."""
    result = opened(job.result, job.project_id) if job.state == Job.State.DONE else None
    return Verified(job, result) if result else None


def last_result(project_id: int) -> Result | None:
    """What the newest verification found."""
    found = last_verified(project_id)
    return found.result if found else None


def jobs_of(project_id: int) -> QuerySet[Job]:
    """Verifications of a project, the newest first."""
    return Job.objects.filter(project_id=project_id, kind=Job.Kind.VERIFY).order_by(
        "-created_at", "-pk"
    )
