"""Everything about one span, and spans that came late."""

from datetime import date
from decimal import Decimal

import orjson
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from agentscope.pipeline import examine
from agentscope.prices.write import Override, remove_price, set_price
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.models import TraceIndex
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import (
    Content,
    ErrorClass,
    Kind,
    Meaning,
    Message,
    Part,
    Usage,
    UsageRule,
)
from ingest.otlp import decode_logs, decode_traces
from tests.agentscope.api.conftest import CHILD, TRACE
from tests.kit.otlp import PROTOBUF, SPAN_ID, START, TRACE_ID, a_span, logs, pair, traces

pytestmark = pytest.mark.django_db
ONE = f"/api/v1/traces/{TRACE.hex}"
CALL = Message("assistant", [Part("tool_call", id="1", name="search", value={"q": 2**60})])


def store(project, meaning, **span):
    items = decode_traces(traces(a_span(**span)).SerializeToString(), PROTOBUF).items
    with transaction.atomic():
        save_spans(project.pk, [(item, meaning) for item in items])


def store_log(project, meaning, span_id=SPAN_ID):
    record = LogRecord(
        trace_id=TRACE_ID,
        span_id=span_id,
        time_unix_nano=START,
        event_name="gen_ai.user.message",
        severity_text="INFO",
        attributes=[pair("n", bytes_value=b"\xff")],
    )
    items = decode_logs(logs(record).SerializeToString(), PROTOBUF).items
    with transaction.atomic():
        save_logs(project.pk, [(item, meaning) for item in items])


def test_messages_are_normalised_and_joined_with_log_records(client, shop):
    content = Content(output_messages=[CALL], tools=[{"name": "search"}])
    store(shop, Meaning(Kind.LLM, agent_id="7", request_model="gpt-4o", content=content))
    said = Message("user", [Part("text", "hello")])
    store_log(shop, Meaning(content=Content(input_messages=[said])))
    body = client.get(f"{ONE}/spans/{SPAN_ID.hex()}").json()
    assert body["input_messages"][0]["role"] == "user"
    assert body["input_messages"][0]["parts"][0]["text"] == "hello"
    assert body["output_messages"][0]["parts"][0]["value"] == {"q": 2**60}
    assert body["tools_offered"] == [{"name": "search"}]
    assert (body["agent_id"], body["request_model"], body["result"]) == ("7", "gpt-4o", None)
    (log,) = body["logs"]
    assert (log["event_name"], log["time_unix_nano"]) == ("gen_ai.user.message", str(START))
    assert log["attributes"] == {"n": {"$bytes": "/w=="}}


def test_a_span_says_at_which_price_it_was_billed_and_what_it_would_cost_today(client, shop):
    store(shop, Meaning(Kind.LLM, model="house-1", provider="acme", usage=Usage(1000, 10)))
    address = f"{ONE}/spans/{SPAN_ID.hex()}"
    usd = {("input", 0): Decimal(2), ("output", 0): Decimal(4)}
    override = Override("", "house-1", usd, valid_from=date(2020, 1, 1))
    set_price(shop.pk, "ada", override)
    examine(shop.pk, TRACE)
    body = client.get(address).json()
    assert body["price"] == {
        "provider": "",
        "model": "house-1",
        "valid_from": "2020-01-01",
        "source": "project",
        "is_override": True,
        "usd_per_million": {"fresh_input": "2", "output_text": "4"},
        "request_usd": "0",
        "web_search_usd": "0",
    }
    assert body["computed_cost_usd"] == body["computed_cost_today_usd"] == "0.00204"
    remove_price(shop.pk, "ada", override)
    again = client.get(address).json()
    assert (again["price"], again["computed_cost_usd"]) == (body["price"], "0.00204")
    assert again["computed_cost_today_usd"] is None


def test_the_raw_span_keeps_every_type(client, shop):
    span = {
        "attributes": [pair("i", int_value=2**62), pair("d", double_value=float("nan"))],
        "status": Status(code=77, message="odd"),
        "kind": 99,
    }
    store(shop, Meaning(), **span)
    answer = client.get(f"{ONE}/spans/{SPAN_ID.hex()}")
    raw = orjson.loads(answer.content)["otlp"]
    assert raw["attributes"] == [
        {"key": "i", "value": {"intValue": str(2**62)}},
        {"key": "d", "value": {"doubleValue": "NaN"}},
    ]
    assert (raw["kind"], raw["status"], raw["spanId"]) == (
        99,
        {"code": 77, "message": "odd"},
        SPAN_ID.hex(),
    )
    assert answer.json()["attributes"]["d"] is None


def test_a_span_that_came_after_the_last_examination_is_there(client, stored, shop):
    body = grow(load_spans(shop.pk, TRACE)).pack()
    TraceIndex.objects.create(trace_id=TRACE, project_id=shop.pk, generation=1, body=body)
    late = (77).to_bytes(8, "big")
    store(shop, Meaning(), span_id=late, parent_span_id=CHILD)
    assert client.get(f"{ONE}/spans").json()["total"] == 2
    assert client.get(f"{ONE}/spans/{late.hex()}").json()["parent_id"] == CHILD.hex()


@pytest.mark.parametrize("span", ["0" * 16, "nothex", "f" * 16])
def test_a_span_that_is_not_there(client, stored, span):
    answer = client.get(f"{ONE}/spans/{span}")
    assert answer.status_code == 404
    assert span in answer.json()["error"]["message"]


def test_an_orphan_and_a_running_span_say_so(client, shop):
    store(shop, Meaning(), parent_span_id=CHILD, end_time_unix_nano=0)
    (span,) = client.get(f"{ONE}/spans").json()["spans"]
    assert {"orphan", "not_ended"} <= set(span["flags"])
    assert (span["depth"], span["parent_id"]) == (0, CHILD.hex())
    assert (span["end_time"], span["end_time_unix_nano"]) == (None, None)


def test_log_records_are_exported_too(client, stored, shop):
    store_log(shop, Meaning(), CHILD)
    store_log(shop, Meaning(), SPAN_ID)
    answer = client.get(f"{ONE}/otlp?signal=logs")
    exported = b"".join(answer.streaming_content)
    records = decode_logs(exported, "application/json").items
    assert {record.span_id for record in records} == {CHILD, SPAN_ID}
    assert records[0].attributes == {"n": b"\xff"}


def test_an_export_is_cut_into_groups(client, shop, monkeypatch):
    monkeypatch.setattr("agentscope.traces.export.GROUP", 2)
    ids = [number.to_bytes(8, "big") for number in range(1, 6)]
    for span_id in ids:
        store(shop, Meaning(), span_id=span_id)
    exported = b"".join(client.get(f"{ONE}/otlp").streaming_content)
    groups = orjson.loads(exported)["resourceSpans"]
    sizes = [len(group["scopeSpans"][0]["spans"]) for group in groups]
    assert sizes == [2, 2, 1]
    assert sorted(item.span_id for item in decode_traces(exported, "application/json").items) == ids


@pytest.mark.parametrize("path", ["traces", f"traces/{TRACE.hex}", f"traces/{TRACE.hex}/spans"])
def test_the_number_of_queries_does_not_grow_and_none_reads_payloads(client, stored, shop, path):
    before = queries_of(client, path)
    for number in range(20, 40):
        store(shop, Meaning(), span_id=number.to_bytes(8, "big"))
        store(shop, Meaning(), trace_id=number.to_bytes(16, "big"))
    after = queries_of(client, path)
    assert len(after) == len(before)
    assert not any("span_payload" in sql or "span_log" in sql for sql in after)


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/v1/{path}").status_code == 200
    return [query["sql"] for query in queries]


def test_usage_in_buckets_with_the_rule(client, shop):
    rule = UsageRule.ADDED_CACHE | UsageRule.BY_TOTAL
    usage = Usage(100_000, 1000, 95_000, 2000, 400, cache_write_1h=500, rule=rule)
    store(shop, Meaning(Kind.LLM, usage=usage))
    for path in (f"{ONE}/spans/{SPAN_ID.hex()}", f"{ONE}/spans"):
        body = client.get(path).json()
        said = body.get("usage") or body["spans"][0]["usage"]
        assert said == {
            "input": 100_000,
            "output": 1000,
            "fresh_input": 3000,
            "cache_read": 95_000,
            "cache_write": 2000,
            "cache_write_5m": 1500,
            "cache_write_1h": 500,
            "audio_input": None,
            "output_text": 600,
            "reasoning": 400,
            "audio_output": None,
            "web_searches": None,
            "rule": ["added_cache", "by_total"],
            "rule_in_words": "The cache was added to the input: the reported total adds up that "
            "way.",
        }


def test_usage_that_was_not_reported_is_null(client, shop):
    store(shop, Meaning(Kind.LLM))
    said = client.get(f"{ONE}/spans/{SPAN_ID.hex()}").json()["usage"]
    assert {name for name, number in said.items() if number is not None} == {
        "rule",
        "rule_in_words",
    }


@pytest.mark.parametrize(
    ("error", "wanted"),
    [("rate_limit", "transient"), ("auth", "permanent"), ("unknown", "unknown"), ("", "none")],
)
def test_whether_trying_again_can_help(client, shop, error, wanted):
    told = {"error_class": "error.type RateLimitError"}
    store(shop, Meaning(Kind.TOOL, error_class=ErrorClass(error), sources=told))
    body = client.get(f"{ONE}/spans/{SPAN_ID.hex()}").json()
    assert (body["error_class"], body["error_persistence"]) == (error, wanted)
    assert body["sources"]["error_class"] == "error.type RateLimitError"
