"""The rows about transport, answers and status codes, through the whole of Django."""

import gzip
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.test import Client
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from pytest_django.fixtures import Settings

from agentscope.inbox.models import Inbox, Refusal
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from ingest import accept
from tests.ingest.conftest import Post
from tests.kit.otlp import (
    JSON,
    PROTOBUF,
    TRACE_ID,
    a_span,
    encode,
    logs,
    one_span_json,
    spans,
    traces,
)

BOTH = pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
GOOD = encode(traces(a_span()), PROTOBUF)
BAD = encode(traces(a_span(trace_id=b"short")), PROTOBUF)


def status_of(response: HttpResponse) -> Status:
    """The google.rpc.Status in an answer of either encoding."""
    if response["Content-Type"] == PROTOBUF:
        return Status.FromString(response.content)
    said = json.loads(response.content)
    return Status(code=said["code"], message=said["message"])


def test_row_01_protobuf_is_answered_with_protobuf(post: Post) -> None:
    response = post(GOOD)
    assert (response.status_code, response["Content-Type"]) == (200, PROTOBUF)
    assert ExportTraceServiceResponse.FromString(response.content) == ExportTraceServiceResponse()
    row = Inbox.objects.get()
    assert (row.signal, row.content_type, row.encoding) == ("traces", PROTOBUF, "")
    assert bytes(row.body) == GOOD


def test_row_02_json_is_answered_with_json(post: Post) -> None:
    body = json.dumps(one_span_json()).encode()
    response = post(body, JSON)
    assert (response.status_code, response["Content-Type"], response.content) == (200, JSON, b"{}")
    assert bytes(Inbox.objects.get().body) == body


@BOTH
@pytest.mark.parametrize(("body", "status"), [(GOOD, 200), (b"\xff\xff", 400)])
def test_row_03_answers_have_the_type_of_the_request(
    post: Post, content_type: str, body: bytes, status: int
) -> None:
    if status == 200:
        body = encode(traces(a_span()), content_type)
    response = post(body, content_type)
    assert (response.status_code, response["Content-Type"]) == (status, content_type)


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", " Application/JSON ;x=y", "APPLICATION/JSON"],
)
def test_row_04_parameters_and_case_of_the_type_do_not_matter(
    post: Post, content_type: str
) -> None:
    response = post(encode(traces(a_span()), JSON), content_type)
    assert (response.status_code, response["Content-Type"]) == (200, JSON)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "application/protobuf", "multipart/form-data"]
)
def test_row_05_other_types_are_refused_by_name(post: Post, content_type: str) -> None:
    response = post(GOOD, content_type)
    assert (response.status_code, response["Content-Type"]) == (415, JSON)
    assert "application/x-protobuf or application/json" in status_of(response).message


def test_row_06_gzip_is_stored_as_it_came(post: Post) -> None:
    packed = gzip.compress(GOOD)
    assert post(packed, content_encoding="GZip").status_code == 200
    row = Inbox.objects.get()
    assert (row.encoding, bytes(row.body)) == ("gzip", packed)


def test_row_07_other_encodings_are_refused_by_name(post: Post) -> None:
    response = post(GOOD, content_encoding="br")
    assert response.status_code == 415
    assert response["Accept-Encoding"] == "gzip, deflate, zstd"
    assert not Inbox.objects.exists()


def test_row_08_a_body_that_is_not_gzip_is_a_bad_request(post: Post) -> None:
    assert post(GOOD, content_encoding="gzip").status_code == 400
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_row_10_a_body_over_the_limit_is_too_large(
    post: Post, settings: Settings, encoding: str
) -> None:
    settings.AGENTSCOPE_MAX_REQUEST_BYTES = 1000
    body = encode(traces(a_span(name="n" * 2000)), PROTOBUF)
    response = post(gzip.compress(body) if encoding else body, content_encoding=encoding)
    assert response.status_code == 413
    assert status_of(response).code == 8
    assert "1000" in status_of(response).message


def test_row_11_a_chunked_body_is_read_without_a_length(post: Post) -> None:
    stream: Any = {"wsgi.input": BytesIO(GOOD), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    response = Client().post(
        "/v1/traces", content_type=PROTOBUF, headers={"host": "localhost"}, **stream
    )
    assert response.status_code == 200
    assert bytes(Inbox.objects.get().body) == GOOD


@pytest.mark.parametrize(("body", "content_type"), [(b"", PROTOBUF), (b"{}", JSON)])
def test_row_13_a_request_without_telemetry_succeeds(
    post: Post, body: bytes, content_type: str
) -> None:
    response = post(body, content_type)
    assert (response.status_code, response.content) == (200, body)
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"text"'])
def test_row_14_json_that_is_no_object_is_a_bad_request(post: Post, body: bytes) -> None:
    assert post(body, JSON).status_code == 400


@BOTH
def test_row_15_empty_envelopes_are_no_error(post: Post, content_type: str) -> None:
    request = ExportTraceServiceRequest()
    request.resource_spans.add()
    request.resource_spans.add().scope_spans.add()
    response = post(encode(request, content_type), content_type)
    assert response.status_code == 200
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH"])
def test_row_16_other_methods_are_told_which_is_right(db: None, method: str) -> None:
    response: Any = Client().generic(method, "/v1/traces", headers={"host": "localhost"})
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert response["Content-Type"] == JSON
    if method != "HEAD":
        assert "by POST" in status_of(response).message


def test_row_17_a_long_answer_is_compressed_if_asked(post: Post) -> None:
    wrong = {"traceState": 7, "name": 7, "kind": [], "flags": "x", "droppedLinksCount": "x" * 40}
    wrong |= {f"{name}UnixNano": "x" * 40 for name in ("startTime", "endTime")}
    events = [{"timeUnixNano": f"{number} {'x' * 40}"} for number in range(20)]
    body = json.dumps(one_span_json(**wrong, events=events)).encode()
    plain, packed = post(body, JSON), post(body, JSON, accept_encoding="gzip, br")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in post(GOOD, accept_encoding="gzip")


@pytest.fixture
def origin(settings: Settings) -> str:
    settings.AGENTSCOPE_CORS_ORIGINS = ["https://app.example"]
    return "https://app.example"


def test_row_18_browsers_may_ask_first(origin: str) -> None:
    response = Client().options(
        "/v1/traces", headers={"origin": origin, "access-control-request-method": "POST"}
    )
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == origin
    assert "content-type" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(("body", "status"), [(GOOD, 200), (b"\xff", 400)])
def test_row_18_pages_may_read_answers_and_errors(
    post: Post, origin: str, body: bytes, status: int
) -> None:
    response = post(body, origin=origin)
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (status, origin)
    assert "Origin" in response["Vary"]


def test_row_18_pages_of_other_origins_may_not(post: Post, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in post(GOOD, origin="https://evil.example")


@pytest.mark.parametrize("path", ["spans", "traces/", "traces/x", "", "development/profiles"])
def test_row_19_other_paths_are_not_found_in_otlp_terms(post: Post, path: str) -> None:
    response = post(GOOD, path=path)
    assert (response.status_code, response["Content-Type"]) == (404, PROTOBUF)
    assert "/v1/traces" in status_of(response).message


def test_row_20_answers_stay_small(post: Post) -> None:
    wrong = {f"{name}UnixNano": "x" * 100_000 for name in ("startTime", "endTime")}
    response = post(json.dumps(one_span_json(**wrong, traceId="y" * 100_000)).encode(), JSON)
    assert response.status_code == 400
    assert len(response.content) < 10_000


def test_row_21_a_resend_is_answered_like_the_first(post: Post) -> None:
    first, second = post(GOOD), post(GOOD)
    assert (first.status_code, first.content) == (second.status_code, second.content) == (200, b"")


@BOTH
def test_row_22_all_is_well_says_nothing(post: Post, content_type: str) -> None:
    response = post(encode(traces(*spans(3)), content_type), content_type)
    assert response.content == (b"{}" if content_type == JSON else b"")


@BOTH
def test_row_23_rejected_spans_are_counted_exactly(post: Post, content_type: str) -> None:
    bad = [a_span(trace_id=b"short"), a_span(trace_id=b"short"), a_span(span_id=bytes(8))]
    response = post(encode(traces(*bad, *spans(4)), content_type), content_type)
    count, message = partial_success(response)
    assert (response.status_code, count) == (200, 3)
    assert message == (
        "Rejected 3: trace id has 5 bytes instead of 16 (2); span id is all zero (1)."
    )
    assert Inbox.objects.count() == 1


def partial_success(response: HttpResponse) -> tuple[int, str]:
    """The count and the message of a partial success in either encoding."""
    if response["Content-Type"] == PROTOBUF:
        partial = ExportTraceServiceResponse.FromString(response.content).partial_success
        return partial.rejected_spans, partial.error_message
    said = json.loads(response.content)["partialSuccess"]
    return int(said.get("rejectedSpans", 0)), said["errorMessage"]


def test_row_23_a_span_that_cannot_be_read_is_counted_too(post: Post) -> None:
    request = one_span_json()
    request["resourceSpans"][0]["scopeSpans"][0]["spans"].append("no span")
    assert partial_success(post(json.dumps(request).encode(), JSON)) == (
        1,
        "Rejected 1: Span is not an object (1).",
    )


def test_row_24_what_was_changed_is_said_though_all_was_accepted(post: Post) -> None:
    response = post(json.dumps(one_span_json(kind="SPAN_KIND_CLIENT")).encode(), JSON)
    assert partial_success(response) == (0, "kind is a number in OTLP JSON, not a name.")
    response = post(GOOD.replace(b"chat", b"ch\xfft"))
    assert partial_success(response) == (0, "Text that is not UTF-8 was replaced.")


@BOTH
def test_row_25_a_request_of_invalid_spans_only_is_bad(post: Post, content_type: str) -> None:
    response = post(encode(traces(a_span(span_id=b"")), content_type), content_type)
    assert response.status_code == 400
    assert "span id has 0 bytes instead of 8" in status_of(response).message
    assert not Inbox.objects.exists()


def test_row_26_a_bad_request_says_what_is_bad(post: Post) -> None:
    status = status_of(post(b"\xff\xff"))
    details = BadRequest()
    assert status.details[0].Unpack(details)
    assert details.field_violations[0].field == "body"
    assert "not an ExportTraceServiceRequest" in details.field_violations[0].description


def test_row_26_json_says_it_in_json(post: Post) -> None:
    (details,) = json.loads(post(b"{", JSON).content)["details"]
    assert details["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    assert "not JSON" in details["fieldViolations"][0]["description"]


@BOTH
def test_row_27_errors_that_django_answers_are_otlp_too(post: Post, content_type: str) -> None:
    response = post(GOOD, content_type, host="evil.example")
    assert (response.status_code, response["Content-Type"]) == (400, content_type)
    assert status_of(response).message.startswith("Bad Request. Is the server called by a name")


def broken_database(*args: Any) -> None:
    raise OperationalError("the server closed the connection")


@BOTH
def test_row_28_without_a_database_senders_try_again(
    post: Post, monkeypatch: pytest.MonkeyPatch, content_type: str
) -> None:
    monkeypatch.setattr(accept, "insert", broken_database)
    response = post(encode(traces(a_span()), content_type), content_type)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert status_of(response).code == 14
    assert "closed the connection" not in status_of(response).message


def test_row_28_the_delay_is_in_the_status_too(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "admitted", broken_database)
    retry = RetryInfo()
    assert status_of(post(GOOD)).details[0].Unpack(retry)
    assert retry.retry_delay.seconds == 5


@pytest.fixture
def production(settings: Settings) -> None:
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer nonsense"}, {"x_agentscope_key": "x"}]
)
@BOTH
def test_row_29_without_a_valid_key_nothing_is_taken(
    post: Post, production: None, headers: dict[str, str], content_type: str
) -> None:
    response = post(encode(traces(a_span()), content_type), content_type, **headers)
    assert (response.status_code, response["Content-Type"]) == (401, content_type)
    assert status_of(response).code == 16
    refusal = Refusal.objects.get()
    assert (refusal.project_id, refusal.requests) == (None, 1)


def test_row_29_a_key_decides_where_spans_go_and_whether(post: Post, production: None) -> None:
    shop, bank = create_project("shop"), create_project("bank")
    _, sending = create_key(shop, Key.Scope.INGEST, "sender")
    _, reading = create_key(bank, Key.Scope.READ, "reader")
    assert post(GOOD, authorization=f"Bearer {sending}").status_code == 200
    assert Inbox.objects.get().project_id == shop.pk
    assert post(GOOD, x_agentscope_key=reading).status_code == 403
    foreign = post(GOOD, x_agentscope_key=sending, x_agentscope_project="bank")
    assert (foreign.status_code, status_of(foreign).code) == (403, 7)
    assert Inbox.objects.count() == 1


def test_row_30_the_answer_comes_after_the_insert_or_not_at_all(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(accept, "insert", lambda *_: calls.append("insert"))
    monkeypatch.setattr(accept, "wake_drain", lambda: calls.append("wake"))
    assert post(GOOD).status_code == 200
    assert calls == ["insert", "wake"]


@pytest.mark.django_db(transaction=True)
def test_row_30_a_200_means_committed(settings: Settings) -> None:
    settings.AGENTSCOPE_EMBEDDED = True
    assert (
        Client().post("/v1/traces", GOOD, PROTOBUF, headers={"host": "localhost"}).status_code
        == 200
    )
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select count(*) from inbox")
            assert cursor.fetchone() == (1,)
    finally:
        other.close()


def test_row_32_there_is_no_quota_and_no_refusal_by_age(post: Post) -> None:
    old = a_span(start_time_unix_nano=10**18, end_time_unix_nano=10**18 + 1)
    response = post(encode(traces(old), PROTOBUF))
    assert (response.status_code, response.content) == (200, b"")


def test_refusals_are_counted_by_day_and_reason(post: Post) -> None:
    for body in (BAD, BAD, b"\xff", encode(traces(*spans(2), a_span(span_id=b"")), PROTOBUF)):
        post(body)
    counted = Refusal.objects.values_list("reason", "requests", "items")
    assert sorted(counted) == [
        ("not decodable", 1, 0),
        ("span id has 0 bytes instead of 8", 1, 1),
        ("trace id has 5 bytes instead of 16", 2, 2),
    ]
    assert all(refusal.project_id for refusal in Refusal.objects.all())


def test_metrics_are_answered_and_not_kept(post: Post) -> None:
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    metrics.add(name="a").sum.data_points.add(as_int=1)
    metrics.add(name="b").histogram.data_points.add(count=1)
    metrics.add(name="c")
    response = post(request.SerializeToString(), path="metrics")
    partial = ExportMetricsServiceResponse.FromString(response.content).partial_success
    assert (response.status_code, partial.rejected_data_points) == (200, 2)
    assert "metrics are not kept" in partial.error_message
    assert post(b"{}", JSON, "metrics").content == b"{}"
    assert not Inbox.objects.exists()


def test_log_records_that_nobody_asked_for_are_refused_kindly(post: Post) -> None:
    plain = LogRecord(body=AnyValue(string_value="GET / 200"))
    response = post(encode(logs(plain, LogRecord(trace_id=TRACE_ID)), PROTOBUF), path="logs")
    partial = ExportLogsServiceResponse.FromString(response.content).partial_success
    assert (response.status_code, partial.rejected_log_records) == (200, 1)
    assert Inbox.objects.get().signal == "logs"
    assert post(encode(logs(plain), PROTOBUF), path="logs").status_code == 200
    assert Inbox.objects.count() == 1


def test_a_project_is_picked_by_its_header(post: Post) -> None:
    post(GOOD, x_agentscope_project="one")
    post(GOOD, x_agentscope_project="two")
    assert len(set(Inbox.objects.values_list("project_id", flat=True))) == 2


def test_an_answer_takes_few_queries(
    post: Post, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    post(GOOD)
    with django_assert_max_num_queries(3):
        post(GOOD)
