"""What one span carries, piece by piece: its values, what changed since the call before, copies."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from agentscope.traces.contents import contents
from agentscope.traces.earlier import call_before
from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.read import SpanDetail, span_detail
from agentscope.traces.tree import Tree
from ui.access import PageRequest, page
from ui.changes import changes
from ui.copied import FILES, copies
from ui.cuts import as_json
from ui.document import document
from ui.media import Media, media_of
from ui.pointers import inside
from ui.values import shown
from ui.views.trace import addresses, known_trace, known_tree, row_of

LAST, DIGITS = 10**9, 15
ALONE = "default-src 'none'; sandbox"  # the policy of data of a trace that a browser opens


@page
def value(request: PageRequest, trace_id: UUID, span_id: str) -> HttpResponse:
    """One value of a span: `?at=` is its place, `?from=` the character or member to begin with,
    `?as=` one of text, markdown, media, file (to keep) and data (of an image or sound)."""
    detail, at = known_span(request, trace_id, span_id), request.GET.get("at", "")
    how = request.GET.get("as", "")
    try:
        found = inside(document(detail), at)
    except LookupError as error:
        raise Http404("no such value") from error
    if how == "file":
        return kept(found, at)
    if how == "data":
        return data(media_of(found), at)
    context = {"value": shown(found, at, how, first(request)), **around(request, trace_id, detail)}
    return part_or_page(request, "value", context)


def first(request: PageRequest) -> int:
    """Where to begin."""
    said = request.GET.get("from", "0")
    return min(int(said), LAST) if said.isascii() and said.isdigit() and len(said) < DIGITS else 0


def known_span(request: PageRequest, trace_id: UUID, span_id: str) -> SpanDetail:
    """The span, if this project has it. Raises Http404."""
    try:
        detail = span_detail(request.project.pk, trace_id, parse_span_id(span_id))
    except ValueError as error:
        raise Http404("no span id") from error
    if detail is None:
        raise Http404("no such span in this project")
    return detail


def around(request: PageRequest, trace_id: UUID, detail: SpanDetail) -> dict[str, Any]:
    """What a page of a part of a span says beside it."""
    span_id = span_hex(detail.span.span_id)
    context: dict[str, Any] = addresses(request.project.name, trace_id, span_id)
    context["span"] = {"name": detail.span.name or "(unnamed)", "span_id": span_id}
    return context | alone(request, trace_id)


def alone(request: PageRequest, trace_id: UUID) -> dict[str, Any]:
    """What only a page of its own says. One query."""
    if is_part(request):
        return {}
    return {"page": "traces", "trace": known_trace(request, trace_id)}


def is_part(request: PageRequest) -> bool:
    """Whether htmx puts it into a page that is there already."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def part_or_page(request: PageRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A part of the panel, or without script a page of its own."""
    file = f"trace/_{name}.html" if is_part(request) else f"trace/{name}.html"
    return render(request, file, {"part": f"trace/_{name}.html", **context})


def kept(found: Any, at: str) -> HttpResponse:
    """A value as a file to keep, never to be opened in place."""
    if isinstance(found, bytes):
        return attachment(found, at, "bin")
    if isinstance(found, str):
        return attachment(found.encode(), at, "txt")
    return attachment(as_json(found).encode(), at, "json")


def data(media: Media | None, at: str) -> HttpResponse:
    """An image or a sound, by the type of its first bytes; all else as a file. Raises Http404."""
    if media is None:
        raise Http404("no data")
    if not media.type:
        return attachment(media.content(), at, "bin")
    name = file_name(at, media.type.partition("/")[2])
    return guarded(HttpResponse(media.content(), media.type), f'inline; filename="{name}"')


def attachment(content: bytes, at: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, "application/octet-stream")
    return guarded(answer, f'attachment; filename="{file_name(at, ending)}"')


def guarded(answer: HttpResponse, disposition: str) -> HttpResponse:
    """Whatever it is, the browser believes the type that we say and runs nothing."""
    answer["Content-Disposition"] = disposition
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = ALONE
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def file_name(at: str, ending: str) -> str:
    """A name for a file, of the last names of its place."""
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(at.split("/")[-3:])).strip("-.")[:60]
    return f"{words or 'span'}.{ending}"


@page
def what_changed(request: PageRequest, trace_id: UUID, span_id: str) -> HttpResponse:
    """What is different from the call before of the same tool, or of the same agent's model. The
    number of queries does not depend on the size of the trace."""
    tree = known_tree(request, trace_id)
    at = row_of(tree, span_id)
    if at is None:
        raise Http404("no such span in this trace")
    before = call_before(tree, at)
    context: dict[str, Any] = {"span": named(tree, at), **alone(request, trace_id)}
    context["tree"] = reverse("trace", args=[request.project.name, trace_id])
    if before is not None:
        said = contents(request.project.pk, trace_id, tree, [before, at])
        context["before"] = named(tree, before)
        context["changes"] = changes(said[before].content, said[at].content)
    return part_or_page(request, "changes", context)


def named(tree: Tree, row: int) -> dict[str, str]:
    """A span by name and id."""
    name = tree.texts[tree.name[row]] or "(unnamed)"
    return {"name": name, "span_id": span_hex(int(tree.span_id[row]))}


@page
def to_copy(request: PageRequest, trace_id: UUID, span_id: str) -> HttpResponse:
    """A span as commands, JSON and OTLP, to be copied; `?form=` is one of them as a file."""
    detail = known_span(request, trace_id, span_id)
    if form := request.GET.get("form"):
        return taken_along(detail, form)
    context = around(request, trace_id, detail)
    address = request.build_absolute_uri(context["api_span"])
    context["copies"] = copies(detail, address, needs_key=not settings.AGENTSCOPE_EMBEDDED)
    return part_or_page(request, "copies", context)


def taken_along(detail: SpanDetail, form: str) -> HttpResponse:
    """All of one form of a span as a file. Raises Http404."""
    text = FILES[form](detail) if form in FILES else None
    if text is None:
        raise Http404("no such form")
    return attachment(text.encode(), form, "json")
