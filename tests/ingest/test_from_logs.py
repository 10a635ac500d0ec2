"""Sessions of coding agents that send logs alone: turn → model call → tool, each once."""

from decimal import Decimal

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.inbox.models import Inbox
from agentscope.pipeline import examine
from agentscope.traces.detail import span_detail
from agentscope.traces.load import load_spans
from agentscope.traces.models import Span, SpanLog, Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Flag, Kind, Meaning, Status, Usage, WireScope
from ingest.check import check_logs
from ingest.drain import drain
from tests.kit.otlp import PROTOBUF, encode, logs, pair
from tests.kit.spans import NOON, TRACE, wire_span

pytestmark = pytest.mark.django_db

SECOND = 10**9


def record(event, at=0, ids=None, **said):
    """A record of Claude Code, so many seconds after noon; `a__b` stands for `a.b`."""
    attributes = {"session__id": "s-1", "prompt__id": "p-1", "event__name": event} | said
    return LogRecord(
        time_unix_nano=NOON + at * SECOND,
        body=AnyValue(string_value=f"claude_code.{event}"),
        attributes=[
            pair(key.replace("__", "."), string_value=str(value))
            for key, value in attributes.items()
            if value is not None
        ],
        **(ids or {}),
    )


PROMPT = record("user_prompt", prompt="Fix the test.")
CALL = record(
    "api_request",
    at=3,
    model="claude-sonnet-4-5",
    cost_usd="0.0051",
    duration_ms=2000,
    input_tokens=12,
    output_tokens=80,
    cache_read_tokens=4000,
    cache_creation_tokens=500,
    request_id="req_1",
)
TOOL = record(
    "tool_result", at=4, tool_name="Bash", tool_use_id="toolu_1", success="true", duration_ms=500
)
DECISION = record("tool_decision", at=4, tool_name="Bash", tool_use_id="toolu_1", decision="accept")
RECORDS = (PROMPT, CALL, TOOL, DECISION)


def send(*records):
    """Through the inbox, as one request."""
    Inbox.objects.create(
        project_id=1,
        signal="logs",
        content_type=PROTOBUF,
        encoding="",
        body=encode(logs(*records), PROTOBUF),
    )
    assert drain() == 1


def rows():
    return sorted(Span.objects.values_list("trace_id", "span_id", "start_ns", "input_tokens"))


def test_turn_call_and_tool():
    send(*RECORDS)
    spans = {span.kind: span for span in Span.objects.all()}
    turn, call, tool = spans[Kind.AGENT], spans[Kind.LLM], spans[Kind.TOOL]
    assert len({span.trace_id for span in spans.values()}) == 1
    assert (turn.parent_id, call.parent_id, tool.parent_id) == (None, turn.span_id, turn.span_id)
    assert (turn.name, call.name) == ("invoke_agent claude-code", "chat claude-sonnet-4-5")
    assert (call.start_ns, call.end_ns) == (NOON + SECOND, NOON + 3 * SECOND)
    assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (4512, 4000, 80)
    assert (call.reported_cost, call.response_id) == (Decimal("0.0051"), "req_1")
    assert (tool.tool, tool.tool_call_id, tool.end_ns - tool.start_ns) == (
        "Bash",
        "toolu_1",
        SECOND // 2,
    )
    assert {span.session for span in spans.values()} == {"s-1"}
    assert all(span.flags & Flag.FROM_LOGS for span in spans.values())


def test_a_turn_lasts_as_long_as_what_is_in_it():
    send(*RECORDS)
    spans = load_spans(1, Trace.objects.get().trace_id)
    turn = spans.kind.tolist().index(Kind.AGENT)
    assert (int(spans.start_ns[turn]), int(spans.end_ns[turn])) == (NOON, NOON + 4 * SECOND)


def test_sending_again_in_other_requests_changes_nothing():
    send(*RECORDS)
    first = rows()
    for one in reversed(RECORDS):
        send(one)
    assert rows() == first
    assert all(not flags & Flag.CONFLICT for flags in Span.objects.values_list("flags", flat=True))
    assert SpanLog.objects.count() == len(RECORDS)


def test_the_records_are_kept_as_they_came_and_shown_with_their_spans():
    send(*RECORDS)
    tool = Span.objects.get(kind=Kind.TOOL)
    detail = span_detail(1, tool.trace_id, tool.span_id)
    assert {log.log.event_name for log in detail.logs} == {"tool_decision", "tool_result"}
    assert detail.attributes["tool_name"] == "Bash"


def test_each_turn_is_a_trace_and_one_session():
    send(PROMPT, record("user_prompt", at=60, prompt__id="p-2"))
    assert Trace.objects.count() == 2
    assert set(Span.objects.values_list("session", flat=True)) == {"s-1"}


def test_without_names_of_turns_a_call_belongs_to_the_last_turn_before_it():
    def codex(event, at, **said):
        one = record(event, at, prompt__id=None, session__id=None, conversation__id="c-1", **said)
        one.body.string_value = f"codex.{event}"
        return one

    end = {"event__kind": "response.completed", "model": "gpt-5-codex", "input_token_count": 5}
    send(
        codex("user_prompt", 0),
        codex("sse_event", 2, **end),
        codex("user_prompt", 10),
        codex("sse_event", 12, **end),
        codex("sse_event", 14, **end),
    )
    spans = load_spans(1, Trace.objects.get().trace_id)
    start = {
        int(number): int(at) // SECOND - NOON // SECOND
        for number, at in zip(spans.span_id, spans.start_ns, strict=True)
    }
    calls = [
        (start[int(parent)], start[int(number)])
        for parent, number, kind in zip(spans.parent_id, spans.span_id, spans.kind, strict=True)
        if kind == Kind.LLM
    ]
    assert sorted(calls) == [(0, 2), (10, 12), (10, 14)]


def test_a_record_of_a_trace_belongs_to_a_span_of_its_agent():
    ids = {"trace_id": bytes(range(1, 17)), "span_id": bytes(range(1, 9))}
    send(record("api_request", ids=ids, model="claude-sonnet-4-5", input_tokens=1))
    assert Span.objects.count() == 0
    assert SpanLog.objects.get().trace_id == Trace.objects.get().trace_id


def test_a_failed_attempt_is_a_failed_call_of_its_own():
    send(record("api_error", at=1, model="m", error="Overloaded", status_code=529, request_id="r"))
    span = Span.objects.get()
    assert (span.kind, span.status, span.error_class) == (Kind.LLM, Status.ERROR, "overloaded")


def test_a_record_without_a_session_is_kept_but_stands_for_nothing():
    send(record("api_request", session__id=None, model="m", input_tokens=1))
    assert (Span.objects.count(), SpanLog.objects.count()) == (0, 1)


def test_other_agents_logs_without_ids_are_still_refused():
    assert check_logs(encode(logs(PROMPT), PROTOBUF), PROTOBUF).kept == 1
    other = LogRecord(body=AnyValue(string_value="started"))
    assert check_logs(encode(logs(other), PROTOBUF), PROTOBUF).kept == 0


def examined():
    """Model calls and costs of all traces."""
    for trace_id in Trace.objects.values_list("trace_id", flat=True):
        examine(1, trace_id)
    found = Trace.objects.all()
    return sum(one.llm_calls for one in found), sum(one.known_cost for one in found)


def test_it_costs_once():
    send(*RECORDS)
    send(*RECORDS)
    assert examined() == (1, Decimal("0.0051"))


def test_a_call_of_which_a_span_tells_too_is_not_paid_twice():
    send(*RECORDS)
    said = Meaning(
        Kind.LLM,
        model="claude-sonnet-4-5",
        response_id="req_1",
        usage=Usage(4512, 80, cache_read=4000, cache_write=500),
        reported_cost=Decimal("0.0051"),
    )
    save_spans(1, [(wire_span(1, start_ns=NOON + SECOND, end_ns=NOON + 3 * SECOND), said)])
    examined()
    assert examined() == (1, Decimal("0.0051"))
    assert Trace.objects.get(known_cost__gt=0).trace_id.bytes == TRACE, "the span's own trace"


def test_a_record_of_a_trace_gives_its_cost_to_the_span():
    ids = {"trace_id": TRACE, "span_id": (1).to_bytes(8, "big")}
    turn, call = Meaning(Kind.AGENT), Meaning(Kind.LLM, response_id="req_1")
    sent = ProtoSpan(name="llm_request").SerializeToString()
    below = wire_span(
        2, parent_id=ids["span_id"], raw=sent, scope=WireScope({}, "", "", {}, "", b"")
    )
    save_spans(1, [(wire_span(1), turn), (below, call)])
    record_of_trace = LogRecord.FromString(CALL.SerializeToString())
    record_of_trace.trace_id, record_of_trace.span_id = ids["trace_id"], ids["span_id"]
    send(record_of_trace)
    assert examined() == (1, Decimal("0.0051"))
    detail = span_detail(1, Trace.objects.get().trace_id, 2)
    assert detail.sources["reported_cost"] == "cost_usd (api_request)"
    assert (detail.span.session, detail.span.model) == ("s-1", "claude-sonnet-4-5")
    assert Span.objects.count() == 2


def codex_result(output, **said):
    """A record of a tool that Codex called, which says that all went well."""
    said = {"tool_name": "mcp__db__query", "call_id": "call_1", "success": "true"} | said
    one = record("tool_result", prompt__id=None, output=output, **said)
    one.body.string_value = "codex.tool_result"
    return one


@pytest.mark.parametrize(
    ("output", "error_class"),
    [
        ("MCP error -32602: no such column", "invalid_request"),
        ('{"isError": true, "content": [{"type": "text", "text": "no"}]}', "tool_reported"),
        ("Error: ENOENT: no such file or directory", "not_found"),
        ("3 rows. Error: is a word in the second", ""),
        ("[]", ""),
    ],
)
def test_a_result_may_tell_of_a_failure_that_the_record_does_not(output, error_class):
    send(codex_result(output))
    span = Span.objects.get()
    assert (span.kind, span.status == Status.ERROR) == (Kind.TOOL, False)
    assert bool(span.flags & Flag.SILENT_FAILURE) is bool(error_class)
    assert span.error_class == error_class


def test_a_record_of_a_trace_tells_its_span_that_it_failed():
    call = Meaning(Kind.TOOL, tool="mcp__db__query", tool_call_id="call_1")
    save_spans(1, [(wire_span(1), call)])
    one = codex_result("MCP error -32602: no such column")
    one.trace_id, one.span_id = TRACE, (1).to_bytes(8, "big")
    send(one)
    spans = load_spans(1, Trace.objects.get().trace_id)
    assert spans.flags[0] & Flag.SILENT_FAILURE
    assert spans.error_class == ["invalid_request"]
