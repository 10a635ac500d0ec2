"""Steps as the requests in which a sender tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, zip_longest
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
    spans, records = told(play, sender, rng)
    batches = delivered(spans, play.noise.delivery, rng, ended)
    if play.noise.repeats_a_body:
        batches.append(rng.choice(batches))
    logs = delivered(records, play.noise.delivery, rng, observed)
    sent = (
        [request(group, play, sender) for group in batches],
        [log_request(group, play, sender) for group in logs],
    )
    for both in zip_longest(*(sent if rng.random() < 0.5 else reversed(sent))):
        yield from (each for each in both if each)


def parts(play: Play, sender: Sender, until: Sequence[int]) -> Iterator[list[Sent]]:
    """The run as it grows: what had ended by each of these times (ns), and the rest of it."""
    spans, records = told(play, sender, Random(f"{play.name} delivery"))
    for since, end in pairwise([0, *until, 2**63]):
        some = [each for each in spans if since < ended(each) <= end]
        lines = [each for each in records if since < observed(each) <= end]
        sent = [request(some, play, sender)] if some else []
        yield sent + ([log_request(lines, play, sender)] if lines else [])


def scattered(play: Play, sender: Sender, rng: Random) -> list[Sent]:
    """The run in small requests in any order, some of which come twice."""
    spans, records = told(play, sender, Random(f"{play.name} delivery"))
    rng.shuffle(spans)
    rng.shuffle(records)
    sent = [request(group, play, sender) for group in split(spans, rng)]
    sent += [log_request(group, play, sender) for group in split(records, rng)]
    sent += rng.sample(sent, len(sent) // 4)
    rng.shuffle(sent)
    return sent


def told(play: Play, sender: Sender, rng: Random) -> tuple[list[Span], list[LogRecord]]:
    """All spans and log records, in the order of the steps."""
    spans: list[Span] = []
    records: list[LogRecord] = []
    for step in play.steps:
        said = sender.describe(step, play.noise.hidden)
        spans += spans_of(step, said, play, sender, rng)
        records += [record_of(each, step) for each in said.records]
    return spans, records


def ended(span: Span) -> int:
    """When exporters get to know of a span, ns."""
    return span.end_time_unix_nano


def observed(record: LogRecord) -> int:
    """The same of a log record."""
    return record.observed_time_unix_nano


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
    in_order = sorted(items, key=when)
    if how == "one body":
        return [in_order] if in_order else []
    late = [item for item in in_order if how == "late" and rng.random() < LATE_SHARE]
    kept = {id(item) for item in late}
    groups = split([item for item in in_order if id(item) not in kept], rng)
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


def request(spans: Iterable[Span], play: Play, sender: Sender) -> Sent:
    """One request with these spans."""
    made = ExportTraceServiceRequest()
    outer = made.resource_spans.add(resource=resource(play, sender))
    outer.scope_spans.add(scope=InstrumentationScope(name=sender.scope), spans=spans)
    return Sent("traces", made.SerializeToString())


def log_request(records: Iterable[LogRecord], play: Play, sender: Sender) -> Sent:
    """One request with these log records."""
    made = ExportLogsServiceRequest()
    outer = made.resource_logs.add(resource=resource(play, sender))
    outer.scope_logs.add(scope=InstrumentationScope(name=sender.scope), log_records=records)
    return Sent("logs", made.SerializeToString())


def resource(play: Play, sender: Sender) -> Resource:
    """Who sends."""
    said = {
        "service.name": play.theme.service,
        "telemetry.sdk.language": sender.language,
        "deployment.environment.name": play.environment,
    }
    return Resource(attributes=pairs(said))
