"""What is said of one decision, and saying something: a part of its page, of whichever page shows
it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.projects.roles import Right
from agentscope.reviews.case import Case, Who, members
from agentscope.reviews.models import WITHDRAWN
from agentscope.reviews.read import Course, course
from agentscope.reviews.sittings import opened
from agentscope.reviews.write import assign, comment, review, seen
from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.models import Span
from ui.access import PageRequest, page, who
from ui.review_forms import AssignForm, RemarkForm, VerdictForm
from ui.review_words import TONES, looked, stands
from ui.views.review_way import Way, next_of

Forms = dict[str, Any]


def part_of(request: PageRequest, found: Course, way: Way, forms: Forms) -> dict[str, Any]:
    """What the part says: `forms` are those that were not taken. That it was opened is noted.
    Raises Http404 for a decision of which nothing is known."""
    if not found.is_known:
        raise Http404("no such decision in this project")
    case, item = found.case, found.item
    if request.method == "GET" and found.is_named(who(request)):
        seen(case.project_id, who(request), case)
    return {
        "course": found,
        "way": way,
        "record": found.record,
        "span": span_hex(case.span_id),
        "opened": looked_at(request, case),
        "standing": stands(item) if item else ("open", ""),
        "own": found.own(who(request)),
        "opinions": opinions(found),
        "is_alone": settings.AGENTSCOPE_EMBEDDED,
    } | (asked(request, found, way, forms) if found.record and request.may[Right.OPERATE] else {})


def asked(request: PageRequest, found: Course, way: Way, forms: Forms) -> dict[str, Any]:
    """What is asked of whoever may say something."""
    able, known = members(found.case.project_id, Right.OPERATE, Right.AUDIT)
    start = {"to": found.item.assigned_to if found.item else ""}
    return {
        "next": next_of(request, found.case, way),
        "members": known,
        "verdict": forms.get("verdict") or VerdictForm(auto_id="verdict-%s"),
        "remark": forms.get("remark") or RemarkForm(auto_id="remark-%s"),
        "asking": forms.get("asking") or AssignForm(None, able, initial=start),
    }


def looked_at(request: PageRequest, case: Case, step: int | None = None) -> set[str]:
    """Note that somebody looks at a decision, or at a step of its evidence; which steps they have
    opened by now."""
    if not is_looked_at(request):
        return set()
    return set(map(span_hex, opened(case, who(request), step).evidence))


def case_of(request: PageRequest, trace_id: UUID, decision: str) -> Case:
    """The decision of an address. Raises Http404."""
    return Case(request.project.pk, trace_id, span_of(decision))


def span_of(text: str) -> int:
    """A span of an address. Raises Http404."""
    try:
        return parse_span_id(text)
    except ValueError as error:
        raise Http404("no such span") from error


def is_looked_at(request: PageRequest) -> bool:
    """Whether somebody looks who may say what to think: a browser that fetches ahead does not."""
    is_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method != "HEAD" and request.may[Right.OPERATE] and not is_ahead


def opinions(found: Course) -> list[tuple[Any, str, str]]:
    """Verdicts, the newest first, each with its tone and how its person looked."""
    return [
        (each, TONES[each.review.verdict], looked(each.review)) for each in reversed(found.opinions)
    ]


def acted(request: PageRequest, case: Case) -> Forms:
    """Do what is posted; the form that was not taken, by name, or none. Raises Http404."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404("no such act")
    try:
        return act(request, case)
    except Gone as gone:
        raise Http404(str(gone)) from gone


def judge(request: PageRequest, case: Case) -> Forms:
    """Say what to think of it."""
    form = VerdictForm(request.POST, auto_id="verdict-%s")
    if form.is_valid():
        try:
            review(case, Who(who(request)), **form.cleaned_data)
            return {}
        except BadRule as error:
            form.blame(error)
    return {"verdict": form}


def remark(request: PageRequest, case: Case) -> Forms:
    """Comment on it."""
    form = RemarkForm(request.POST, auto_id="remark-%s")
    if form.is_valid():
        try:
            comment(case, Who(who(request)), form.cleaned_data["text"])
            return {}
        except BadRule as error:
            form.add_error("text", str(error))
    return {"remark": form}


def ask(request: PageRequest, case: Case) -> Forms:
    """Ask somebody to review it."""
    (able,) = members(case.project_id, Right.OPERATE)
    form = AssignForm(request.POST, able)
    if form.is_valid():
        assign(case, Who(who(request)), form.cleaned_data["to"])
        return {}
    return {"asking": form}


def withdraw(request: PageRequest, case: Case) -> Forms:
    """Think of it no more what one said; once more does nothing."""
    with suppress(BadRule):
        review(case, Who(who(request)), WITHDRAWN, "")
    return {}


ACTS: dict[str, Callable[[PageRequest, Case], Forms]] = {
    "verdict": judge,
    "withdraw": withdraw,
    "remark": remark,
    "ask": ask,
}


@page(needs=Right.AUDIT)
def evidence(request: PageRequest, trace_id: UUID, decision: str, step: str) -> HttpResponse:
    """To a step that a decision points to, in its run. That it was opened is noted."""
    case, number = case_of(request, trace_id, decision), span_of(step)
    spans = Span.objects.filter(project_id=case.project_id, trace_id=trace_id, span_id=number)
    if not spans.exists() or not course(case).is_known:
        raise Http404("no such step of a decision in this project")
    looked_at(request, case, number)
    return redirect(f"{reverse('trace', args=[request.project.name, trace_id])}?span={step}")
