"""What some spans of a trace said: their contents, in as many queries for many as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q

from agentscope.traces.joined import fill_up
from agentscope.traces.models import Span, SpanLog, SpanPayload
from agentscope.traces.nearby import above, below, call_of
from agentscope.traces.payload import Payload, unpack_payload
from agentscope.traces.tree import Tree
from agentscope.traces.wire import read_span
from agentscope.vocabulary import Kind, Status

MOST_LOGS = 5_000  # records that are read for all of them together
MESSAGES = {"input_messages", "output_messages"}


class Teller(Protocol):
    """What log records know a span by."""

    @property
    def span_id(self) -> int: ...

    @property
    def tool_call_id(self) -> str: ...

    @property
    def response_id(self) -> str: ...


@dataclass(slots=True)
class Said:
    """What one span said; empty where nothing is known of it."""

    content: dict[str, Any] = field(default_factory=dict)  # fields of vocabulary.Content
    tool_call_id: str = ""
    error: str = ""  # the message of its failure
    verdict: str = ""  # vocabulary.Verdict, and why
    verdict_why: str = ""


def contents(project_id: int, trace_id: UUID, tree: Tree, rows: Collection[int]) -> dict[int, Said]:
    """What the spans of these rows said, by row. Three queries; four where a model call says
    nothing itself, for then a logger may have told of it on a span beside it."""
    at = {int(tree.span_id[row]): row for row in rows}
    spans = spans_of(project_id, trace_id, at)
    found = {row: Said() for row in rows}
    for span_id, payload in payloads_of(project_id, trace_id, spans).items():
        span, said = spans[span_id], found[at[span_id]]
        said.content, said.tool_call_id = payload.content, span.tool_call_id
        said.verdict = payload.said.get("verdict", "")
        said.verdict_why = payload.said.get("verdict_why", "")
        if span.status == Status.ERROR or span.error_class:
            said.error = error_of(payload)
    told = defaultdict[int, list[SpanLog]](list)
    tellers = {at[span_id]: span for span_id, span in spans.items()}
    for log in logs_of(project_id, trace_id, tellers.values()):
        for row in told_of(log, tellers):
            told[row].append(log)
    fill(found, told)
    silent = [
        row
        for row in rows
        if tree.kind[row] == Kind.LLM and not MESSAGES & found[row].content.keys()
    ]
    fill(found, nearby(project_id, trace_id, tree, silent) if silent else {})
    return found


class Reader:
    """What spans of a trace said, each of them read once however often it is asked for."""

    def __init__(self, project_id: int, trace_id: UUID, tree: Tree) -> None:
        self.project_id, self.trace_id, self.tree = project_id, trace_id, tree
        self.known: dict[int, Said] = {}

    def of(self, rows: Collection[int]) -> dict[int, Said]:
        """What the spans of these rows said, by row. Four queries at most, none if all was read."""
        if wanted := set(rows) - self.known.keys():
            self.known |= contents(self.project_id, self.trace_id, self.tree, sorted(wanted))
        return {row: self.known[row] for row in rows}


def spans_of(project_id: int, trace_id: UUID, span_ids: Collection[int]) -> dict[int, Span]:
    """The spans with these ids; of one that came in several copies that which the tree shows."""
    copies = Span.objects.filter(
        trace_id=trace_id, project_id=project_id, span_id__in=list(span_ids)
    ).order_by("span_id", "-version")
    return {span.span_id: span for span in copies.distinct("span_id")}


def payloads_of(project_id: int, trace_id: UUID, spans: dict[int, Span]) -> dict[int, Payload]:
    """The payloads of spans; none where retention was quicker."""
    if not spans:
        return {}
    times = [span.started_at for span in spans.values()]
    stored = SpanPayload.objects.filter(
        trace_id=trace_id,
        project_id=project_id,
        span_id__in=list(spans),
        started_at__range=(min(times), max(times)),
    )
    return {
        each.span_id: unpack_payload(bytes(each.body))
        for each in stored
        if spans[each.span_id].started_at == each.started_at
    }


def error_of(payload: Payload) -> str:
    """How a span says that it failed."""
    said: str = payload.said.get("error_message") or read_span(payload.raw).status_message
    return said


def logs_of(project_id: int, trace_id: UUID, spans: Collection[Teller]) -> list[SpanLog]:
    """The log records that tell of these spans, in order of time."""
    wanted = Q(span_id__in=[span.span_id for span in spans])
    for name in ("tool_call_id", "response_id"):
        if known := [said for span in spans if (said := getattr(span, name))]:
            wanted |= Q(**{f"facts__{name}__in": known})
    logs = SpanLog.objects.filter(wanted, trace_id=trace_id, project_id=project_id)
    return list(logs.order_by("time_ns", "digest")[:MOST_LOGS])


def told_of(log: SpanLog, spans: Mapping[int, Teller]) -> list[int]:
    """The rows of the spans that a record tells of: it was written on them, or names their call."""
    facts = log.facts or {}
    return [
        row
        for row, span in spans.items()
        if log.span_id == span.span_id
        or (span.tool_call_id and facts.get("tool_call_id") == span.tool_call_id)
        or (span.response_id and facts.get("response_id") == span.response_id)
    ]


def nearby(
    project_id: int, trace_id: UUID, tree: Tree, rows: Iterable[int]
) -> dict[int, list[SpanLog]]:
    """The records on neighbours of model calls that belong to these, as for one in nearby.py."""
    wanted = set(rows)
    beside = {
        int(tree.span_id[at]): at for row in wanted for at in (*above(tree, row), *below(tree, row))
    }
    logs = SpanLog.objects.filter(
        trace_id=trace_id, project_id=project_id, span_id__in=list(beside)
    ).order_by("time_ns", "digest")[:MOST_LOGS]
    found = defaultdict[int, list[SpanLog]](list)
    for log in logs:
        row = call_of(tree, beside[log.span_id or 0], log.time_ns)
        if row in wanted and row is not None:
            found[row].append(log)
    return found


def fill(found: dict[int, Said], told: dict[int, list[SpanLog]]) -> None:
    """Add what log records say."""
    for row, logs in told.items():
        fill_up(found[row].content, [unpack_payload(bytes(log.body)).content for log in logs])
