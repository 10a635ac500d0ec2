"""One trace: its decision tree, and the panel of the selected span."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from agentscope.billing.applied import is_outdated
from agentscope.billing.copies import original_of
from agentscope.findings.catalogue import catalogue
from agentscope.findings.in_trace import decided_in, in_full, marking
from agentscope.findings.tried import FEWEST, transient
from agentscope.prices.book import PriceBook, price_book
from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.models import Span, Trace
from agentscope.traces.read import span_detail, trace_tree
from agentscope.traces.read import trace as read_trace
from agentscope.traces.tree import Row, Tree
from agentscope.vocabulary import Billing, Flag
from ui import amounts
from ui.access import PageRequest, page, wants
from ui.billing import could_be_priced
from ui.cuts import SHOWN
from ui.finding_marks import marks
from ui.finding_words import Sighting, Sightings, sighted, sightings, steps_of
from ui.panel import panel_of
from ui.price_facts import price_facts
from ui.rows import View, bounds, lines
from ui.stretches import Bools, Stretch, find_stretch, first_rows, opened_rows
from ui.views.connections import connections

NO_CONTENT = 204
PACE = {Trace.State.RUNNING: "3s", Trace.State.IDLE: "15s"}  # how often htmx asks for news


@page
def trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The tree of a trace; `?span=` opens the panel on a span, `?open=` what was left out."""
    found = known_trace(request, trace_id)
    if wants(request, "tree") and request.GET.get("seen") == mark(found):
        return HttpResponse(status=NO_CONTENT)
    tree = known_tree(request, trace_id)
    seen = seen_in(request, trace_id)
    context = {"page": "traces", "trace": found, **selection(request, found, tree, seen)}
    if wants(request, "panel"):
        return render(request, "trace/_panel.html", context)
    context |= tree_part(request, found, tree, context["selected"], seen)
    context["findings"] = shown_of(request, trace_id, seen)
    if wants(request, "tree"):
        return render(request, "trace/_news.html", context)
    return render(request, "trace/page.html", context)


@page
def rows(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The rows that `?open=FIRST-LAST` names, to take the place of the row that hid them."""
    found, tree = known_trace(request, trace_id), known_tree(request, trace_id)
    stretch = find_stretch(tree, request.GET.get("open", ""))
    if stretch is None:
        raise Http404("no such rows in this trace")
    shown, start = opened_rows(tree, stretch)
    marked = marks(tree, seen_in(request, trace_id))
    view = View(tree, is_live(found), [stretch], marked)
    context = {
        "lines": lines(view, shown, start, stretch.stop),
        "rows_address": request.path,
        "selected": request.GET.get("span", ""),
    }
    return render(request, "trace/_rows.html", context)


def known_trace(request: PageRequest, trace_id: UUID) -> Trace:
    """The trace, if this project has it. Raises Http404."""
    found = read_trace(request.project.pk, trace_id)
    if found is None:
        raise Http404("no such trace in this project")
    return found


def known_tree(request: PageRequest, trace_id: UUID) -> Tree:
    """Its tree, if it has any spans. Raises Http404."""
    tree = trace_tree(request.project.pk, trace_id)
    if tree is None or not len(tree):
        raise Http404("no spans of this trace")
    return tree


def seen_in(request: PageRequest, trace_id: UUID) -> list[Sighting]:
    """What was found in a trace, the worst first, as far as it marks rows. Three queries, one if
    nothing was."""
    project_id = request.project.pk
    found = marking(project_id, trace_id)
    if not found:
        return []
    causes = decided_in(project_id, trace_id)
    return sighted(found, causes, {each.code: each for each in catalogue(project_id)})


def shown_of(request: PageRequest, trace_id: UUID, seen: list[Sighting]) -> Sightings:
    """The findings that stand above the tree. One query, none if nothing was found."""
    found = sightings(seen)
    if not seen:
        return found
    keys = [each.key for each in found.shown]
    return found.filled(in_full(request.project.pk, trace_id, keys))


def is_live(found: Trace) -> bool:
    """Whether spans may still come."""
    return found.state == Trace.State.RUNNING


def mark(found: Trace) -> str:
    """Changes whenever the page of a trace would: what htmx has seen."""
    return f"{found.generation}-{found.examined_generation}-{found.state}"


def selection(
    request: PageRequest, found: Trace, tree: Tree, seen: list[Sighting]
) -> dict[str, Any]:
    """The selected span, if any, its panel, and what it is evidence of."""
    said = request.GET.get("span", "")
    at = row_of(tree, said)
    if at is None:
        return {"selected": "", "missing": bool(said)}
    said = span_hex(int(tree.span_id[at]))
    if wants(request, "tree"):
        return {"selected": said}
    detail = span_detail(request.project.pk, found.trace_id, int(tree.span_id[at]))
    if detail is None:
        return {"selected": said, "missing": True}
    limit = None if "whole" in request.GET else SHOWN
    row = tree.row(at)
    is_copy = row.billing == Billing.COPIED
    original = original_of(found.project_id, found.trace_id, row.span_id) if is_copy else None
    book = price_book(request.project.pk)
    panel = panel_of(row, detail, limit, original, price_facts(row, book))
    return {
        "selected": said,
        "panel": panel,
        "evidence_of": steps_of(seen, row.span_id),
        **connections(request.project.pk, found.trace_id, row, detail),
        **mended(request, row, detail.span, book),
        **addresses(request.project.name, found.trace_id, said),
    }


def mended(request: PageRequest, row: Row, span: Span, book: PriceBook) -> dict[str, str]:
    """Where the price of a call is mended: by pricing it again, else by setting one; if at all."""
    if is_outdated(row, book):
        named = urlencode({"model": row.text("model")})
        return {"reprice": f"{reverse('reprice', args=[request.project.name])}?{named}"}
    return {"set_price": price_of(request, span)} if could_be_priced(row) else {}


def price_of(request: PageRequest, span: Span) -> str:
    """Where the model of a call is given a price."""
    named = urlencode({"provider": span.provider, "model": span.model})
    return f"{reverse('set-price', args=[request.project.name])}?{named}"


def addresses(project: str, trace_id: UUID, span_id: str) -> dict[str, str]:
    """Where machines find the same."""
    trace, query = f"/api/v1/traces/{trace_id.hex}", urlencode({"project": project})
    return {
        "api_span": f"{trace}/spans/{span_id}?{query}",
        "api_otlp": f"{trace}/otlp?{query}",
    }


def row_of(tree: Tree, span_id: str) -> int | None:
    """The row of a span given as hex digits."""
    try:
        return tree.find(parse_span_id(span_id))
    except ValueError:
        return None


def tree_part(
    request: PageRequest, found: Trace, tree: Tree, selected: str, seen: list[Sighting]
) -> dict[str, Any]:
    """The treegrid, and what is said above it."""
    opened = [
        stretch for text in request.GET.getlist("open") if (stretch := find_stretch(tree, text))
    ]
    shown = first_rows(tree, opened, row_of(tree, selected))
    begin, end = bounds(tree)
    passing = transient(tree)
    context = {
        "lines": lines(View(tree, is_live(found), opened, marks(tree, seen)), shown, 0, len(tree)),
        "selected": selected,
        "keep": keep(opened),
        "rows_address": reverse("rows", args=[request.project.name, found.trace_id]),
        "whole": amounts.duration(end - begin),
        **numbers(tree, shown),
    }
    return {
        "tree": render_to_string("trace/_grid.html", context, request),
        "seen": mark(found),
        "pace": PACE.get(Trace.State(found.state), ""),
        "passing": amounts.count(passing, "error") if passing >= FEWEST else "",
    }


def keep(opened: list[Stretch]) -> str:
    """The start of a query that keeps opened stretches open."""
    return "".join(f"open={stretch.text}&" for stretch in opened)


def numbers(tree: Tree, shown: Bools) -> dict[str, str | int]:
    """How many spans there are, how many rows stand for them, and what is odd."""
    orphans = int(((tree.flags & int(Flag.ORPHAN)) != 0).sum())
    return {
        "total": f"{len(tree):,}",
        "total_rows": len(tree) + 1,
        "shown": f"{int(shown.sum()):,}",
        "left_out": len(tree) - int(shown.sum()),
        "orphans": amounts.count(orphans, "span") if orphans else "",
    }
