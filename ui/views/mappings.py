"""What attributes of a project mean: its mappings, and a pane to try one on a stored span."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.projects.mappings import (
    FIELDS,
    BadMapping,
    add_mapping,
    check_mapping,
    remove_mapping,
)
from agentscope.projects.models import AttributeMapping
from agentscope.projects.roles import Right
from agentscope.traces.detail import SpanDetail, span_detail
from agentscope.traces.ids import parse_span_id
from agentscope.traces.meant import meant
from agentscope.traces.newest import newest_spans
from ui.access import PageRequest, form_page, wants, who
from ui.settings_forms import AgainForm, MappingForm
from ui.trial import known, lines, places

OFFERED = 20  # spans to choose from


@form_page(needs=Right.MANAGE)
def mappings(request: PageRequest) -> HttpResponse:
    """The mappings, a form for one more, and what a span would mean with it."""
    said = request.POST if request.method == "POST" else None
    form = MappingForm(said, initial=asked(request))
    if said is not None and form.is_valid() and added(request, form):
        return redirect(f"{reverse('mappings', args=[request.project.name])}?changed=1")
    context = {"page": "settings", "tab": "mappings", "form": form, **trial(request)}
    if wants(request, "trial"):
        return render(request, "settings/_trial.html", context)
    context |= {
        "mappings": AttributeMapping.objects.filter(project=request.project).order_by("pk"),
        "fields": FIELDS.items(),
        "offered": newest_spans(request.project.pk, OFFERED),
        "again": AgainForm(),
        "changed": bool(request.GET.get("changed")),
    }
    return render(request, "settings/mappings.html", context)


def asked(request: PageRequest) -> dict[str, str]:
    """What is to be tried."""
    return {name: request.GET.get(name, "").strip() for name in ("attribute", "field")}


def added(request: PageRequest, form: MappingForm) -> bool:
    """Add the mapping of the form; False, with the reason beside the field, if that cannot be."""
    wanted = form.cleaned_data
    try:
        add_mapping(request.project, wanted["attribute"], wanted["field"], who(request))
    except BadMapping as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True


def trial(request: PageRequest) -> dict[str, Any]:
    """The chosen span with what it means, and would mean with the mapping that is asked for."""
    trace, span = chosen(request)
    context: dict[str, Any] = {"trace": trace, "span": span, **asked(request)}
    if not trace and not span:
        return context | {"unnamed": "newest" in request.GET}
    detail = span_of(request, trace, span)
    if detail is None:
        return context | {"missing": True}
    return context | tried(request, detail)


def chosen(request: PageRequest) -> tuple[str, str]:
    """The ids of the span, from the list or from the fields."""
    trace, dash, span = request.GET.get("newest", "").strip().partition("-")
    if dash:
        return trace, span
    return request.GET.get("trace", "").strip(), request.GET.get("span", "").strip()


def span_of(request: PageRequest, trace: str, span: str) -> SpanDetail | None:
    """A span of this project, by ids in hex."""
    try:
        return span_detail(request.project.pk, UUID(trace), parse_span_id(span))
    except ValueError:
        return None


def tried(request: PageRequest, detail: SpanDetail) -> dict[str, Any]:
    """What the span means with and without the mapping."""
    wanted, now = asked(request), meant(detail)
    context: dict[str, Any] = {
        "name": detail.span.name or "(unnamed)",
        "known": known(detail).items(),
    }
    if not wanted["attribute"] and not wanted["field"]:
        return context | {"lines": lines(now, now)}
    try:
        mapping = check_mapping(wanted["attribute"], wanted["field"])
    except BadMapping as error:
        return context | {"errors": error.errors, "lines": lines(now, now)}
    found = lines(now, meant(detail, [mapping]))
    return context | {
        "lines": found,
        "tried": mapping,
        "changes": sum(line.differs for line in found),
        "places": places(mapping[0], detail),
    }


@require_POST
@form_page(needs=Right.MANAGE)
def drop_mapping(request: PageRequest) -> HttpResponse:
    """Remove a mapping of this project."""
    number = request.POST.get("mapping", "")
    found = AttributeMapping.objects.filter(project=request.project)
    mapping = found.filter(pk=int(number)).first() if is_number(number) else None
    if mapping is None:
        raise Http404("no such mapping")
    remove_mapping(mapping, who(request))
    return redirect(f"{reverse('mappings', args=[request.project.name])}?changed=1")


def is_number(text: str) -> bool:
    """Whether it can be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < len(str(1 << 63))
