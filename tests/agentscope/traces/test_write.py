"""Spans and log records as rows: what is kept, cut, clamped and marked."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from agentscope.traces.due import TRACE_REST
from agentscope.traces.models import Envelope, Span, SpanLog, SpanPayload, Trace
from agentscope.traces.payload import unpack_payload
from agentscope.traces.rows import LONGEST_COLUMN
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import (
    Content,
    ErrorClass,
    Flag,
    Kind,
    Meaning,
    Status,
    Usage,
    WireScope,
)
from tests.kit.spans import NOON, SCOPE, TRACE, understood, wire_log, wire_span

pytestmark = pytest.mark.django_db


def test_it_works():
    said = Meaning(
        kind=Kind.LLM,
        agent="planner",
        model="gpt-4o",
        usage=Usage(input=10, output=0, cache_read=4),
        reported_cost=Decimal("0.000123"),
        status=Status.ERROR,
        error_class=ErrorClass.RATE_LIMIT,
    )
    save_spans(7, [(wire_span(1, parent_id=b"\xff" * 8, name="chat"), said)])
    span = Span.objects.get()
    assert (span.trace_id, span.project_id, span.span_id) == (UUID(bytes=TRACE), 7, 1)
    assert (span.parent_id, span.name, span.service, span.scope) == (-1, "chat", "shop", "agents")
    assert (span.start_ns, span.end_ns, span.started_at.isoformat()) == (
        *(NOON, NOON + 10**9),
        "2026-11-25T12:00:00+00:00",
    )
    assert (span.kind, span.agent, span.model, span.status) == (Kind.LLM, "planner", "gpt-4o", 2)
    assert (span.input_tokens, span.output_tokens, span.cache_read_tokens) == (10, 0, 4)
    assert (span.cache_write_tokens, span.reasoning_tokens) == (None, None)
    assert (span.reported_cost, span.error_class) == (Decimal("0.000123"), "rate_limit")
    assert (span.flags, span.signature) == (0, None)


def test_the_payload_and_its_envelope_are_kept():
    save_spans(7, understood(wire_span(1, raw=b"as it came")))
    payload = SpanPayload.objects.get()
    assert unpack_payload(bytes(payload.body)).raw == b"as it came"
    assert bytes(Envelope.objects.get(digest=payload.envelope).body) == SCOPE.envelope


def test_an_envelope_is_stored_once_and_seen_today():
    save_spans(7, understood(wire_span(1), wire_span(2)))
    Envelope.objects.update(seen_on="2026-01-01")
    save_spans(7, understood(wire_span(3)))
    assert Envelope.objects.get().seen_on == timezone.now().date()


def test_two_scopes_in_one_batch():
    other = WireScope({}, "", "", {}, "", b"another envelope")
    save_spans(7, understood(wire_span(1), wire_span(2, scope=other), wire_span(3)))
    assert Envelope.objects.count() == 2


def test_a_trace_spans_all_its_spans():
    late = wire_span(2, start_ns=NOON + 5, end_ns=NOON + 9 * 10**9)
    save_spans(7, understood(late, wire_span(1)))
    save_spans(7, understood(wire_span(3, start_ns=NOON - 10**9, end_ns=0)))
    trace = Trace.objects.get()
    assert (trace.start_ns, trace.end_ns) == (NOON - 10**9, NOON + 9 * 10**9)
    assert (trace.started_at.isoformat(), trace.generation) == ("2026-11-25T11:59:59+00:00", 1)
    assert (trace.state, trace.spans, trace.agents) == ("running", 0, [])


def test_a_start_of_zero_does_not_move_its_trace():
    save_spans(7, understood(wire_span(1, start_ns=0)))
    assert Trace.objects.get().start_ns == 0
    save_spans(7, understood(wire_span(2)))
    save_spans(7, understood(wire_span(3, start_ns=0)))
    assert Trace.objects.get().start_ns == NOON


@pytest.mark.parametrize(
    ("start", "end", "flags"),
    [
        (0, 5, Flag.CLOCK_SUSPECT),
        (NOON, NOON - 1, Flag.CLOCK_SUSPECT),
        (NOON // 10**6, NOON // 10**6, Flag.CLOCK_SUSPECT),  # milliseconds
        ((1 << 64) - 1, (1 << 64) - 1, Flag.CLOCK_SUSPECT),
        (NOON, (1 << 64) - 1, Flag.CLOCK_SUSPECT),
        (NOON, 0, Flag.NOT_ENDED),
        (NOON, NOON, 0),
    ],
)
def test_odd_times_are_clamped_and_marked(start, end, flags):
    save_spans(7, understood(wire_span(1, start_ns=start, end_ns=end)))
    span = Span.objects.get()
    most = (1 << 63) - 1
    assert (span.start_ns, span.end_ns, span.flags) == (min(start, most), min(end, most), flags)


def test_columns_take_what_they_can():
    said = Meaning(
        agent="a\0b\ud83d",
        session="s" * 5000,
        usage=Usage(input=1 << 64, output=-1, reasoning=3),
        reported_cost=Decimal("1e30"),
    )
    save_spans(7, [(wire_span(1, name="n" * 10**6, span_kind=1 << 31), said)])
    span = Span.objects.get()
    assert (span.agent, len(span.session), len(span.name)) == ("a\ufffdb?", *[LONGEST_COLUMN] * 2)
    assert (span.input_tokens, span.output_tokens, span.reasoning_tokens) == (None, None, 3)
    assert (span.reported_cost, span.span_kind) == (None, (1 << 15) - 1)


@pytest.mark.parametrize("cost", ["NaN", "Infinity", "-1"])
def test_a_cost_that_is_no_amount_is_unknown(cost):
    save_spans(7, [(wire_span(1), Meaning(reported_cost=Decimal(cost)))])
    assert Span.objects.get().reported_cost is None


def test_ten_megabytes_and_nan_are_stored():
    raw = b"x" * (10 << 20)
    content = Content(arguments={"nan": float("nan"), "big": 1 << 80}, input="y" * (10 << 20))
    save_spans(7, [(wire_span(1, raw=raw), Meaning(kind=Kind.TOOL, content=content))])
    assert Span.objects.get().payload_bytes == len(raw)
    payload = unpack_payload(bytes(SpanPayload.objects.get().body))
    assert (len(payload.content["input"]), payload.raw == raw) == (10 << 20, True)


def test_projects_never_mix():
    save_spans(1, understood(wire_span(1, raw=b"one")))
    save_spans(2, understood(wire_span(1, raw=b"two")))
    raws = {p.project_id: unpack_payload(bytes(p.body)).raw for p in SpanPayload.objects.all()}
    assert raws == {1: b"one", 2: b"two"}
    assert sorted(Trace.objects.values_list("project_id", "generation")) == [(1, 0), (2, 0)]
    assert Span.objects.filter(flags=0).count() == Envelope.objects.count() == 2


def test_new_spans_make_a_trace_due_again():
    save_spans(7, understood(wire_span(1)))
    Trace.objects.update(examine_after=None, state="ended", examined_at=timezone.now())
    save_spans(7, understood(wire_span(2)))
    trace = Trace.objects.get()
    assert trace.examine_after <= timezone.now()
    assert (trace.state, trace.generation) == ("running", 1)


def test_a_trace_rests_after_an_examination():
    save_spans(7, understood(wire_span(1)))
    examined = timezone.now()
    Trace.objects.update(examine_after=None, examined_at=examined, examine_seconds=30)
    save_spans(7, understood(wire_span(2)))
    rest = timezone.timedelta(seconds=30 * TRACE_REST)
    assert Trace.objects.get().examine_after == examined + rest


def test_logs_are_stored_once_whichever_comes_first():
    records = [(wire_log(), Meaning()), (wire_log(event_name="other"), Meaning())]
    save_logs(7, records)
    assert Trace.objects.get().spans == 0
    save_spans(7, understood(wire_span(1)))
    save_logs(7, [*records, records[0]])
    assert sorted(SpanLog.objects.values_list("event_name", "span_id")) == [
        ("gen_ai.choice", 1),
        ("other", 1),
    ]
    assert Trace.objects.get().generation == 2


def test_logs_of_no_trace_or_no_span():
    save_logs(7, [(wire_log(trace_id=b"", span_id=b""), Meaning())])
    assert Trace.objects.count() == 0
    save_logs(7, [(wire_log(span_id=b""), Meaning())])
    assert set(SpanLog.objects.values_list("trace_id", "span_id")) == {
        (UUID(int=0), None),
        (UUID(bytes=TRACE), None),
    }
    assert Trace.objects.count() == 1


@pytest.mark.parametrize("time_ns", [0, -1, (1 << 64) - 1])
def test_logs_with_odd_times_are_kept(time_ns):
    save_logs(7, [(wire_log(time_ns=time_ns), Meaning())])
    assert SpanLog.objects.get().time_ns == min(max(time_ns, 0), (1 << 63) - 1)


def test_nothing_to_store_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        save_spans(7, [])
        save_logs(7, [])


def test_a_batch_takes_a_handful_of_statements(django_assert_max_num_queries):
    save_spans(7, understood(wire_span(1)))
    with django_assert_max_num_queries(8):
        save_spans(7, understood(*(wire_span(span) for span in range(2, 300))))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from only span_default")
        assert cursor.fetchone() == (0,)
