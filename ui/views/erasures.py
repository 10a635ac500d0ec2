"""Erasing what is stored of a user or a session: asked for, counted, confirmed, done."""

from __future__ import annotations

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agentscope.erasure.export import export_person
from agentscope.erasure.person import Person
from agentscope.erasure.read import Standing, erasures
from agentscope.erasure.read import erasure as read_erasure
from agentscope.erasure.write import BadErasure, CannotErase, ask_erasure, confirm, withdraw
from agentscope.jobs.write import TooManyJobs
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, wants, who
from ui.retention_forms import ErasureForm, PersonForm

LARGEST = 2**63 - 1  # of a key
ZIP = "application/zip"


@form_page(needs=Right.MANAGE, to_read=Right.AUDIT)
def all_erasures(request: PageRequest) -> HttpResponse:
    """What was asked for, and the form that asks. Nothing is removed before it is confirmed."""
    form = ErasureForm(request.POST) if request.method == "POST" else ErasureForm()
    if form.is_valid():
        try:
            made = ask_erasure(request.project, **form.cleaned_data, who=who(request))
            return redirect("erasure", request.project.name, made.pk)
        except BadErasure as error:
            for name, sentence in error.errors.items():
                form.add_error(name, sentence)
        except TooManyJobs as error:
            form.add_error(None, str(error))
    return shown(request, form, PersonForm(auto_id="export_%s"))


def shown(request: PageRequest, form: ErasureForm, person: PersonForm) -> HttpResponse:
    """The page with its forms."""
    context = {
        "page": "settings",
        "tab": "storage",
        "form": form,
        "person": person,
        "found": erasures(request.project.pk),
    }
    return render(request, "settings/erasures.html", context)


@form_page(needs=Right.MANAGE, to_read=Right.AUDIT)
def one_erasure(request: PageRequest, erasure: int) -> HttpResponse:
    """What will go, and the button that makes it go; then how far that is, and what went."""
    found = read_erasure(request.project.pk, min(erasure, LARGEST))
    if found is None:
        raise Http404("no such erasure")
    wrong = ""
    if request.method == "POST":
        try:
            decide(request, found)
            return redirect("erasure", request.project.name, erasure)
        except (CannotErase, TooManyJobs) as error:
            wrong = str(error)
    context = {"page": "settings", "tab": "storage", "found": found, "wrong": wrong}
    template = "settings/_erasure.html" if wants(request, "erasure") else "settings/erasure.html"
    return render(request, template, context)


@require_POST
@form_page(needs=Right.MANAGE)
def export(request: PageRequest) -> HttpResponse:
    """All that is stored of a user or a session, as a zip."""
    form = PersonForm(request.POST, auto_id="export_%s")
    if not form.is_valid():
        return shown(request, ErasureForm(), form)
    person = Person(request.project.pk, **form.cleaned_data)
    answer = StreamingHttpResponse(export_person(person, who(request)), content_type=ZIP)
    answer["Content-Disposition"] = f'attachment; filename="{person.of}-{person.digest[:12]}.zip"'
    return answer  # type: ignore[return-value]  # a page, but piece by piece


def decide(request: PageRequest, found: Standing) -> None:
    """Confirm an erasure, or let it go. Raises CannotErase."""
    if "confirm" in request.POST:
        confirm(found.erasure, who(request))
    elif "withdraw" in request.POST:
        withdraw(found.erasure)
