"""Steps as the requests in which a sender tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from random import Random
from typing import Literal, NamedTuple, TypeVar

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.scenarios.play import Play
from tests.scenarios.senders.sender import Record, Sender, Told
from tests.scenarios.steps import Step
from tests.scenarios.values import any_value, pairs

HTTP = {"http.request.method": "POST", "server.address": "api.provider.example"}
HTTP_STATUS = "http.response.status_code"
LATE_SHARE = 0.15  # of the spans, where some come late


Item = TypeVar("Item")


class Sent(NamedTuple):
    """A request: the signal it is of, and its body as protobuf."""

    signal: Literal["traces", "logs"]
    body: bytes


def bodies(play: Play, sender: Sender) -> Iterator[Sent]:
    """The run of a program in requests, in order of arrival. Log records travel beside the spans,
    some of them before."""
    rng = Random(f"{play.name} delivery")
    told = [(step, sender.describe(step, play.noise.hidden)) for step in play.steps]
    spans = [span for step, said in told for span in spans_of(step, said, play, sender, rng)]
    records = [record_of(each, step) for step, said in told for each in said.records]
    batches = delivered(spans, play.noise.delivery, rng, lambda span: span.end_time_unix_nano)
    if play.noise.repeats_a_body:
        batches.append(rng.choice(batches))
    logs = delivered(
        records, play.noise.delivery, rng, lambda record: record.observed_time_unix_nano
    )
    sent = (
        [Sent("traces", request(group, play, sender).SerializeToString()) for group in batches],
        [Sent("logs", log_request(group, play, sender).SerializeToString()) for group in logs],
    )
    for first, second in zip_longest(*(sent if rng.random() < 0.5 else reversed(sent))):
        yield from (each for each in (first, second) if each)


def spans_of(step: Step, told: Told, play: Play, sender: Sender, rng: Random) -> Iterator[Span]:
    """A step's span, and that of the HTTP client within a model call."""
    yield span_of(step, told, play.noise.cut, sender)
    if step.kind == "model" and play.noise.wrapped:
        yield http_span(step, rng)


def span_of(step: Step, told: Told, cut: int, sender: Sender) -> Span:
    """A step in the sender's words, each cut after so many characters."""
    span = Span(
        trace_id=step.trace,
        span_id=step.id,
        parent_span_id=step.parent,
        name=told.name,
        kind=Span.SPAN_KIND_CLIENT if step.kind == "model" else Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=step.start,
        end_time_unix_nano=step.end,
        attributes=pairs(told.attributes | step.extra, cut),
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


def record_of(record: Record, step: Step) -> LogRecord:
    """A log record about a step."""
    made = LogRecord(
        observed_time_unix_nano=record.at,
        trace_id=step.trace,
        span_id=step.id,
        event_name=record.event,
        attributes=pairs(record.attributes),
    )
    if record.body is not None:
        made.body.CopyFrom(any_value(record.body))
    return made


def delivered(
    items: Sequence[Item], how: str, rng: Random, when: Callable[[Item], int]
) -> list[list[Item]]:
    """Spans or log records in the groups in which they arrive, none of which is empty. Exporters
    send a span when it has ended."""
    ended = sorted(items, key=when)
    if how == "one body":
        return [ended] if ended else []
    late = [item for item in ended if how == "late" and rng.random() < LATE_SHARE]
    kept = {id(item) for item in late}
    groups = split([item for item in ended if id(item) not in kept], rng)
    if how == "shuffled":
        for group in groups:
            rng.shuffle(group)
        rng.shuffle(groups)
    return [group for group in (*groups, late) if group]


def split(items: list[Item], rng: Random) -> list[list[Item]]:
    """In batches of different sizes."""
    groups: list[list[Item]] = []
    while items:
        size = rng.randint(4, 24)
        groups.append(items[:size])
        items = items[size:]
    return groups


def request(spans: Iterable[Span], play: Play, sender: Sender) -> ExportTraceServiceRequest:
    """One request with these spans."""
    made = ExportTraceServiceRequest()
    outer = made.resource_spans.add(resource=resource(play, sender))
    outer.scope_spans.add(scope=InstrumentationScope(name=sender.scope), spans=spans)
    return made


def log_request(
    records: Iterable[LogRecord], play: Play, sender: Sender
) -> ExportLogsServiceRequest:
    """One request with these log records."""
    made = ExportLogsServiceRequest()
    outer = made.resource_logs.add(resource=resource(play, sender))
    outer.scope_logs.add(scope=InstrumentationScope(name=sender.scope), log_records=records)
    return made


def resource(play: Play, sender: Sender) -> Resource:
    """Who sends."""
    said = {
        "service.name": play.theme.service,
        "telemetry.sdk.language": sender.language,
        "deployment.environment.name": play.environment,
    }
    return Resource(attributes=pairs(said))
