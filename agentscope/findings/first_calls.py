"""Where a host was called first, and what it is called: signatures keep its key only."""

from __future__ import annotations

from django.db.models import QuerySet

from agentscope.findings.history import Asked
from agentscope.findings.hosts import Call, NewHosts
from agentscope.signatures.progress import host
from agentscope.signatures.stored import unpack
from agentscope.traces.detail import span_detail
from agentscope.traces.models import Span
from agentscope.vocabulary import Kind


def first_call(asked: Asked, found: NewHosts) -> Call | None:
    """The first call to the first of these hosts; None if the trace does not hold it any more. The
    payload of this one span is read, for the name of the host."""
    key, trace_id = found.keys[0], found.called.trace_id
    spans: QuerySet[Span] = Span.objects.filter(
        trace_id=trace_id, project_id=asked.project_id, kind=Kind.TOOL, signature__isnull=False
    )
    rows = list(spans.order_by("start_ns", "span_id").values_list("span_id", "tool", "signature"))
    if not rows:
        return None
    records = unpack([bytes(row[2] or b"") for row in rows])
    at = next((at for at, called in enumerate(records["host"].tolist()) if called == key), None)
    if at is None:
        return None
    span_id, tool, _ = rows[at]
    return Call(span_id, tool, host_of(asked.project_id, found, span_id))


def host_of(project_id: int, found: NewHosts, span_id: int) -> str:
    """The host that a call went to, as its arguments say."""
    detail = span_detail(project_id, found.called.trace_id, span_id)
    content = detail.content if detail else {}
    said = content.get("arguments")
    return host(content.get("input") if said is None else said)
