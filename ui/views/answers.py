"""What those were told who asked whether they may go on: all of it, and one answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agentscope.budgets.decision import Decision
from agentscope.budgets.models import Answer
from agentscope.budgets.read import AnswerFilters, AnswerPage, answers, budgets
from agentscope.budgets.read import answer as answer_of
from agentscope.costs.bounded import TookTooLong, bounded
from ui.access import PageRequest, page
from ui.address import address_of
from ui.answer_form import AnswerForm
from ui.answer_words import also, answer_line, answer_lines, finding_of, stood_lines
from ui.exports import Links, exports
from ui.views.mappings import is_number

PAGE = 50
UNAVAILABLE = 503


@page
def all_answers(request: PageRequest) -> HttpResponse:
    """What was answered lately, the newest first, by the filters of the address."""
    form = AnswerForm(request.GET, budgets(request.project.pk))
    before = request.GET.get("after", "")
    context: dict[str, Any] = {"page": "budgets", "form": form}
    filters = form.filters(timezone.now())
    try:
        with bounded():
            found = answers(
                request.project.pk, filters, int(before) if is_number(before) else None, PAGE
            )
    except TookTooLong as problem:
        context["problem"] = f"{problem} Ask for a shorter time."
        return render(request, "budgets/answers.html", context, status=UNAVAILABLE)
    context["exports"] = same_list(request, filters)
    return render(request, "budgets/answers.html", context | shown(request, found, before))


def shown(request: PageRequest, found: AnswerPage, before: str) -> dict[str, Any]:
    """Some answers, and where the others are."""
    here = address_of(request)
    return {
        "answers": answer_lines(found.items),
        "older": here.with_(after=str(found.next)) if found.next else "",
        "newest": here.with_() if before else "",
    }


def same_list(request: PageRequest, filters: AnswerFilters) -> Links:
    """The list for machines, with the filters of this page."""
    names = ("decision", "budget", "session", "trace", "agent")
    said = {name: str(getattr(filters, name) or "") for name in names}
    said |= {"since": filters.since.isoformat(timespec="seconds") if filters.since else ""}
    asked = {name: text for name, text in said.items() if text}
    return exports(reverse("api-answers"), {"project": request.project.name, **asked})


@page
def one_answer(request: PageRequest, answer: int) -> HttpResponse:
    """One answer: what was asked, what it was decided on, and where to go from there."""
    found = known_answer(request, answer)
    known = {each.pk for each in budgets(request.project.pk)}
    context = {
        "page": "budgets",
        "line": answer_line(found),
        "stood": stood_lines(found),
        "also": list(also(found)),
        "finding": finding_of(found),
        "known": known,
        "lift": lift_address(request, found, known),
        "is_stop": found.decision == Decision.STOP.word,
    }
    return render(request, "budgets/answer.html", context)


def lift_address(request: PageRequest, found: Answer, known: set[int]) -> str:
    """Where a person lets go on what this stopped: a group of a budget, or a run with its findings;
    "" where there is no such thing."""
    project = request.project.name
    if found.decision != Decision.STOP.word:
        return ""
    if found.budget in known:
        group = found.said.get("group") or ""
        query = f"?{urlencode({'group': group})}" if group else ""
        return reverse("lift-budget", args=[project, found.budget]) + query
    if found.trace and found.said.get("finding"):
        return reverse("lift-findings", args=[project, found.trace])
    return ""


def known_answer(request: PageRequest, number: int) -> Answer:
    """An answer of the project. Raises Http404."""
    found = answer_of(request.project.pk, number) if is_number(str(number)) else None
    if found is None:
        raise Http404("no such answer")
    return found
