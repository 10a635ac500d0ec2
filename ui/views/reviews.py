"""Reviews: what is to be done, and a decision with its evidence, verdicts and comments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from agentscope.projects.roles import Right
from agentscope.reviews.case import Case
from agentscope.reviews.models import Item, Queue
from agentscope.reviews.queues import queues
from agentscope.reviews.read import (
    WAITING,
    Count,
    Course,
    ItemFilters,
    changed,
    counts,
    course,
    items,
    mentions,
    queues_named,
    records_of,
)
from ui import amounts
from ui.access import PageRequest, form_page, page, wants, who
from ui.address import address_of
from ui.exports import exports
from ui.record_words import answered, cost, outcome, pieces
from ui.review_words import NOBODY, ItemLine, item_line, steps
from ui.views.mappings import is_number
from ui.views.review_part import acted, case_of, part_of
from ui.views.review_way import Way, next_of, way_of
from ui.views.sessions import position

PAGE = 50  # items
MENTIONS = 3  # the newest that are not seen yet; their page has all
CHOICES = {WAITING: "Waiting", "mine": "Asked of me", "reviewed": "Reviewed", "gone": "Gone"}


@page(needs=Right.AUDIT)
def all_reviews(request: PageRequest) -> HttpResponse:
    """What is to be reviewed, what is due first; `?queue=` is the number of one that drew it,
    `?show=` is of CHOICES."""
    show = request.GET.get("show", "")
    show = show if show in CHOICES else WAITING
    known = list(queues(request.project.pk))
    queue = chosen(request, known)
    found = items(request.project.pk, filters(request, show, queue))
    total, here = found.count(), address_of(request)
    first = position(request, total)
    last = min(first + PAGE, total)
    context = {
        "page": "audit",
        "lines": lines(request, list(found[first:last])),
        "shown": shown(first, last, total),
        "choices": [
            (words, here.with_(show=name), name == show) for name, words in CHOICES.items()
        ],
        "show": show,
        "queue": queue,
        "way": f"?queue={queue.pk}" if queue else "",
        "tiles": tiles(request, known, queue),
        "mentions": mentions(request.project.pk, who(request)).filter(seen_at=None)[:MENTIONS],
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0))}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < total else "",
        "exports": exports(reverse("api-review-items"), machine(request, show, queue)),
    }
    return render(request, "audit/reviews.html", context)


def chosen(request: PageRequest, known: list[Queue]) -> Queue | None:
    """The queue that is asked for; one that is not there is none."""
    said = request.GET.get("queue", "")
    return next((each for each in known if is_number(said) and each.pk == int(said)), None)


def filters(request: PageRequest, show: str, queue: Queue | None) -> ItemFilters:
    """Which items are listed."""
    mine = who(request) if show == "mine" else ""
    state = WAITING if show == "mine" else show
    return ItemFilters(state=state, queue=queue.pk if queue else None, assigned_to=mine)


def machine(request: PageRequest, show: str, queue: Queue | None) -> dict[str, str]:
    """The same question to the API."""
    asked = filters(request, show, queue)
    said = {"project": request.project.name, "state": asked.state}
    said |= {"queue": str(asked.queue or ""), "assigned_to": asked.assigned_to}
    return {name: value for name, value in said.items() if value}


def lines(request: PageRequest, found: list[Item]) -> list[ItemLine]:
    """Items as lines. Four queries at most."""
    numbers = {each for item in found for each in item.queues}
    several = queues_named(request.project.pk, sorted(numbers)) if numbers else []
    names, others = {each.pk: each.name for each in several}, changed(request.project.pk, found)
    project, now, known = request.project, timezone.now(), records_of(request.project.pk, found)
    told = {pk: list(pieces(record, project.name)) for pk, record in known.items()}
    return [
        item_line(each, told.get(each.pk, []), names, now, is_changed=each.pk in others)
        for each in found
    ]


def shown(first: int, last: int, total: int) -> str:
    """Which items are on the page."""
    several = amounts.count(total, "decision")
    return f"{first + 1:,} to {last:,} of {several}" if total > PAGE else several


def tiles(
    request: PageRequest, known: list[Queue], queue: Queue | None
) -> list[tuple[Queue, Count, str, bool]]:
    """The queues with what waits in each, the address of its items, and whether it is chosen."""
    numbers, here = counts(request.project.pk, timezone.now()), address_of(request)
    return [
        (
            each,
            numbers.get(each.pk, Count()),
            here.with_(queue=None if each == queue else str(each.pk), **{"from": None}),
            each == queue,
        )
        for each in known
    ]


@form_page(needs=Right.OPERATE, to_read=Right.AUDIT)
def one_review(request: PageRequest, trace_id: UUID, decision: str) -> HttpResponse:
    """A decision with its evidence; what is posted is a verdict, a comment or whom to ask: `act`
    says which. htmx is given what is said of it alone, for whichever page asks."""
    case, way, forms = case_of(request, trace_id, decision), way_of(request), {}
    if request.method == "POST":
        forms = acted(request, case)
        onwards = "" if forms else after(request, case, way)
        if onwards and not request.htmx:
            return redirect(onwards)
        if onwards and "next" in request.POST:
            return HttpResponseClientRedirect(onwards)
    found = course(case)
    context = {"page": "audit", **part_of(request, found, way, forms)}
    if wants(request, "review"):
        return render(request, "audit/_review.html", context)
    return render(request, "audit/review.html", context | told(request, found, context["opened"]))


def told(request: PageRequest, found: Course, opened: Collection[str]) -> dict[str, Any]:
    """What a page of its own tells of the decision."""
    record, known = found.record, found.record or found.item
    shown: dict[str, Any] = {"agent": (known and known.agent) or NOBODY}
    if record:
        shown["steps"], shown["steps_left"] = steps(record, opened)
        shown["pieces"] = list(pieces(record, request.project.name))
        shown |= {"outcome": outcome(record), "cost": cost(record), "answered": answered(record)}
    return shown


def after(request: PageRequest, case: Case, way: Way) -> str:
    """Where to go on after something was said: the next decision, if that is asked for and there is
    one."""
    if "next" in request.POST:
        return next_of(request, case, way) or way.start
    return f"{way.to(case)}#review"
