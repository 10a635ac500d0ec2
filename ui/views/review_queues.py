"""Queues of reviews, and what takes two people."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.meter.known import known_names
from agentscope.projects.roles import Right
from agentscope.reviews.models import Queue
from agentscope.reviews.queues import delete_queue, queue_of, queues, save_queue
from agentscope.reviews.read import Count, counts
from agentscope.reviews.two_persons import tools_of_two
from agentscope.reviews.write import set_two_persons
from ui.access import PageRequest, form_page, page, who
from ui.review_forms import QueueForm, TwoForm
from ui.review_words import queue_line
from ui.views.mappings import is_number


@page(needs=Right.AUDIT)
def all_queues(request: PageRequest) -> HttpResponse:
    """The rules by which decisions are drawn, with what waits in each."""
    numbers = counts(request.project.pk, timezone.now())
    context = {
        "page": "audit",
        "lines": [
            queue_line(each, numbers.get(each.pk, Count())) for each in queues(request.project.pk)
        ],
    }
    return render(request, "audit/review_queues.html", context)


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def new_queue(request: PageRequest) -> HttpResponse:
    """A queue that is to be."""
    return edited(request, None)


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def edit_queue(request: PageRequest, queue: int) -> HttpResponse:
    """What a queue says."""
    return edited(request, known_queue(request, queue))


def known_queue(request: PageRequest, number: int) -> Queue:
    """A queue of the project. Raises Http404."""
    found = queue_of(request.project.pk, number) if is_number(str(number)) else None
    if found is None:
        raise Http404("no such queue")
    return found


def edited(request: PageRequest, queue: Queue | None) -> HttpResponse:
    """The form, or the queue that was saved."""
    start = QueueForm.start_of(queue) if queue else QueueForm.start(request.GET)
    form = QueueForm(request.POST if request.method == "POST" else None, initial=start)
    if queue:
        form.offer(queue.hours)
    if form.is_valid():
        try:
            save_queue(request.project.pk, who(request), form.said, queue)
            return redirect("review-queues", request.project.name)
        except BadRule as error:
            form.blame(error)
        except Gone as error:
            raise Http404(str(error)) from error
    context = {"page": "audit", "form": form, "queue": queue}
    context["known"] = known_names(request.project.pk)
    return render(request, "audit/review_queue.html", context)


@require_POST
@form_page(needs=Right.MANAGE)
def drop_queue(request: PageRequest, queue: int) -> HttpResponse:
    """Delete a queue."""
    delete_queue(known_queue(request, queue), who(request))
    return redirect("review-queues", request.project.name)


@form_page(needs=Right.MANAGE, to_read=Right.AUDIT)
def two_persons(request: PageRequest) -> HttpResponse:
    """The tools whose effects take two people."""
    start = {"tools": "\n".join(tools_of_two(request.project.pk))}
    form = TwoForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        names = form.cleaned_data["tools"].splitlines()
        try:
            set_two_persons(request.project.pk, names, who(request))
            return redirect(f"{reverse('two-persons', args=[request.project.name])}?saved=1")
        except BadRule as error:
            form.add_error("tools", str(error))
    context = {
        "page": "audit",
        "form": form,
        "saved": request.GET.get("saved"),
        "is_alone": settings.AGENTSCOPE_EMBEDDED,
    }
    return render(request, "audit/two_persons.html", context)
