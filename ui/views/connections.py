"""How the spans of a trace hang together beyond the tree: attempts at one call, and the results
that values of calls came from. A page of each, and what the panel of a span says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from agentscope.findings.origins import origins_of_trace
from agentscope.findings.tried import may_be_tried, retries_of_trace, retries_of_tree
from agentscope.signatures.mentions import Role, read
from agentscope.signatures.stored import named_by
from agentscope.traces.detail import SpanDetail
from agentscope.traces.models import Span
from agentscope.traces.read import trace as read_trace
from agentscope.traces.tree import Row
from ui.access import PageRequest, page
from ui.address import address_of
from ui.exports import exports
from ui.origin_words import OriginLine, origins_of_span
from ui.retry_words import RetryLine, attempt_of
from ui.views.sessions import position

PAGE = 100  # rows
LAST = 10**6
AT_ONCE = 5_000  # spans of a trace that a panel looks through; of larger ones the pages tell


@page
def retries(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The calls of a trace that were tried again after an error that passes."""
    found = retries_of_trace(request.project.pk, trace_id)
    shown = None if found is None else [RetryLine(each) for each in found]
    return listed(request, trace_id, shown, "retries")


@page
def lineage(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The hosts and addresses in calls of a trace that came up first in results."""
    found = origins_of_trace(request.project.pk, trace_id)
    shown = None if found is None else [OriginLine(each) for each in found]
    return listed(request, trace_id, shown, "lineage")


def listed(
    request: PageRequest, trace_id: UUID, found: list[Any] | None, what: str
) -> HttpResponse:
    """A page of one of these lists. Raises Http404."""
    trace = read_trace(request.project.pk, trace_id)
    if trace is None or found is None:
        raise Http404("no such trace in this project")
    first, here = position(request, LAST), address_of(request)
    last = first + PAGE
    context = {
        "page": "traces",
        "trace": trace,
        "lines": found[first:last],
        "total": len(found),
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0))}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < len(found) else "",
        "exports": exports(
            f"/api/v1/traces/{trace_id.hex}/{what}", {"project": request.project.name}
        ),
    }
    return render(request, f"trace/{what}.html", context)


def connections(project_id: int, trace_id: UUID, row: Row, detail: SpanDetail) -> dict[str, Any]:
    """What the panel of a span says: its place among attempts, and the origins of its values. Spans
    are read only where there may be any."""
    is_tried, is_told = may_be_tried(row.tree, row.at), names_any(detail.span)
    if len(row.tree) > AT_ONCE:
        return {"may_be_tried": is_tried, "may_have_origins": is_told}
    found: dict[str, Any] = {}
    if is_tried:
        every = retries_of_tree(project_id, trace_id, row.tree)
        found["attempt"] = attempt_of(every, row.span_id)
    if is_told:
        known = origins_of_trace(project_id, trace_id) or []
        found["origins"] = origins_of_span(known, row.span_id, detail.content)
    return found


def names_any(span: Span) -> bool:
    """Whether a host or an address is in the arguments or the result of a span."""
    signed = bytes(span.signature) if span.signature is not None else None
    return any(each.role in (Role.ASKED, Role.GIVEN) for each in read(named_by(signed)))
