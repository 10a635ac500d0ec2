"""A span in forms to take along: as a command, as JSON, as OTLP. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from agentscope.traces.detail import SpanDetail
from agentscope.traces.otlp_json import otlp_json
from ui.document import document
from ui.media import size
from ui.provider_calls import Request, as_json, curl, request_of

MOST = 60_000  # bytes of a form that stands on a page; Linux takes 128 KiB as one word of a command
FAR = 2 * MOST  # bytes of a span, of which no form is made to see whether it would be short enough
BODY = "request.json"  # the file that a command reads whose body is long


@dataclass(slots=True, frozen=True)
class Copy:
    """One form. `file` is what it is called as a file, empty: it is none. `left` says how much it
    is where it is too long to stand here."""

    title: str
    text: str
    file: str = ""
    notes: tuple[str, ...] = ()
    left: str = ""


def copies(detail: SpanDetail, address: str, *, needs_key: bool) -> list[Copy]:
    """All forms of a span; `address` is where the API has it."""
    key = ' \\\n  -H "Authorization: Bearer $READ_KEY"' if needs_key else ""
    return [
        *again(detail),
        Copy("curl: this span from the API", f"curl {shlex.quote(address)}{key}"),
        short("JSON: what was said, and the attributes", "span", detail),
        short("OTLP JSON, as it could be sent again", "otlp", detail),
    ]


def again(detail: SpanDetail) -> Iterator[Copy]:
    """The command that makes a model call once more. A long body is a file beside it."""
    request = request_of_span(detail)
    if request is None:
        return
    title, notes = "curl: the same call once more", request.left_out
    command = "" if is_far(detail) else curl(request)
    if command and fits(command):
        yield Copy(title, command, "request", notes)
    else:
        told = f"The body is long: keep the file as {BODY} where the command runs."
        yield Copy(title, curl(request, BODY), "request", (*notes, told))


def short(title: str, file: str, detail: SpanDetail) -> Copy:
    """A form that fits a page, or how long it is."""
    if is_far(detail):
        return Copy(title, "", file, left=f"{size(len(detail.raw))} as it was sent")
    text = FILES[file](detail) or ""
    return Copy(title, text, file) if fits(text) else Copy(title, "", file, left=size(len(text)))


def fits(text: str) -> bool:
    return len(text.encode()) <= MOST


def is_far(detail: SpanDetail) -> bool:
    """Whether a span is so large that its forms are too long: JSON takes more than protobuf."""
    return len(detail.raw) > FAR


def request_of_span(detail: SpanDetail) -> Request | None:
    """The request that a model call was; None: it was none, or it is not known."""
    span = detail.span
    model = detail.said.get("request_model") or span.model
    return request_of(span.provider, model, detail.content, detail.attributes)


def body(detail: SpanDetail) -> str | None:
    """What is sent to make a model call once more."""
    request = request_of_span(detail)
    return as_json(request.body, indented=True) if request else None


def otlp(detail: SpanDetail) -> str:
    """The span with its resource and scope as an OTLP request."""
    group = ResourceSpans.FromString(detail.envelope)
    scope = group.scope_spans[0] if group.scope_spans else group.scope_spans.add()
    scope.spans.add().ParseFromString(detail.raw)
    return as_json({"resourceSpans": [otlp_json(group)]}, indented=True)


# What can be kept as a file, all of it, by the name that addresses have for it.
FILES: dict[str, Callable[[SpanDetail], str | None]] = {
    "request": body,
    "span": lambda detail: as_json(document(detail), indented=True),
    "otlp": otlp,
}
