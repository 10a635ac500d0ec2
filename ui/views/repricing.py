"""Pricing history again: what to price, what would change, and doing it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from agentscope.jobs.models import Job
from agentscope.jobs.read import job_of, progress
from agentscope.jobs.write import UNFINISHED, TooManyJobs, ask
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, wants, who
from ui.price_forms import HistoryForm
from ui.views.jobs import stop_and_note
from ui.views.settings import no_room

NO_CONTENT = 204
MOST_NAMES = 100  # models that one job may be limited to


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def reprice(request: PageRequest) -> HttpResponse:
    """Ask for a preview."""
    models = sent_models(request)
    said = request.POST if request.method == "POST" else None
    form = HistoryForm(said)
    if said is not None and form.is_valid():
        parameters = {name: midnight(form.cleaned_data[name]) for name in ("since", "until")}
        chosen = [] if said.get("all") else models
        return start(request, parameters | {"models": chosen}, is_preview=True)
    context = {
        "page": "prices",
        "form": form,
        "models": models,
        "changed": bool(request.GET.get("changed")),
    }
    return render(request, "prices/reprice.html", context)


def sent_models(request: PageRequest) -> list[str]:
    """The names that history is to be limited to, as they were sent."""
    names = [name.replace("\0", "") for name in request.GET.getlist("model")]
    return list(dict.fromkeys(filter(None, names)))[:MOST_NAMES]


def midnight(day: date | None) -> str | None:
    """The beginning of a day, UTC."""
    return f"{day.isoformat()}T00:00:00+00:00" if day else None


def start(request: PageRequest, parameters: dict[str, Any], *, is_preview: bool) -> HttpResponse:
    """Ask for a job, and go to its page."""
    try:
        job = ask(request.project.pk, Job.Kind.REPRICE, parameters, who(request), is_preview)
    except TooManyJobs:
        return no_room(request)
    return redirect("repricing", request.project.name, job.pk)


@form_page(needs=Right.MANAGE)
def repricing(request: PageRequest, pk: int) -> HttpResponse:
    """A job: how far it is, then what it comes to. Posting applies or stops it."""
    job = job_of(request.project.pk, pk)
    if job is None or job.kind != Job.Kind.REPRICE:
        raise Http404("no such job")
    if request.method == "POST":
        return acted(request, job)
    seen = f"{job.state}-{job.done}"
    if wants(request, "job") and seen == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    template = "prices/_job_live.html" if wants(request, "job") else "prices/job.html"
    return render(request, template, {"page": "prices", "job": job, "seen": seen} | shown(job))


def acted(request: PageRequest, job: Job) -> HttpResponse:
    """Do what was previewed, or stop."""
    if "stop" in request.POST:
        stop_and_note(request, job)
    elif job.is_preview and job.state == Job.State.DONE:
        return start(request, job.parameters, is_preview=False)
    return redirect("repricing", request.project.name, job.pk)


def shown(job: Job) -> dict[str, Any]:
    """A job in words."""
    parameters, result = job.parameters, job.result
    again = urlencode({"model": parameters.get("models") or []}, doseq=True)
    return {
        "is_live": job.state in UNFINISHED,
        "percent": progress(job),
        "models": parameters.get("models") or [],
        "since": (parameters.get("since") or "")[:10],
        "until": (parameters.get("until") or "")[:10],
        "total": line("All models", result) if result else None,
        "lines": lines(result),
        "traces": result.get("traces", 0),
        "again": again,
    }


def lines(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The difference by model, the largest first; models of which nothing changes come last."""
    found = [line(model or "(no model)", each) for model, each in result.get("models", {}).items()]
    return sorted(found, key=lambda each: (-abs(each["difference"]), -each["calls"], each["model"]))


def line(model: str, said: dict[str, Any]) -> dict[str, Any]:
    """The difference in one model."""
    money = {name: Decimal(said[name]) for name in ("old", "new", "difference")}
    return {"model": model, **said, **money}
