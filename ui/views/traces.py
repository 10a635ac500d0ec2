"""The list of traces, newest first."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from agentscope.traces.read import Cursor, TraceFilters, TracePage, facets
from agentscope.traces.read import traces as read_traces
from ui.access import PageRequest, page
from ui.filters import FilterForm
from ui.snippets import snippets

PAGE = 50  # traces
NO_CONTENT = 204


@page
def traces(request: PageRequest) -> HttpResponse:
    """One page of the list. htmx asks every two seconds whether it changed: 204 if not."""
    context = listing(request)
    context["list"] = render_to_string("traces/_found.html", context, request)
    context["seen"] = blake2b(context["list"].encode(), digest_size=8).hexdigest()
    if request.wants("traces"):
        if context["seen"] == request.GET.get("seen"):
            return HttpResponse(status=NO_CONTENT)
        return render(request, "traces/_list.html", context)
    return render(request, "traces/page.html", context)


def listing(request: PageRequest) -> dict[str, Any]:
    """What the list shows."""
    form = filter_form(request)
    after = request.GET.get("after", "")
    found = read_traces(request.project.pk, filters(form), Cursor.parse(after), PAGE)
    is_new = not (found.items or form.is_active or after)
    return {
        "page": "traces",
        "form": form,
        "found": found,
        "count": count(found, is_filtered=form.is_active),
        "is_new": is_new,
        "is_live": not after,
        "is_older": bool(after),
        "address": address(request),
        "newest": address(request, after=""),
        "older": address(request, after=str(found.next)) if found.next else "",
        "snippets": first_snippets(request) if is_new else [],
        "address_otlp": otlp_address(request),
    }
