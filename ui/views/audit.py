"""The ledger: its entries, and whether they are as they were written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

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
from ui.access import HtmxRequest, wants, who
from ui.address import address_of
from ui.audit_form import LedgerForm
from ui.audit_words import Changed, differences, line
from ui.books import Book, book_page
from ui.entry_details import details
from ui.views.mappings import is_number

PAGE = 50  # entries
NO_CONTENT, UNAVAILABLE = 204, 503


@require_safe
@book_page
def ledger(request: HtmxRequest, book: Book) -> HttpResponse:
    """What was done, the newest first, by the filters of the address. While the ledger is being
    verified, htmx asks for what is known of that."""
    if wants(request, "verified"):
        return verified_part(request, book)
    form = LedgerForm(request.GET, people(book.number))
    context: dict[str, Any] = {"page": "audit", "tab": "ledger", "form": form, **verified(book)}
    try:
        with bounded():
            context |= listed(request, book, form)
    except TookTooLong as problem:
        context["problem"] = f"{problem} Ask for a shorter time."
        return render(request, "audit/ledger.html", context, status=UNAVAILABLE)
    return render(request, "audit/ledger.html", context)


def listed(request: HtmxRequest, book: Book, form: LedgerForm) -> dict[str, Any]:
    """Some entries in words, and where the others are."""
    after, here = request.GET.get("after", ""), address_of(request)
    before = int(after) if is_number(after) else None
    looked = entries(book.number, form.filters(), before, PAGE)
    gone = erasers(book.number, [each.position for each in looked.found if each.text is None])
    return {
        "lines": [line(each, gone.get(each.position)) for each in looked.found],
        "older": here.with_(after=str(looked.further)) if looked.further else "",
        "newest": here.with_() if after else "",
        "further": entry(book.number, looked.further or 0) if looked.is_cut else None,
    }


def verified(book: Book) -> dict[str, Any]:
    """What is known of whether the ledger is as it was written."""
    found, end = standing(book.number), last_position(book.number)
    result = found.verified.result if found.verified else None
    return {
        "book": book,
        "standing": found,
        "result": result,
        "newer": max(end - result.until, 0) if result else end,
        "last": end,
        "known": known_keys(),
        "checkpoint": next(iter(checkpoints(book.number)), None),
        "percent": progress(found.running) if found.running else None,
        "seen": f"{found.running.pk}-{found.running.done}" if found.running else "",
    }


def verified_part(request: HtmxRequest, book: Book) -> HttpResponse:
    """The same as a part of the page; nothing where it is as it was."""
    context = verified(book)
    if context["seen"] and context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=NO_CONTENT)
    return render(request, "audit/_verified.html", context)


@require_POST
@book_page
def verify_ledger(request: HtmxRequest, book: Book) -> HttpResponse:
    """Ask for the ledger to be verified: what is new, or all of it."""
    try:
        verify(book.number, who(request), whole=WHOLE in request.POST)
    except TooManyJobs:
        return redirect(book.full)
    return redirect(book.address)


@require_safe
@book_page
def one_entry(request: HtmxRequest, book: Book, position: int) -> HttpResponse:
    """An entry: what it says, what was changed, and by what it is known to be as it was written."""
    found = entry(book.number, position) if is_number(str(position)) else None
    if found is None:
        raise Http404("no such entry")
    gone = erasers(book.number, [position] if found.text is None else [])
    before, eraser = entry(book.number, position - 1), gone.get(position)
    checkpoint = covering(book.number, position)
    context = {
        "page": "audit",
        "book": book,
        "line": line(found, eraser),
        "found": found,
        "changed": Changed(differences(found.said.get("details"))),
        "details": details(found),
        "fault": fault_of(found, before, eraser),
        "before": before,
        "after": entry(book.number, position + 1),
        "covering": checkpoint,
        "covered_at": datetime.fromisoformat(checkpoint.at) if checkpoint else None,
    }
    return render(request, "audit/entry.html", context)
