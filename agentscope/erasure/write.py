"""Asking for an erasure: a job counts; once a person confirms, another one erases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from agentscope.erasure.models import Erasure
from agentscope.erasure.person import LONGEST, Person
from agentscope.erasure.run import forget_identifier, is_idle, person_of
from agentscope.erasure.sentences import held_words
from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED, ask, stop
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project

LONGEST_REASON = 1000  # characters
STALE = timedelta(days=7)  # then the identifier of what was not erased is forgotten


class BadErasure(ValueError):
    """Errors by the name of the input that is to blame: `said`, `reason`, or "" for all of it."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


class CannotErase(ValueError):
    """It cannot be confirmed now. The text says why."""


@transaction.atomic
def ask_erasure(
    project: Project, of: str, said: str, reason: str, who: str, *, mentions: bool = True
) -> Erasure:
    """Ask what an erasure would remove. `said` is the user or session as spans name it. Nothing is
    removed before `confirm`. Raises BadErasure, jobs.write.TooManyJobs."""
    check(of, said, reason)
    person = Person(project.pk, of, said)
    refuse_held(person)
    erasure = Erasure.objects.create(
        project_id=project.pk,
        of=of,
        said=said,
        digest=person.digest,
        mentions=mentions,
        # It stands in the ledger, where the identifier must not.
        reason=person.redactor().text(reason.strip(), Counter()),
        asked_by=who,
        counting=0,
    )
    job = ask(project.pk, Job.Kind.ERASE, {"erasure": erasure.pk}, who, is_preview=True)
    erasure.counting = job.pk
    erasure.save(update_fields=["counting"])
    return erasure


def check(of: str, said: str, reason: str) -> None:
    """Raises BadErasure."""
    errors = {}
    if of not in Erasure.Of.values:
        errors["of"] = f"One of {', '.join(Erasure.Of.values)}."
    if not said.strip():
        errors["said"] = "Name the user or the session as their spans do."
    elif len(said) > LONGEST:
        errors["said"] = f"{LONGEST} characters at most."
    if not reason.strip():
        errors["reason"] = "Say why: the reason stands in the ledger."
    elif len(reason) > LONGEST_REASON:
        errors["reason"] = f"{LONGEST_REASON:,} characters at most."
    if errors:
        raise BadErasure(**errors)


def refuse_held(person: Person) -> None:
    """Raises BadErasure if any of the traces is held."""
    if held := person.held():
        raise BadErasure(said=held_words(held))


@transaction.atomic
def confirm(erasure: Erasure, who: str) -> Erasure:
    """Erase what was counted, and what came since. It cannot be undone. Raises CannotErase,
    jobs.write.TooManyJobs."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    counted = Job.objects.filter(pk=erasure.counting).first()
    if not erasure.said or is_going(erasure):
        raise CannotErase("It was confirmed already, or is over: ask anew.")
    if counted is None or counted.state != Job.State.DONE:
        raise CannotErase(why_not_counted(counted))
    try:
        refuse_held(person_of(erasure))
    except BadErasure as error:
        raise CannotErase(error.errors["said"]) from error
    job = ask(erasure.project_id, Job.Kind.ERASE, {"erasure": erasure.pk}, who)
    erasure.erasing, erasure.confirmed_by, erasure.confirmed_at = job.pk, who, timezone.now()
    erasure.save(update_fields=["erasing", "confirmed_by", "confirmed_at"])
    told = {"erasure": erasure.pk, "of": erasure.of, "identifier_digest": erasure.digest}
    told |= {"asked_by": erasure.asked_by, "why": erasure.reason, "counts": counted.result}
    what = f"Asked for a {erasure.of} to be erased: {erasure.reason}"
    note_change("erasure", erasure.project_id, who, what, told)
    return erasure


def why_not_counted(job: Job | None) -> str:
    """Why it is not known what will go."""
    if job and job.state in UNFINISHED:
        return "It is still being counted: wait until it is known what will go."
    return "It was not counted to the end: ask anew."


def is_going(erasure: Erasure) -> bool:
    """Whether a job erases, or has; one that failed or was stopped may be asked for again."""
    again = (Job.State.FAILED, Job.State.STOPPED)
    return Job.objects.filter(pk=erasure.erasing or 0).exclude(state__in=again).exists()


@transaction.atomic
def forget_stale() -> None:
    """Forget the identifiers of erasures that nobody went on with, nor is about to."""
    stale = Erasure.objects.filter(asked_at__lt=timezone.now() - STALE).exclude(said="")
    for erasure in stale.select_for_update(skip_locked=True).order_by("pk"):
        if is_idle(erasure):
            forget_identifier(erasure)


@transaction.atomic
def withdraw(erasure: Erasure) -> None:
    """Let go of an erasure that nobody confirmed, or that did not end: the identifier is forgotten.
    Raises CannotErase."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if is_going(erasure):
        raise CannotErase("It was confirmed already: stop its job instead.")
    for job in Job.objects.filter(pk=erasure.counting, state__in=UNFINISHED):
        stop(job)
    forget_identifier(erasure)
