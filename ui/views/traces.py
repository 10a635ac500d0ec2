"""The list of traces, newest first; or those in which something is found, by their newest step."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from agentscope.findings.standing import Standing, in_traces, with_code
from agentscope.reviews.listed import with_decision, wrong_in_traces
from agentscope.search.cursor import SearchCursor
from agentscope.search.read import search
from agentscope.search.saved import saved_views
from agentscope.traces.models import Trace
from agentscope.traces.read import BadCursor, Cursor, Facets, TraceFilters, TracePage, facets
from agentscope.traces.read import traces as read_traces
from ui import amounts, columns, rule_links, search_words
from ui.access import PageRequest, page, wants
from ui.address import address_of
from ui.facet_links import facets_among, facets_of
from ui.filters import FilterForm
from ui.search_words import Found, found_of
from ui.snippets import Snippet, snippets
from ui.view_query import view_query

PAGE = 50  # traces
NO_CONTENT = 204
COLUMN_FORM = ("columns", "density")
KEPT = (*COLUMN_FORM, "facets")  # what is no filter and goes along with each


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
    return render(request, "traces/page.html", context | form_state(request))


def listing(request: PageRequest) -> dict[str, Any]:
    """What the list shows."""
    form, shown = filter_form(request), columns.chosen(request.GET)
    asked = filters(request, form)
    context = {
        "page": "traces",
        "form": form,
        "columns": shown,
        "density": columns.density(request.GET),
        "address": address(request),
        "is_live": "after" not in request.GET,
        "newest": address(request, after=None) if "after" in request.GET else "",
        "facets_address": address_of(request).with_(
            facets=None if facets_open(request) else "1", seen=None
        ),
    }
    context |= named(request)
    context["rule_address"] = rule_address(request, form, context)
    if form.asked.is_of_steps:
        return context | searched(request, form, asked)
    if facets_open(request):
        context["facets"] = facets_of(request, request.project.pk, asked)
    return context | listed(request, form, asked)


def listed(request: PageRequest, form: FilterForm, asked: TraceFilters) -> dict[str, Any]:
    """The traces that the filters find."""
    after = cursor(request)
    found = read_traces(request.project.pk, asked, after, PAGE)
    is_new = not (found.items or form.is_active or after)
    return {
        "rows": rows(request, found.items, {}),
        "count": count(found, is_filtered=form.is_filtering),
        "is_new": is_new,
        "every": "2s",
        "older": address(request, after=found.next) if found.next else "",
        "older_words": "Older",
        "snippets": first_snippets(request) if is_new else [],
        "otlp_address": otlp_address(request),
        "needs_key": not settings.AGENTSCOPE_EMBEDDED,
    }


def searched(request: PageRequest, form: FilterForm, asked: TraceFilters) -> dict[str, Any]:
    """The traces in which something is found; asked for less often, as it takes longer."""
    after = search_cursor(request)
    found = search(request.project.pk, form.asked, asked, after, PAGE)
    hits = {trace.trace_id: found_of(hit) for trace, hit in found.items}
    counted = facets_open(request) and bool(hits)
    return {
        "facets": facets_among(request, request.project.pk, list(hits)) if counted else None,
        "rows": rows(request, [trace for trace, _ in found.items], hits),
        "count": search_words.count(found, is_first=after is None),
        "reach": search_words.reach(found),
        "is_search": True,
        "every": "10s",
        "older": address(request, after=found.next) if found.next else "",
        "older_words": "Older" if found.is_full else "Search further back",
    }


def named(request: PageRequest) -> dict[str, Any]:
    """The saved views, and which of them this is."""
    query, views = view_query(request.GET), saved_views(request.project.pk)
    here = next((each for each in views if query and each.query == query), None)
    return {"views": views, "query": query, "view": here}


def rule_address(request: PageRequest, form: FilterForm, known: dict[str, Any]) -> str:
    """Where a rule is made of the filter; empty if there is none that a rule can have."""
    if form.errors or form.asked.is_of_steps or not known["query"] or form.is_of_reviews:
        return ""
    name = known["view"].name if known["view"] else ""
    return rule_links.of_filter(request.project.name, known["query"], name)


def form_state(request: PageRequest) -> dict[str, Any]:
    """What the two forms of the page carry along for each other."""
    shown = columns.chosen(request.GET)
    said = request.GET.dict() | ({"columns": ",".join(shown)} if "columns" in request.GET else {})
    return {
        "choices": columns.choices(shown),
        "kept": [(name, said[name]) for name in KEPT if said.get(name)],
        "asked": [
            (name, value)
            for name, value in said.items()
            if name not in (*COLUMN_FORM, "after", "seen") and value
        ],
    }


def facets_open(request: PageRequest) -> bool:
    """Whether facets are shown."""
    return bool(request.GET.get("facets"))


def rows(
    request: PageRequest, found: list[Trace], hits: dict[UUID, Found]
) -> list[tuple[Trace, Standing | None, Found | None]]:
    """The traces of a page, each with what was found in it and still stands, and with what a search
    found."""
    ids = [trace.trace_id for trace in found]
    stands = in_traces(request.project.pk, ids) if ids else {}
    return [(each, stands.get(each.trace_id), hits.get(each.trace_id)) for each in found]


def filter_form(request: PageRequest) -> FilterForm:
    """The form with what the address says; what is wrong with it is said beside its field."""
    known = facets(request.project.pk) if not wants(request, "traces") else Facets([], [], [], [])
    form = FilterForm(request.GET, known, may_audit=request.may["audit"])
    form.is_valid()
    return form


def filters(request: PageRequest, form: FilterForm) -> TraceFilters:
    """What to look for. A field that cannot be understood does not filter."""
    said = form.cleaned_data
    plain = {name: said.get(name, "") for name in NAMES}
    code = said.get("finding")
    found = with_code(request.project.pk, code) if code else Q()
    return TraceFilters(
        since=form.since(timezone.now()),
        min_cost=said.get("min_cost"),
        also=form.asked.of_trace & found & with_decision(said.get("review", "")),
        beside=wrong_in_traces() if request.may["audit"] else {},
        **plain,
    )


NAMES = ("agent", "model", "tool", "key", "status", "state", "session")


def cursor(request: PageRequest) -> Cursor | None:
    """Where the page starts; one that is not ours is the first page."""
    try:
        return Cursor.parse(request.GET.get("after", ""))
    except BadCursor:
        return None


def search_cursor(request: PageRequest) -> SearchCursor | None:
    """The same for a search."""
    try:
        return SearchCursor.parse(request.GET.get("after", ""))
    except BadCursor:
        return None


def count(found: TracePage, *, is_filtered: bool) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "trace")
    matching = f" match{'es' if found.total == 1 else ''}" if is_filtered else ""
    if found.truncated:
        return f"More than {total}{matching}: {len(found.items)} shown, newest first"
    if found.total > len(found.items):
        return f"{total}{matching}: {len(found.items)} shown, newest first"
    return f"{total}{matching}, newest first"


def address(request: PageRequest, **changed: Cursor | SearchCursor | None) -> str:
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
