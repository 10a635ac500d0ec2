"""The list of traces, newest first."""

from __future__ import annotations

from hashlib import blake2b

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from ui.access import PageRequest, page

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
