"""Checkpoints of the ledger, and the ledger as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from agentscope.audit.bundle import take
from agentscope.audit.places import places
from agentscope.audit.read import anchored, checkpoints, covering
from agentscope.ledger.anchors import BY_CODE
from agentscope.ledger.models import Anchored
from agentscope.ledger.read import parsed
from agentscope.ledger.verifier import Checkpoint
from ui.access import HtmxRequest, who
from ui.address import address_of
from ui.books import Book, book_page
from ui.views.mappings import is_number

PAGE = 50


@dataclass(slots=True, frozen=True)
class Elsewhere:
    """Where else a checkpoint is kept, in words."""

    words: str
    tone: str


@dataclass(slots=True, frozen=True)
class Line:
    """A checkpoint in the list."""

    told: Checkpoint
    at: datetime
    elsewhere: list[Elsewhere]


@require_safe
@book_page
def all_checkpoints(request: HtmxRequest, book: Book) -> HttpResponse:
    """Those that were signed, the newest first."""
    after, here = request.GET.get("after", ""), address_of(request)
    before = int(after) if is_number(after) else None
    found = checkpoints(book.number, before, PAGE + 1)
    shown = found[:PAGE]
    context = {
        "page": "audit",
        "book": book,
        "checkpoints": lines(book.number, shown),
        "places": places(book.number),
        "older": here.with_(after=str(shown[-1].position)) if len(found) > PAGE else "",
        "newest": here.with_() if after else "",
    }
    return render(request, "audit/checkpoints.html", context)


def lines(project_id: int, shown: list[Checkpoint]) -> list[Line]:
    """Checkpoints in words, with where else they are kept."""
    kept = anchored(project_id, [each.position for each in shown])
    return [
        Line(each, parsed(each.at), [elsewhere(row) for row in kept[each.position]])
        for each in shown
    ]


def elsewhere(row: Anchored) -> Elsewhere:
    """How it stands with putting a checkpoint somewhere else."""
    anchor = BY_CODE.get(row.anchor)
    label = anchor.LABEL if anchor else row.anchor
    if row.done_at:
        return Elsewhere(f"{label}: {row.place}", "good")
    if row.next_at:
        return Elsewhere(f"{label}: {row.reason or 'not yet'}, tried again", "warn")
    return Elsewhere(f"{label}: {row.reason or 'not there'}, given up", "bad")


@require_safe
@book_page
def one_checkpoint(request: HtmxRequest, book: Book, position: int) -> HttpResponse:
    """A checkpoint as a file, to be kept elsewhere: one line of an exported ledger."""
    found = covering(book.number, position) if is_number(str(position)) else None
    if found is None or found.position != position:
        raise Http404("no such checkpoint")
    answer = JsonResponse(found._asdict())
    answer["Content-Disposition"] = f'attachment; filename="checkpoint-{position}.json"'
    return answer


@require_POST
@book_page
def take_ledger(request: HtmxRequest, book: Book) -> HttpResponse:
    """The ledger as a file, which tells that it was taken."""
    pieces = take(book.number, who(request))
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="ledger.zip"'
    answer["Content-Encoding"] = "identity"  # it is compressed already
    return cast(HttpResponse, answer)  # in pieces
