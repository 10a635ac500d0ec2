"""Jobs of a project with how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.erasure.sentences import counts_in_words
from agentscope.jobs.models import Job
from agentscope.jobs.read import NEWEST, job_of, newest_jobs, progress
from agentscope.jobs.write import UNFINISHED, stop
from agentscope.projects.changes import note_change
from agentscope.projects.roles import Right
from agentscope.redaction.left import left_clause
from ui import amounts
from ui.access import PageRequest, form_page, page, wants, who
from ui.settings_forms import AgainForm

NO_CONTENT = 204
COUNTED: dict[str, str] = {
    Job.Kind.REPRICE: "trace",
    Job.Kind.VERIFY: "entry",
    Job.Kind.PACK: "trace",
}  # what is not counted in spans
STAGED = (Job.Kind.REDACT, Job.Kind.ERASE)


@dataclass(slots=True, frozen=True)
class JobLine:
    """A job in words."""

    job: Job
    what: str
    percent: int | None
    far: str  # how far it is, or what it did
    is_live: bool


@page
def jobs(request: PageRequest) -> HttpResponse:
    """What was asked for last, running or finished."""
    found = newest_jobs(request.project.pk, NEWEST + 1)
    seen = mark(found)
    if wants(request, "jobs") and request.GET.get("seen") == seen:
        return HttpResponse(status=NO_CONTENT)
    lines = [line_of(job) for job in found[:NEWEST]]
    context = {
        "page": "settings",
        "tab": "jobs",
        "lines": lines,
        "seen": seen,
        "is_live": any(line.is_live for line in lines),
        "newest": NEWEST if len(found) > NEWEST else 0,
        "again": AgainForm(),
    }
    template = "settings/_jobs.html" if wants(request, "jobs") else "settings/jobs.html"
    return render(request, template, context)


def mark(found: list[Job]) -> str:
    """Changes whenever the list would."""
    return ",".join(
        f"{job.pk}-{job.state}-{job.done}-{job.total}-{job.result.get('read_logs', 0)}{stage(job)}"
        for job in found
    )


def line_of(job: Job) -> JobLine:
    """A job in words."""
    what = Job.Kind(job.kind).label.capitalize() if job.kind in Job.Kind.values else job.kind
    if job.is_preview:
        what += ", preview"
    if since := job.parameters.get("since"):
        what += f", since {since[:10]}"
    # Nobody counted the log records before.
    percent = None if job.result.get("read_logs") else progress(job)
    return JobLine(job, what, percent, far(job), job.state in UNFINISHED)


def far(job: Job) -> str:
    """How far a job is, and what it changed."""
    noun = COUNTED.get(job.kind, "span")
    done = amounts.count(job.done, noun)
    if job.state in UNFINISHED and job.total is not None:
        done = f"{job.done:,} of {amounts.count(job.total, noun)}"
    if job.kind == Job.Kind.ERASE:
        return erased(job)
    if job.kind == Job.Kind.REDACT:
        return redacted(job, done)
    return reread(job, done) if job.kind == Job.Kind.UNDERSTAND else done


def reread(job: Job, spans: str) -> str:
    """What was understood again, and what changed by it."""
    return gone_over(job, spans) if "changed_spans" in job.result else spans


def gone_over(job: Job, spans: str) -> str:
    """How much of spans and log records was read, and how many of them changed."""
    said = f"{spans} read, {job.result.get('changed_spans', 0):,} changed"
    if logs := job.result.get("read_logs"):
        records = amounts.count(logs, "log record")
        said += f"; {records} read, {job.result['changed_logs']:,} changed"
    return said


def erased(job: Job) -> str:
    """What was counted, or went, and at what the job is."""
    said = (", ".join(counts_in_words(job.result)) or "nothing yet") + left_clause(job.result)
    return f"{said}; at {job.cursor[0]}" if job.cursor and job.state in UNFINISHED else said


def stage(job: Job) -> str:
    """At what a job is that has several stages."""
    return f"-{job.cursor[0]}" if job.kind in STAGED and job.cursor else ""


def redacted(job: Job, spans: str) -> str:
    """What was looked through, what is replaced in it by which rule, and at what the job is."""
    said = gone_over(job, spans)
    values = job.result.get("values", {})
    said += f"; {amounts.count(sum(values.values()), 'value')}"
    if values:
        said += f" ({', '.join(f'{code} {number:,}' for code, number in sorted(values.items()))})"
    if unreadable := job.result.get("unreadable"):
        said += f"; {amounts.count(unreadable, 'request')} could not be looked through"
    said += left_clause(job.result)
    return f"{said}; at {job.cursor[0]}" if job.cursor and job.state in UNFINISHED else said


@require_POST
@form_page(needs=Right.MANAGE)
def stop_job(request: PageRequest, pk: int) -> HttpResponse:
    """Stop a job of this project after its step. What is done stays done."""
    job = job_of(request.project.pk, pk)
    if job is None:
        raise Http404("no such job")
    stop_and_note(request, job)
    return redirect("jobs", request.project.name)


@transaction.atomic
def stop_and_note(request: PageRequest, job: Job) -> None:
    """Stop a job, and note who did; nothing if it has ended meanwhile."""
    if stop(job):
        what = f"Stopped the job: {job.get_kind_display()}"
        done = {"job": job.pk, "done": job.done, "before": job.state, "after": Job.State.STOPPED}
        note_change("job", request.project.pk, who(request), what, done)


@page(needs=Right.AUDIT)
def changes(request: PageRequest) -> HttpResponse:
    """Who changed what: in the ledger, whose page shows it."""
    return redirect(f"{reverse('ledger', args=[request.project.name])}?group=changes")
