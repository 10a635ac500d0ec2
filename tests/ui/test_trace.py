import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.traces.write import save_logs
from agentscope.vocabulary import (
    Content,
    ErrorClass,
    Flag,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    WireEvent,
)
from tests.kit.spans import wire_log
from tests.ui.traces import SCOPE, TRACE_ID, save_trace, small_run, span
from ui.cuts import SHOWN

PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"

pytestmark = pytest.mark.usefixtures("embedded")


def part(name):
    return {"HX-Request": "true", "HX-Target": name}


def spans_in(text) -> list[str]:
    return re.findall(r'<tr role="row" id="s-(\w+)"', text)


def many(count):
    return [span(1), *(span(number, 1) for number in range(2, count + 2))]


def test_the_tree_is_a_treegrid(client, project):
    save_trace(project, *small_run())
    text = client.get(PAGE).text
    assert 'role="treegrid"' in text
    assert 'aria-rowcount="4"' in text
    assert spans_in(text) == [f"{number:016x}" for number in (1, 2, 3)]
    assert re.findall(r'aria-level="(\d)" aria-posinset="(\d)" aria-setsize="(\d)"', text) == [
        ("1", "1", "1"),
        ("2", "1", "2"),
        ("2", "2", "2"),
    ]
    assert "model call: </span>chat" in text


def test_without_script_every_row_is_a_link_to_its_panel(client, project):
    save_trace(project, *small_run())
    links = re.findall(r'class="label" href="(\?span=\w+)"', client.get(PAGE).text)
    assert len(links) == 3
    for link in links:
        assert 'class="panel' in client.get(PAGE + link).text


def test_the_summary_says_what_is_unknown(client, project):
    save_trace(project, *small_run(), unpriced_calls=3, llm_calls=3)
    text = client.get(PAGE).text
    assert "3 charges of unknown cost" in text


def test_htmx_gets_the_panel_alone(client, project):
    save_trace(project, *small_run())
    text = client.get(f"{PAGE}?span={2:016x}", headers=part("panel")).text
    assert "treegrid" not in text
    for said in ("How many cats?", "count", "gpt-4o", "120 in", "30 out"):
        assert said in text


def test_a_tool_shows_arguments_and_result(client, project):
    save_trace(project, *small_run())
    text = client.get(f"{PAGE}?span={3:016x}").text
    assert "Arguments" in text
    leaf = r'class="member">(\w+)</span>\s*<span class="value"[^>]*>(\w+)<'
    name, value = re.search(leaf, text).groups()
    assert (name, value) == ("what", "cats")


def test_a_model_call_without_messages_says_so(client, project):
    save_trace(project, *small_run(), span(4, 1, meaning=Meaning(Kind.LLM)))
    told = [
        "No messages of this call are recorded" in client.get(f"{PAGE}?span={number:016x}").text
        for number in (2, 3, 4)
    ]
    assert told == [False, False, True]


@pytest.mark.parametrize("said", ["x", "0" * 16, "f" * 17, "%00", f"{99:016x}"])
def test_a_span_that_is_not_there_is_said_to_be_missing(client, project, said):
    save_trace(project, *small_run())
    response = client.get(f"{PAGE}?span={said}")
    assert response.status_code == 200
    assert "This span is not here" in response.text


def test_log_records_of_the_span_join_it(client, project):
    save_trace(project, *small_run())
    record = LogRecord(severity_text="INFO")
    record.body.string_value = "as it was logged"
    said = Meaning(content=Content(input_messages=[Message("user", [Part("text", text="Psst")])]))
    log = wire_log(
        span_id=(1).to_bytes(8, "big"),
        trace_id=TRACE_ID.bytes,
        scope=SCOPE,
        raw=record.SerializeToString(),
        event_name="gen_ai.user.message",
    )
    with transaction.atomic():
        save_logs(project.pk, [(log, said)])
    text = client.get(f"{PAGE}?span={1:016x}").text
    for shown in ("Psst", "Log records", "as it was logged", "gen_ai.user.message"):
        assert shown in text


def test_the_rest_of_a_span_is_there(client, project):
    event = WireEvent("cache miss", 0, {})
    wire, meaning = span(1, attributes={"some.key": "some value"}, events=[event])
    raw = ProtoSpan.FromString(wire.raw)
    raw.links.add(trace_id=b"\x05" * 16, span_id=b"\x06" * 8)
    wire.raw = raw.SerializeToString()
    meaning.sources = {"model": "llm.model_name"}
    save_trace(project, (wire, meaning))
    text = client.get(f"{PAGE}?span={1:016x}").text
    link = f"../{'05' * 16}/?span={'06' * 8}"
    for shown in ("cache miss", "some.key", "some value", link, "llm.model_name", "service.name"):
        assert shown in text
    assert f"/api/v1/traces/{TRACE_ID.hex}/otlp?project=shop" in text


def test_failures_and_waiting_are_told_apart(client, project):
    failed = Meaning(
        Kind.TOOL,
        status=Status.ERROR,
        error_class=ErrorClass.RATE_LIMIT,
        error_type="RateLimitError",
        error_message="slow down",
    )
    waiting = Meaning(Kind.HUMAN, status=Status.WAITING, error_class=ErrorClass.CONTROL_FLOW)
    save_trace(project, span(1, meaning=failed), span(2, meaning=waiting))
    text = client.get(f"{PAGE}?span={1:016x}").text
    for said in ("Rate limited", "RateLimitError", "slow down", "waits for a person"):
        assert said in text
    assert text.count("data-failed") == 1


def test_the_panel_says_whether_trying_again_can_help_and_what_tells(client, project):
    failed = Meaning(
        Kind.TOOL,
        status=Status.ERROR,
        error_class=ErrorClass.AUTH,
        sources={"error_class": "http.response.status_code: HTTP 401"},
    )
    silent = Meaning(
        Kind.TOOL,
        error_class=ErrorClass.TOOL_REPORTED,
        error_message="no such city",
        flags=Flag.SILENT_FAILURE,
    )
    save_trace(project, span(1, meaning=failed), span(2, meaning=silent))
    text = client.get(f"{PAGE}?span={1:016x}").text
    assert "Permanent: trying again does not help." in text
    assert "http.response.status_code: HTTP 401" in text
    assert "tool reported an error, status fine" in text
    assert text.count("data-failed") == 1, "the status of the other is fine"
    text = client.get(f"{PAGE}?span={2:016x}").text
    for said in ("though its status does not say so", "no such city", "Nothing tells whether"):
        assert said in text


def test_missing_parents_are_said(client, project):
    save_trace(project, span(1), span(2, parent=77))
    text = client.get(PAGE).text
    assert "parent missing" in text
    assert "1 span whose parent has not arrived" in " ".join(text.split())


def test_a_running_trace_asks_for_news_and_gets_204_until_there_are(client, project):
    wire, meaning = span(1, flags=Flag.NOT_ENDED)
    wire.end_ns = 0
    found = save_trace(project, (wire, meaning), state="running")
    text = client.get(PAGE).text
    assert ">running</span>" in text
    seen = re.search(r'"seen": "([\w-]+)"', text)[1]
    address = f"{PAGE}?seen={seen}"
    assert client.get(address, headers=part("tree")).status_code == 204
    save_trace(project, span(2, 1, name="late"), state="running", generation=found.generation + 1)
    news = client.get(address, headers=part("tree")).text
    assert len(spans_in(news)) == 2
    assert "hx-swap-oob" in news


def test_a_run_that_fell_silent_is_said_to_have_stalled(client, project):
    wire, meaning = span(2, 1, name="slow", flags=Flag.NOT_ENDED)
    wire.end_ns = 0
    news = timezone.now() - timedelta(minutes=12)
    said = "This run has stalled: it has 1 span without an end, and the last news came 12 min ago."
    for state, is_said in (("idle", True), ("running", False), ("ended", False)):
        save_trace(project, span(1, name="run"), (wire, meaning), state=state, last_seen_at=news)
        text = re.sub("<[^>]+>", "", client.get(PAGE).text)
        assert (said in " ".join(text.split())) == is_said


def test_the_rows_and_the_head_of_a_stalled_run_and_the_list_say_so(client, project):
    wire, meaning = span(2, 1, name="slow", flags=Flag.NOT_ENDED)
    wire.end_ns = 0
    news = datetime(2026, 5, 4, 13, 5, 6, tzinfo=UTC)
    save_trace(project, span(1, name="run"), (wire, meaning), state="idle", last_seen_at=news)
    text = client.get(PAGE).text
    assert 'title="No end, no news since 2026-05-04 13:05:06 UTC">silent since 13:05<' in text
    assert 'data-state="idle">stalled</span>' in text
    listed = client.get("/p/shop/traces/").text
    said = "No news since 2026-05-04 13:05:06 UTC, and it is not complete"
    assert re.search(rf'data-state="idle"\s+title="{said}">stalled</span>', listed)


def test_a_parent_is_missing_once_nothing_comes_any_more(client, project):
    orphan = span(2, parent=77, name="lost")
    for state, is_said in (("running", False), ("idle", True), ("ended", True)):
        save_trace(project, span(1, name="run"), orphan, state=state)
        text = client.get(PAGE).text
        assert ("parent missing" in text) == ("whose parent has not arrived" in text) == is_said


def test_an_ended_trace_is_quiet(client, project):
    save_trace(project, *small_run())
    assert "data-live" not in client.get(PAGE).text


def queries(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in found]


def test_the_tree_costs_as_many_queries_for_3_spans_as_for_300_and_reads_no_payload(
    client, project
):
    save_trace(project, *small_run())
    few = queries(client, PAGE)
    save_trace(project, *many(300))
    lots = queries(client, PAGE)
    assert len(few) == len(lots) <= 8
    assert not any("span_payload" in sql or "envelope" in sql for sql in lots)


def test_the_list_reads_no_payload(client, project):
    save_trace(project, *small_run())
    said = queries(client, "/p/shop/traces/")
    assert not any("payload" in sql or "trace_index" in sql for sql in said)


def test_long_values_are_cut_and_whole_on_demand(client, project):
    long = "x" * (SHOWN + 1234)
    said = Meaning(Kind.TOOL, content=Content(result=long))
    save_trace(project, span(1, meaning=said))
    address = f"{PAGE}?span={1:016x}"
    text = client.get(address).text
    assert "1,234 more characters" in text
    assert long not in text
    assert long in client.get(f"{address}&whole=1").text
