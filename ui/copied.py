"""A span in forms to take along: as a command, as JSON, as OTLP. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from agentscope.traces.detail import SpanDetail
from agentscope.traces.otlp_json import otlp_json
from ui.document import document
from ui.provider_calls import as_json, curl, request_of

MOST = 60_000  # characters of one form; longer ones are fetched from where machines find them


@dataclass(slots=True, frozen=True)
class Copy:
    """One form; `left` is how long it is where it is too long to stand here."""

    title: str
    text: str
    notes: tuple[str, ...] = ()
    left: int = 0


def copies(detail: SpanDetail, address: str, *, needs_key: bool) -> list[Copy]:
    """All forms of a span; `address` is where the API has it."""
    return [short(each) for each in forms(detail, address, needs_key=needs_key)]


def forms(detail: SpanDetail, address: str, *, needs_key: bool) -> Iterator[Copy]:
    """They as they are, however long."""
    span = detail.span
    model = detail.said.get("request_model") or span.model
    request = request_of(span.provider, model, detail.content, detail.attributes)
    if request is not None:
        yield Copy("curl: the same call once more", curl(request), request.left_out)
    key = ' \\\n  -H "Authorization: Bearer $READ_KEY"' if needs_key else ""
    yield Copy("curl: this span from the API", f"curl {shlex.quote(address)}{key}")
    yield Copy("JSON: what was said, and the attributes", as_json(document(detail), indented=True))
    yield Copy("OTLP JSON, as it could be sent again", otlp(detail))


def short(copy: Copy) -> Copy:
    """A form that fits a page, or how long it is."""
    return copy if len(copy.text) <= MOST else replace(copy, text="", left=len(copy.text))


def otlp(detail: SpanDetail) -> str:
    """The span with its resource and scope as an OTLP request."""
    group = ResourceSpans.FromString(detail.envelope)
    scope = group.scope_spans[0] if group.scope_spans else group.scope_spans.add()
    scope.spans.add().ParseFromString(detail.raw)
    return as_json({"resourceSpans": [otlp_json(group)]}, indented=True)
