"""The ledger: its entries, and whether they are as they were written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agentscope.audit.alone import fault_of
from agentscope.audit.read import (
    checkpoints,
    covering,
    entries,
    entry,
    erasers,
    last_position,
    people,
)
from agentscope.audit.result import known_keys
from agentscope.audit.verifying import WHOLE, standing, verify
from agentscope.costs.bounded import TookTooLong, bounded
from agentscope.jobs.read import progress
from agentscope.jobs.write import TooManyJobs
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, page, wants, who
from ui.address import address_of
from ui.audit_form import LedgerForm
from ui.audit_words import Changed, differences, line, others
from ui.views.mappings import is_number
from ui.views.settings import no_room

PAGE = 50  # entries
NO_CONTENT, UNAVAILABLE = 204, 503


@page(needs=Right.AUDIT)
def ledger(request: PageRequest) -> HttpResponse:
    """What was done, the newest first, by the filters of the address. While the ledger is being
    verified, htmx asks for what is known of that."""
    if wants(request, "verified"):
        return verified_part(request)
    form = LedgerForm(request.GET, people(request.project.pk))
    context: dict[str, Any] = {"page": "audit", "tab": "ledger", "form": form, **verified(request)}
    try:
        with bounded():
            context |= listed(request, form)
    except TookTooLong as problem:
        context["problem"] = f"{problem} Ask for a shorter time."
        return render(request, "audit/ledger.html", context, status=UNAVAILABLE)
    return render(request, "audit/ledger.html", context)


def listed(request: PageRequest, form: LedgerForm) -> dict[str, Any]:
    """Some entries in words, and where the others are."""
    after, here = request.GET.get("after", ""), address_of(request)
    before = int(after) if is_number(after) else None
    looked = entries(request.project.pk, form.filters(), before, PAGE)
    gone = erasers(
        request.project.pk, [each.position for each in looked.found if each.text is None]
    )
    return {
        "lines": [line(each, gone.get(each.position)) for each in looked.found],
        "older": here.with_(after=str(looked.further)) if looked.further else "",
        "newest": here.with_() if after else "",
        "further": entry(request.project.pk, looked.further or 0) if looked.is_cut else None,
    }


def verified(request: PageRequest) -> dict[str, Any]:
    """What is known of whether the ledger is as it was written."""
    found, end = standing(request.project.pk), last_position(request.project.pk)
    result = found.verified.result if found.verified else None
    return {
        "standing": found,
        "result": result,
        "newer": max(end - result.until, 0) if result else end,
        "last": end,
        "known": known_keys(),
        "checkpoint": next(iter(checkpoints(request.project.pk)), None),
        "percent": progress(found.running) if found.running else None,
        "seen": f"{found.running.pk}-{found.running.done}" if found.running else "",
    }


def verified_part(request: PageRequest) -> HttpResponse:
    """The same as a part of the page; nothing where it is as it was."""
    context = verified(request)
    if context["seen"] and context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    return render(request, "audit/_verified.html", context)


@require_POST
@form_page(needs=Right.AUDIT)
def verify_ledger(request: PageRequest) -> HttpResponse:
    """Ask for the ledger to be verified: what is new, or all of it."""
    try:
        verify(request.project.pk, who(request), whole=WHOLE in request.POST)
    except TooManyJobs:
        return no_room(request)
    return redirect("ledger", request.project.name)


@page(needs=Right.AUDIT)
def one_entry(request: PageRequest, position: int) -> HttpResponse:
    """An entry: what it says, what was changed, and by what it is known to be as it was written."""
    found = entry(request.project.pk, position) if is_number(str(position)) else None
    if found is None:
        raise Http404("no such entry")
    gone = erasers(request.project.pk, [position] if found.text is None else [])
    before, eraser = entry(request.project.pk, position - 1), gone.get(position)
    context = {
        "page": "audit",
        "tab": "ledger",
        "line": line(found, eraser),
        "found": found,
        "changed": Changed(differences(found.said.get("details"))),
        "others": others(found.said),
        "fault": fault_of(found, before, eraser),
        "before": before,
        "after": entry(request.project.pk, position + 1),
        "covering": covering(request.project.pk, position),
    }
    return render(request, "audit/entry.html", context)
