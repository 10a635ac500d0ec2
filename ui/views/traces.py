"""The list of traces, newest first."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from agentscope.findings.standing import Standing, in_traces
from agentscope.traces.models import Trace
from agentscope.traces.read import BadCursor, Cursor, Facets, TraceFilters, TracePage, facets
from agentscope.traces.read import traces as read_traces
from ui import amounts
from ui.access import PageRequest, page, wants
from ui.filters import FilterForm
from ui.snippets import Snippet, snippets

PAGE = 50  # traces
NO_CONTENT = 204


@page
def traces(request: PageRequest) -> HttpResponse:
    """One page of the list. htmx asks every two seconds whether it changed: 204 if not."""
    context = listing(request)
    context["list"] = render_to_string("traces/_found.html", context, request)
    context["seen"] = blake2b(context["list"].encode(), digest_size=8).hexdigest()
    if wants(request, "traces"):
        if context["seen"] == request.GET.get("seen"):
            return HttpResponse(status=NO_CONTENT)
        return render(request, "traces/_list.html", context)
    return render(request, "traces/page.html", context)


def listing(request: PageRequest) -> dict[str, Any]:
    """What the list shows."""
    form, after = filter_form(request), cursor(request)
    found = read_traces(request.project.pk, filters(form), after, PAGE)
    is_new = not (found.items or form.is_active or after)
    return {
        "page": "traces",
        "form": form,
        "found": found,
        "rows": rows(request, found),
        "count": count(found, is_filtered=form.is_active),
        "is_new": is_new,
        "is_live": after is None,
        "address": address(request),
        "newest": address(request, after=None) if after else "",
        "older": address(request, after=found.next) if found.next else "",
        "snippets": first_snippets(request) if is_new else [],
        "otlp_address": otlp_address(request),
        "needs_key": not settings.AGENTSCOPE_EMBEDDED,
    }


def rows(request: PageRequest, found: TracePage) -> list[tuple[Trace, Standing | None]]:
    """The traces of a page, each with what was found in it and still stands."""
    ids = [trace.trace_id for trace in found.items]
    stands = in_traces(request.project.pk, ids) if ids else {}
    return [(trace, stands.get(trace.trace_id)) for trace in found.items]


def filter_form(request: PageRequest) -> FilterForm:
    """The form with what the address says; what is wrong with it is said beside its field."""
    known = facets(request.project.pk) if not wants(request, "traces") else Facets([], [], [])
    form = FilterForm(request.GET, agents=known.agents, models=known.models, tools=known.tools)
    form.is_valid()
    return form


def filters(form: FilterForm) -> TraceFilters:
    """What to look for. A field that cannot be understood does not filter."""
    said = form.cleaned_data
    plain = {name: said.get(name, "") for name in NAMES}
    return TraceFilters(
        since=form.since(timezone.now()),
        min_cost=said.get("min_cost"),
        text=said.get("q", ""),
        **plain,
    )


NAMES = ("agent", "model", "tool", "status", "state", "session")


def cursor(request: PageRequest) -> Cursor | None:
    """Where the page starts; one that is not ours is the first page."""
    try:
        return Cursor.parse(request.GET.get("after", ""))
    except BadCursor:
        return None


def count(found: TracePage, *, is_filtered: bool) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "trace")
    matching = " match" if is_filtered else ""
    if found.truncated:
        return f"More than {total}{matching}: {len(found.items)} shown, newest first"
    if found.total > len(found.items):
        return f"{total}{matching}: {len(found.items)} shown, newest first"
    return f"{total}{matching}, newest first"


def address(request: PageRequest, **changed: Cursor | None) -> str:
    """This page without what htmx adds, with some parameters changed."""
    query = request.GET.copy()
    query.pop("seen", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"


def otlp_address(request: PageRequest) -> str:
    """The address that senders need: that of this server, as the browser sees it."""
    return request.build_absolute_uri("/").rstrip("/")


def first_snippets(request: PageRequest) -> list[Snippet]:
    """How to send a first trace to this project."""
    needs_key = not settings.AGENTSCOPE_EMBEDDED
    return snippets(otlp_address(request), request.project.name, needs_key=needs_key)
