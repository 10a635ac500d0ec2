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
from agentscope.decisions.resumed import continuations, links_of
from agentscope.findings.catalogue import catalogue
from agentscope.findings.in_trace import decided_in, in_full, marking
from agentscope.findings.tried import FEWEST, transient
from agentscope.outline.entries import SPAN
from agentscope.prices.book import PriceBook, price_book
from agentscope.traces.contents import Reader
from agentscope.traces.earlier import call_before
from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.models import Span, Trace
from agentscope.traces.read import span_detail, trace_tree
from agentscope.traces.read import trace as read_trace
from agentscope.traces.tree import Ints, Row, Tree
from agentscope.transcript.turns import Turns
from agentscope.vocabulary import Billing, Flag
from ui import amounts
from ui.access import PageRequest, page, wants
from ui.billing import could_be_priced
from ui.cause_words import cause_words
from ui.continuation_words import ways
from ui.drawn import ROOM, drawn, room
from ui.find_bar import FindBar, counts
from ui.finding_marks import Marks, marks
from ui.finding_words import Sighting, Sightings, sighted, sightings, steps_of
from ui.jumps import jumped
from ui.panel import panel_of
from ui.price_facts import price_facts
from ui.reading import Reading, Window
from ui.rows import View
from ui.states import silent_since
from ui.views.asked import asked_about
from ui.views.connections import connections
from ui.views.decision import decision
from ui.views.opening import shown_of_span
from ui.views.within import Sought, is_news, looked_on, sought
from ui.window import window

NO_CONTENT = 204
PACE = {Trace.State.RUNNING: "2s", Trace.State.IDLE: "15s"}  # how often htmx asks for news


@page
def trace(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The tree of a trace; `?span=` opens the panel on a span, `?open=` and `?shut=` what is folded
    or closed otherwise, `?toggle=` opens or closes one more, `?from=` is where the window lies, and
    `?jump=` goes on from the span to the next finding, failure, hit or dearest step. `?q=` looks
    for words, `?show=` filters, `?zoom=` and `?path=` say what the time lane shows."""
    found = known_trace(request, trace_id)
    if wants(request, "tree") and request.GET.get("seen") == mark(found):
        return HttpResponse(status=NO_CONTENT)
    tree = known_tree(request, trace_id)
    seen = seen_in(request, trace_id)
    marked = marks(tree, seen)
    looked_for = sought(request, found, tree)
    if wants(request, "inside"):
        return slice_more(request, looked_for)
    chosen = chosen_row(request, tree, marked, looked_for.hits)
    context = {"page": "traces", "trace": found, "keep": Reading.of(request.GET).linked.query}
    context |= selection(request, found, tree, seen, chosen)
    if wants(request, "panel"):
        return render(request, "trace/_panel.html", context)
    room_left = room_for(request, context, seen)
    context |= tree_part(request, found, looked_for, chosen, marked, room_left)
    if wants(request, "tree") and "seen" not in request.GET:
        return tree_alone(request, context)
    context |= asked_about(found, seen) | {"causes": cause_words(tree)}
    context["findings"] = shown_of(request, trace_id, seen)
    context["ways"] = ways(continuations(request.project.pk, trace_id, found.linked_traces))
    return render(request, f"trace/{'_news' if wants(request, 'tree') else 'page'}.html", context)


def tree_alone(request: PageRequest, context: dict[str, Any]) -> HttpResponse:
    """Another window of the tree; with the panel after a jump, which selects a span."""
    part = "jumped" if "jump" in request.GET else "moved"
    response = render(request, f"trace/_{part}.html", context)
    if "from" not in request.GET:
        response["HX-Replace-Url"] = context["here"]
    return response


def slice_more(request: PageRequest, before: Sought) -> HttpResponse:
    """How far the search in what the spans say came, after one more slice; the tree hears of it
    when it has to be drawn anew."""
    after = looked_on(before)
    context = {"sought": after, "again": address(request, Reading.of(request.GET).linked, "")}
    response = render(request, "trace/_inside.html", context)
    if is_news(before, after):
        response["HX-Trigger"] = "sought"
    return response


def chosen_row(request: PageRequest, tree: Tree, marked: Marks, hits: Ints) -> int | None:
    """The row of the selected span, or where a jump from there leads."""
    at = row_of(tree, request.GET.get("span", ""))
    to = jumped(tree, marked, hits, request.GET.get("jump", ""), at)
    return at if to is None else to


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
    request: PageRequest,
    found: Trace,
    tree: Tree,
    seen: list[Sighting],
    at: int | None,
    turns: Turns | None = None,  # of the tree, if they are known already
) -> dict[str, Any]:
    """The selected span, if any, its panel, and what it is evidence of."""
    if at is None:
        return {"selected": "", "missing": bool(request.GET.get("span"))}
    said = span_hex(int(tree.span_id[at]))
    if wants(request, "tree") and "jump" not in request.GET:
        return {"selected": said}
    detail = span_detail(request.project.pk, found.trace_id, int(tree.span_id[at]))
    if detail is None:
        return {"selected": said, "missing": True}
    row, before = tree.row(at), call_before(tree, at)
    is_copy = row.billing == Billing.COPIED
    original = original_of(found.project_id, found.trace_id, row.span_id) if is_copy else None
    book = price_book(request.project.pk)
    reader = Reader(found.project_id, found.trace_id, tree)
    decided = decision(reader, row, detail, turns)
    limit, opening = shown_of_span(request, reader, before, detail)
    panel = panel_of(row, detail, limit, original, price_facts(row, book), opening)
    return {
        "selected": said,
        "panel": panel,
        "before": before is not None,
        "is_whole": "whole" in request.GET,
        "evidence_of": steps_of(seen, row.span_id),
        **connections(request.project.pk, found.trace_id, row, detail),
        **decided,
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
    """Where the parts of a span are, and where machines find the same."""
    trace, query = f"/api/v1/traces/{trace_id.hex}", urlencode({"project": project})
    place = [project, trace_id, span_id]
    return {
        "values": reverse("value", args=place),
        "what_changed": reverse("what-changed", args=place),
        "to_copy": reverse("to-copy", args=place),
        "api_span": f"{trace}/spans/{span_id}?{query}",
        "api_otlp": f"{trace}/otlp?{query}",
    }


def row_of(tree: Tree, span_id: str) -> int | None:
    """The row of a span given as hex digits."""
    try:
        return tree.find(parse_span_id(span_id))
    except ValueError:
        return None


def room_for(request: PageRequest, context: dict[str, Any], seen: list[Sighting]) -> int:
    """How many bytes of rows there is room for: all of it where they come alone."""
    if wants(request, "tree"):
        return ROOM
    return room(len(sightings(seen).shown), context.get("panel") is not None)


def tree_part(
    request: PageRequest,
    found: Trace,
    looked_for: Sought,
    at: int | None,
    marked: Marks,
    room_left: int,
) -> dict[str, Any]:
    """The treegrid, and what is said above it. `room_left`: how many bytes its rows may take."""
    tree = looked_for.tree
    shown = window(tree, Reading.of(request.GET), marked, at, looked_for.hits)
    selected = "" if at is None else span_hex(int(tree.span_id[at]))
    passing = transient(tree)
    view = View(shown, is_live(found), marked, links_in(found, shown), silent_since(found))
    is_part = wants(request, "tree")
    # The script of the page adds what is open to each link of swapped rows.
    reading = shown.reading.without_rows if is_part else shown.reading.linked
    stay = f"{reading.query}{f'span={selected}&' if selected else ''}"
    said = {"selected": selected, "keep": reading.query, "stay": stay}
    fitted, rows = drawn(view, said, room_left)
    context = {"rows": rows, "bars": view.bars, "window": fitted, **said, **numbers(found, tree)}
    return {
        "tree": render_to_string("trace/_grid.html", context, request),
        "find": FindBar(shown, view.bars, selected, at, counts(tree, len(marked)), is_part),
        "sought": looked_for,
        "keep": shown.reading.linked.query,
        "here": address(request, shown.reading, selected),
        "again": address(request, shown.reading.linked, selected),
        "is_long": shown.reading.is_long,
        "seen": mark(found),
        "pace": PACE.get(Trace.State(found.state), ""),
        "passing": amounts.count(passing, "error") if passing >= FEWEST else "",
    }


def links_in(found: Trace, shown: Window) -> dict[int, list[UUID]]:
    """The traces that the spans of a window go on from. One query, none if the trace has no
    links."""
    if not found.linked_traces:
        return {}
    rows = shown.outline.row[shown.entries[shown.outline.fold[shown.entries] == SPAN]]
    return links_of(found.project_id, found.trace_id, shown.outline.tree.span_id[rows].tolist())


def address(request: PageRequest, reading: Reading, selected: str) -> str:
    """The address that says what is open and what is selected, and nothing of the moment."""
    return f"{request.path}?{reading.query}{f'span={selected}' if selected else ''}".rstrip("?&")


def numbers(found: Trace, tree: Tree) -> dict[str, Any]:
    """How many spans there are, and what is odd: of a run that goes on nothing, as it may come."""
    orphans, unended = (
        int(((tree.flags & int(flag)) != 0).sum()) for flag in (Flag.ORPHAN, Flag.NOT_ENDED)
    )
    return {
        "unended": amounts.count(unended, "span") if unended else "",
        "is_stalled": found.state == Trace.State.IDLE,
        "last_news": found.last_seen_at,
        "total": amounts.count(len(tree), "span"),
        "orphans": amounts.count(orphans, "span") if orphans and not is_live(found) else "",
    }
