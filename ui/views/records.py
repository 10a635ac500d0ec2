"""Decision records: the list, and one as a story."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agentscope.projects.roles import Right
from agentscope.records.evidence import evidence
from agentscope.records.fit import fit
from agentscope.records.models import Record
from agentscope.records.read import (
    BadCursor,
    Cursor,
    Names,
    RecordFilters,
    RecordPage,
    names,
    record,
    records,
)
from agentscope.reviews.case import Case
from agentscope.reviews.listed import item_of
from agentscope.reviews.read import course
from agentscope.traces.ids import parse_span_id, span_hex
from ui import amounts
from ui.access import PageRequest, page, wants
from ui.address import address_of
from ui.exports import Links, exports
from ui.record_fit import fit_line
from ui.record_form import PLAIN, RecordForm
from ui.record_story import story
from ui.record_words import answered, cost, line, outcome, pieces
from ui.review_forms import SAID
from ui.review_words import stands
from ui.views.review_part import part_of
from ui.views.review_way import STORY, way_of

PAGE = 50  # decisions


@page
def audit(request: PageRequest) -> HttpResponse:
    """Where the audit begins."""
    return redirect("decisions", request.project.name)


@page
def all_decisions(request: PageRequest) -> HttpResponse:
    """One page of the list, the newest first. htmx asks for the list alone."""
    is_part = wants(request, "decisions")
    known = Names([], [], []) if is_part else names(request.project.pk)
    form = RecordForm(request.GET, known, may_audit=request.may[Right.AUDIT])
    filters, after = form.filters(timezone.now()), cursor(request)
    found = records(request.project.pk, filters, after, PAGE)
    context = {
        "page": "audit",
        "form": form,
        "lines": [
            (line(each, request.project.name), *stands(item_of(each))) for each in found.items
        ],
        "count": count(found, is_filtered=form.is_active),
        "newest": address_of(request).without("after") if after else "",
        "older": address_of(request).with_(after=str(found.next)) if found.next else "",
        "exports": same_list(request, filters, form.said("review")),
        "queue": new_queue(request, filters),
    }
    return render(request, f"audit/{'_records' if is_part else 'records'}.html", context)


def new_queue(request: PageRequest, filters: RecordFilters) -> str:
    """Where a queue is made that draws such decisions; "" where none of these filters is of queues,
    or whoever looks may make none."""
    said = {name: text for name in SAID if (text := getattr(filters, name, ""))}
    may = said and request.may[Right.MANAGE]
    address = reverse("new-review-queue", args=[request.project.name])
    return f"{address}?{urlencode(said)}" if may else ""


def cursor(request: PageRequest) -> Cursor | None:
    """Where the page starts; one that is not ours is the first page."""
    try:
        return Cursor.parse(request.GET.get("after", ""))
    except BadCursor:
        return None


def count(found: RecordPage, *, is_filtered: bool) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "decision")
    matching = f" match{'es' if found.total == 1 else ''}" if is_filtered else ""
    words = f"{'More than ' if found.truncated else ''}{total}{matching}"
    shown = f": {len(found.items)} shown" if found.total > len(found.items) else ""
    return f"{words}{shown}, newest first"


def same_list(request: PageRequest, filters: RecordFilters, review: str) -> Links:
    """The list for machines, with the filters of this page."""
    said: dict[str, Any] = {name: getattr(filters, name) for name in (*PLAIN, "environment")}
    said |= {"trace": filters.trace.hex if filters.trace else "", "review": review}
    said |= {"since": filters.since.isoformat(timespec="seconds") if filters.since else ""}
    asked = {name: text for name, text in said.items() if text}
    return exports(reverse("api-decisions"), {"project": request.project.name, **asked})


@page
def one_decision(request: PageRequest, trace_id: UUID, decision: str) -> HttpResponse:
    """One decision, named by the span in which it began, from who made it to what came of it."""
    found = known_record(request, trace_id, decision)
    project = request.project.name
    told = list(pieces(found, project))
    context = {
        **reviewed(request, found),
        "page": "audit",
        "record": found,
        "span": decision,
        "pieces": told,
        "sentence": "".join(piece.text for piece in told),
        "outcome": outcome(found),
        "cost": cost(found),
        "answered": answered(found),
        "chapters": story(found, project, evidence(found)),
        "fit": fit_line(fit(found)),
        "server": request.build_absolute_uri("/").rstrip("/"),
        "run": f"{reverse('trace', args=[project, trace_id])}?span={decision}",
        "api": for_machines(found, project),
    }
    return render(request, "audit/record.html", context)


def reviewed(request: PageRequest, found: Record) -> dict[str, Any]:
    """What people say of it, for those who may know."""
    if not request.may[Right.AUDIT]:
        return {}
    case = Case(found.project_id, found.trace_id, found.span_id)
    return part_of(request, course(case, found), way_of(request, STORY), {})


def for_machines(found: Record, project: str) -> str:
    """The same decision as JSON."""
    place = [found.trace_id.hex, span_hex(found.span_id)]
    return f"{reverse('api-decision', args=place)}?{urlencode({'project': project})}"


def known_record(request: PageRequest, trace_id: UUID, span_id: str) -> Record:
    """The record, if this project has it. Raises Http404."""
    try:
        found = record(request.project.pk, trace_id, parse_span_id(span_id))
    except ValueError as error:
        raise Http404("no span id") from error
    if found is None:
        raise Http404("no such decision in this project")
    return found
