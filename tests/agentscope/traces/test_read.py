"""Lists, trees and details as pages and the API read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.traces.models import Trace
from agentscope.traces.read import (
    BadCursor,
    Cursor,
    TraceFilters,
    facets,
    span_detail,
    trace,
    trace_tree,
    traces,
)
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part, WireScope
from tests.kit.drawing import drawing
from tests.kit.spans import NOON, SCOPE, TRACE, understood, wire_log, wire_span

pytestmark = pytest.mark.django_db

ID = UUID(bytes=TRACE)
ALL = TraceFilters()
DAY = datetime(2026, 11, 25, tzinfo=UTC)


def put(number: int, **said):
    """An examined trace, started `number` minutes into the day."""
    return Trace.objects.create(
        **{
            "trace_id": UUID(int=number),
            "project_id": 1,
            "started_at": DAY + timedelta(minutes=number),
            "start_ns": 0,
            "spans": 1,
            "examined_generation": 0,
        }
        | said
    )


def numbers(page):
    return [found.trace_id.int for found in page.items]


def test_the_newest_come_first_and_pages_join():
    for number in range(1, 6):
        put(number, started_at=DAY + timedelta(minutes=number // 2))
    first = traces(1, ALL, None, 2)
    second = traces(1, ALL, first.next, 2)
    third = traces(1, ALL, Cursor.parse(str(second.next)), 2)
    assert [numbers(page) for page in (first, second, third)] == [[4, 5], [2, 3], [1]]
    assert [page.total for page in (first, second, third)] == [5, 5, 5]
    assert third.next is None
    assert not third.truncated


def test_a_cursor_needs_no_quoting_in_an_address():
    cursor = Cursor(DAY, ID)
    assert quote(str(cursor), safe=":") == str(cursor)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["x", "~", "2026-11-25T00:00:00~" + "0" * 32, "2026~zz"])
def test_a_cursor_that_is_not_ours(text):
    with pytest.raises(BadCursor, match="leave it out"):
        Cursor.parse(text)


@pytest.mark.parametrize(
    "filters",
    [
        TraceFilters(since=DAY + timedelta(minutes=5)),
        TraceFilters(agent="planner"),
        TraceFilters(model="gpt-4o"),
        TraceFilters(tool="search"),
        TraceFilters(key="ci #2"),
        TraceFilters(status="error"),
        TraceFilters(state="ended"),
        TraceFilters(session="s1"),
        TraceFilters(min_cost=Decimal("0.5")),
        TraceFilters(text="PLAN 100%"),
    ],
)
def test_each_filter_finds_the_one_that_fits(filters):
    put(1)
    put(
        9,
        agents=["planner", "writer"],
        model_names=["gpt-4o"],
        tools=["search"],
        keys=["checkout #1", "ci #2"],
        errors=2,
        state="ended",
        session="s1",
        known_cost=Decimal("0.5"),
        name="Plan 100% of it",
    )
    found = traces(1, filters, None, 10)
    assert (numbers(found), found.total) == ([9], 1)


def test_the_end_of_a_range_and_success_are_filters_too():
    put(1)
    put(9, errors=1)
    assert numbers(traces(1, TraceFilters(until=DAY + timedelta(minutes=9)), None, 10)) == [1]
    assert numbers(traces(1, TraceFilters(status="ok"), None, 10)) == [1]


def test_a_trace_is_listed_before_it_is_examined_but_not_if_it_has_logs_alone():
    put(1, spans=0, examined_generation=-1)
    put(2, spans=0)
    assert numbers(traces(1, ALL, None, 10)) == [1]


def test_counting_ends_somewhere_and_says_so(monkeypatch):
    monkeypatch.setattr("agentscope.traces.read.MOST_COUNTED", 2)
    for number in range(3):
        put(number)
    page = traces(1, ALL, None, 1)
    assert (page.total, page.truncated) == (2, True)


def test_a_foreign_project_sees_nothing():
    put(1, agents=["planner"])
    save_spans(1, understood(wire_span(1)))
    assert traces(2, ALL, None, 10).items == []
    assert trace(2, UUID(int=1)) is None
    assert trace_tree(2, ID) is None
    assert span_detail(2, ID, 1) is None
    assert facets(2).agents == []


def test_names_to_filter_by():
    put(1, agents=["writer", "planner"], tools=["search"], keys=["ci #2"])
    put(2, agents=["planner"], model_names=["gpt-4o"])
    found = facets(1)
    assert (found.agents, found.models, found.tools, found.keys) == (
        ["planner", "writer"],
        ["gpt-4o"],
        ["search"],
        ["ci #2"],
    )


def test_a_tree_that_was_not_examined_is_grown_from_its_spans():
    save_spans(
        1, understood(wire_span(2, parent_id=(1).to_bytes(8, "big"), name="step"), wire_span(1))
    )
    assert drawing(trace_tree(1, ID)) == "other work\n  other step"


def test_lists_and_trees_need_few_queries_and_no_payload():
    put(1)
    save_spans(1, understood(*(wire_span(number) for number in range(1, 30))))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        traces(1, ALL, None, 10)
        assert len(queries) == 2
        trace(1, ID)
        facets(1)
        trace_tree(1, ID)
    assert len(queries) <= 6
    assert not any("payload" in query["sql"] for query in queries)


def attribute(record, key, text):
    record.attributes.add(key=key).value.string_value = text


def text_message(role, text):
    return Message(role, [Part("text", text)])


def test_the_detail_of_a_span():
    sent = ProtoSpan(name="chat")
    attribute(sent, "gen_ai.request.model", "gpt-4o")
    attribute(sent.events.add(name="retry", time_unix_nano=NOON), "attempt", "2")
    attribute(sent.links.add(trace_id=TRACE, span_id=b"\1" * 8), "why", "resumed")
    envelope = ResourceSpans()
    attribute(envelope.resource, "service.name", "shop")
    envelope.scope_spans.add().scope.name = "agents"
    scope = WireScope({}, "agents", "", {}, "", envelope.SerializeToString())
    said = Meaning(
        framework="langgraph",
        content=Content(input_messages=[text_message("user", "hello")]),
        sources={"model": "gen_ai.request.model"},
    )
    save_spans(1, [(wire_span(1, scope=scope, raw=sent.SerializeToString()), said)])
    detail = span_detail(1, ID, 1)
    assert detail.attributes == {"gen_ai.request.model": "gpt-4o"}
    assert [(e.name, e.attributes) for e in detail.events] == [("retry", {"attempt": "2"})]
    assert [(n.trace_id, n.attributes) for n in detail.links] == [(TRACE.hex(), {"why": "resumed"})]
    assert (detail.resource, detail.scope["name"]) == ({"service.name": "shop"}, "agents")
    assert (detail.said, detail.sources) == (
        {"framework": "langgraph"},
        {"model": "gen_ai.request.model"},
    )
    assert [m["parts"][0]["text"] for m in detail.content["input_messages"]] == ["hello"]


@pytest.mark.parametrize("logs_first", [True, False])
def test_log_records_fill_up_what_the_span_says_and_nothing_comes_twice(logs_first):
    def log(second, role, text):
        message = text_message(role, text)
        content = (
            Content(output_messages=[message])
            if role == "assistant"
            else Content(input_messages=[message])
        )
        raw = LogRecord(time_unix_nano=NOON + second).SerializeToString()
        return wire_log(time_ns=NOON + second, raw=raw), Meaning(content=content)

    span = (
        wire_span(1, raw=ProtoSpan(name="chat").SerializeToString(), scope=SCOPE_ON_WIRE),
        Meaning(content=Content(input_messages=[text_message("user", "hello")])),
    )
    logs = [log(3, "assistant", "hi"), log(1, "user", "hello"), log(2, "user", "are you there?")]
    steps = [lambda: save_logs(1, logs), lambda: save_spans(1, [span])]
    for step in steps if logs_first else reversed(steps):
        step()
    detail = span_detail(1, ID, 1)
    assert [m["parts"][0]["text"] for m in detail.content["input_messages"]] == [
        "hello",
        "are you there?",
    ]
    assert [m["parts"][0]["text"] for m in detail.content["output_messages"]] == ["hi"]
    assert [log.log.time_ns - NOON for log in detail.logs] == [1, 2, 3]


@pytest.mark.parametrize(("written_on", "second"), [(1, 5), (3, 5), (1, 50)])
def test_records_written_on_a_neighbour_belong_to_the_call_that_ran(written_on, second):
    """1 is an agent with two calls, 2 and 4; 3 is the request inside 2."""

    def span(number, parent, kind, start=0, end=10):
        times = {"start_ns": NOON + start, "end_ns": NOON + end}
        sent = {"scope": SCOPE_ON_WIRE, "raw": ProtoSpan(name=f"{number}").SerializeToString()}
        said = {"parent_id": parent.to_bytes(8, "big") if parent else b""}
        return wire_span(number, **times, **sent, **said), Meaning(kind=kind)

    save_spans(
        1,
        [
            span(1, 0, Kind.AGENT, 0, 100),
            span(2, 1, Kind.LLM),
            span(3, 2, Kind.OTHER),
            span(4, 1, Kind.LLM, 20, 60),
        ],
    )
    said = Meaning(content=Content(input_messages=[text_message("user", "hello")]))
    log = wire_log(
        span_id=written_on.to_bytes(8, "big"),
        time_ns=NOON + second,
        raw=LogRecord(severity_text="INFO").SerializeToString(),
    )
    save_logs(1, [(log, said)])
    ran, other = (2, 4) if second == 5 else (4, 2)
    assert span_detail(1, ID, ran).content["input_messages"]
    assert span_detail(1, ID, other).content == {}


def test_the_detail_needs_few_queries():
    sent = {"scope": SCOPE_ON_WIRE, "raw": ProtoSpan(name="chat").SerializeToString()}
    spans = [(wire_span(number, **sent), Meaning(kind=Kind.LLM)) for number in range(1, 20)]
    save_spans(1, spans)
    with CaptureQueriesContext(connection) as queries:
        span_detail(1, ID, 1)
    assert len(queries) <= 7


SCOPE_ON_WIRE = WireScope(
    SCOPE.resource, "agents", "1", {}, "", ResourceSpans(schema_url="x").SerializeToString()
)
