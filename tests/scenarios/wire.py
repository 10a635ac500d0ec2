"""Steps as the requests in which a sender tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.scenarios.play import Play
from tests.scenarios.senders.sender import Sender, Told
from tests.scenarios.steps import Step

HTTP = {"http.request.method": "POST", "server.address": "api.provider.example"}
HTTP_STATUS = "http.response.status_code"
LATE_SHARE = 0.15  # of the spans, where some come late


def bodies(play: Play, sender: Sender) -> Iterator[bytes]:
    """The run of a program in request bodies, in order of arrival."""
    rng = Random(f"{play.name} delivery")
    spans = [span for step in play.steps for span in spans_of(step, play, sender, rng)]
    batches = [group for group in delivered(spans, play.noise.delivery, rng) if group]
    if play.noise.repeats_a_body:
        batches.append(rng.choice(batches))
    for group in batches:
        yield request(group, play, sender).SerializeToString()


def spans_of(step: Step, play: Play, sender: Sender, rng: Random) -> Iterator[Span]:
    """A step's span, and that of the HTTP client within a model call."""
    told = sender.describe(step, play.noise.hidden)
    span = span_of(step, told, sender)
    yield span
    if step.kind == "model" and play.noise.wrapped:
        yield http_span(step, rng)


def span_of(step: Step, told: Told, sender: Sender) -> Span:
    """A step in the sender's words."""
    span = Span(
        trace_id=step.trace,
        span_id=step.id,
        parent_span_id=step.parent,
        name=told.name,
        kind=Span.SPAN_KIND_CLIENT if step.kind == "model" else Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=step.start,
        end_time_unix_nano=step.end,
        attributes=pairs(told.attributes | step.extra),
        status=Status(code=Status.STATUS_CODE_OK if sender.says_ok else Status.STATUS_CODE_UNSET),
    )
    if step.failure is not None:
        span.status.code, span.status.message = Status.STATUS_CODE_ERROR, step.failure.message
        raised = {"exception.type": step.failure.type, "exception.message": step.failure.message}
        span.events.add(
            name="exception", time_unix_nano=step.end, attributes=pairs(raised | told.exception)
        )
    return span


def http_span(step: Step, rng: Random) -> Span:
    """The request that a model call was."""
    status = step.failure.status if step.failure else 200
    return Span(
        trace_id=step.trace,
        span_id=rng.randbytes(8),
        parent_span_id=step.id,
        name="POST",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=step.start,
        end_time_unix_nano=step.end,
        attributes=pairs(HTTP | ({HTTP_STATUS: status} if status else {})),
    )


def delivered(spans: list[Span], how: str, rng: Random) -> list[list[Span]]:
    """The spans in the groups in which they arrive. Exporters send a span when it has ended."""
    ended = sorted(spans, key=lambda span: span.end_time_unix_nano)
    if how == "one body":
        return [ended]
    late = [span for span in ended if how == "late" and rng.random() < LATE_SHARE]
    kept = {span.span_id for span in late}
    groups = split([span for span in ended if span.span_id not in kept], rng)
    if how == "shuffled":
        for group in groups:
            rng.shuffle(group)
        rng.shuffle(groups)
    return [*groups, late]


def split(spans: list[Span], rng: Random) -> list[list[Span]]:
    """In batches of different sizes."""
    groups: list[list[Span]] = []
    while spans:
        size = rng.randint(4, 24)
        groups.append(spans[:size])
        spans = spans[size:]
    return groups


def request(spans: Iterable[Span], play: Play, sender: Sender) -> ExportTraceServiceRequest:
    """One request with these spans."""
    made = ExportTraceServiceRequest()
    outer = made.resource_spans.add()
    outer.resource.attributes.extend(
        pairs(
            {
                "service.name": play.theme.service,
                "telemetry.sdk.language": sender.language,
                "deployment.environment.name": play.environment,
            }
        )
    )
    inner = outer.scope_spans.add()
    inner.scope.name = sender.scope
    inner.spans.extend(spans)
    return made


def pairs(attributes: dict[str, Any]) -> list[KeyValue]:
    """Attributes as OTLP has them; those without a value are left out."""
    return [
        KeyValue(key=key, value=any_value(value))
        for key, value in attributes.items()
        if value is not None
    ]


def any_value(value: Any) -> AnyValue:
    """A text, a number, a truth or a list of texts."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    return AnyValue(string_value=value)
