"""Erasures as pages and the API show them. Never one of another project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentscope.erasure.models import Erasure
from agentscope.erasure.sentences import counts_in_words, looked_through_words
from agentscope.jobs.models import Job
from agentscope.jobs.read import progress
from agentscope.jobs.write import UNFINISHED
from agentscope.redaction.left import left_words

NEWEST = 50


@dataclass(frozen=True)
class Standing:
    """An erasure with how far it is: `counting`, `counted`, `erasing`, `done`, or `over`, where
    nobody went on with it; `failed` and `stopped` are those of the job it is at."""

    erasure: Erasure
    state: str
    job: Job | None  # the one that counts, or, once it was confirmed, the one that erases

    @property
    def counts(self) -> dict[str, Any]:
        """What went, or will go: see sentences.NAMES."""
        return self.job.result if self.job else {}

    @property
    def words(self) -> list[str]:
        """The same in words."""
        return counts_in_words(self.counts)

    @property
    def looked_through(self) -> str:
        """What was looked through, told apart from what went or will go."""
        return looked_through_words(self.counts, is_done=bool(self.erasure.confirmed_by))

    @property
    def left(self) -> str:
        """What keeps the name, as it is on legal hold."""
        return left_words(self.counts)

    @property
    def mentioned(self) -> int:
        """How often the identifier stands in what others sent."""
        return sum(self.counts.get("values", {}).values())

    @property
    def percent(self) -> int | None:
        """How far the job is."""
        return progress(self.job) if self.job else None

    @property
    def is_live(self) -> bool:
        """Whether its job goes on."""
        return bool(self.job and self.job.state in UNFINISHED)

    @property
    def may_confirm(self) -> bool:
        """Whether a person may say that it shall be erased: it was counted."""
        is_counted = self.state == "counted" or bool(self.erasure.erasing)
        return self.may_withdraw and is_counted

    @property
    def may_withdraw(self) -> bool:
        """Whether a person may say that it shall not be erased, or not any further."""
        return bool(self.erasure.said) and self.state in ("counted", "failed", "stopped")


def erasures(project_id: int, offset: int = 0, limit: int = NEWEST) -> list[Standing]:
    """What was asked for, the newest first."""
    rows = Erasure.objects.filter(project_id=project_id).order_by("-asked_at", "-pk")
    found = list(rows[offset : offset + limit])
    jobs = {job.pk: job for job in Job.objects.filter(pk__in=map(job_of, found))}
    return [standing(each, jobs.get(job_of(each))) for each in found]


def erasure(project_id: int, pk: int) -> Standing | None:
    """One of a project."""
    found = Erasure.objects.filter(project_id=project_id, pk=pk).first()
    return standing(found, Job.objects.filter(pk=job_of(found)).first()) if found else None


def job_of(found: Erasure) -> int:
    """The key of the job that it is at."""
    return found.erasing or found.counting


def standing(found: Erasure, job: Job | None) -> Standing:
    """How far one is."""
    state = str(job.state) if job else Job.State.FAILED
    if job and state in UNFINISHED:
        return Standing(found, "erasing" if found.erasing else "counting", job)
    if job and state == Job.State.DONE:
        counted = "counted" if found.said else "over"
        return Standing(found, "done" if found.erasing else counted, job)
    return Standing(found, state if found.said else "over", job)
