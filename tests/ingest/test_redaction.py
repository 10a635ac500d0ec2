"""What a project wants replaced is never committed: not while it waits, not when it is stored."""

import gzip
import json
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.inbox.models import DeadLetter, Inbox, Refusal
from agentscope.inbox.write import make_dead_letter
from agentscope.pipeline import examine
from agentscope.projects.write import create_project
from agentscope.redaction.models import Redacted
from agentscope.redaction.read import forget
from agentscope.redaction.write import add_rule, set_actions
from agentscope.secrets import own
from agentscope.traces.models import Trace
from ingest import check
from ingest.drain import drain
from tests.ingest.conftest import Post
from tests.ingest.test_grpc_server import LOGS, TRACES, Call, call
from tests.ingest.test_grpc_server import (
    no_connection_outlives_its_call as no_connection_outlives_its_call,
)
from tests.kit.canary import CANARY, CORE, dump, forms, logs_with, places, traces_with
from tests.kit.otlp import JSON, PROTOBUF, TRACE_ID, a_span, encode, pair, traces

call = call

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
OF_A_TRACE = ("otlp", "spans", "findings", "paths", "spans/0102030405060708", "")
LISTS = ("traces", "sessions?format=csv", "agents?format=csv", "costs?format=csv", "costs/calls")


@pytest.fixture(autouse=True)
def project(transactional_db: None) -> Any:
    """The default project, which masks all secrets."""
    forget()
    made = create_project("default")
    set_actions(made, {"secret": "mask"}, "tests")
    yield made
    forget()


def dumped() -> bytes:
    """The whole database as text."""
    said = connection.connection.info
    return dump(f"postgresql://{said.user}:{said.password}@/{said.dbname}?host={said.host}")


def found_in(text: bytes | str) -> list[str]:
    """The forms of the canary in a text."""
    raw = text.encode() if isinstance(text, str) else text
    return [form.decode() for form in forms() if form in raw]


def told() -> dict[str, bytes]:
    """What the installation tells of the trace, by where: the database as text, and exports, in
    which the compression of payloads is undone."""
    traces_url = f"/api/v1/traces/{TRACE_ID.hex()}"
    urls = [f"{traces_url}/{path}".rstrip("/") for path in OF_A_TRACE]
    urls += [f"/api/v1/{path}" for path in LISTS]
    return {"dump": dumped()} | {url: body_of(url) for url in urls}


def body_of(url: str) -> bytes:
    """What an address answers."""
    answer: Any = Client().get(url, headers={"host": "localhost"})
    assert answer.status_code == 200, url
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts)


def assert_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """The canary is in no row, no log, no answer of the API."""
    assert {place: found for place, text in told().items() if (found := found_in(text))} == {}
    assert found_in(caplog.text) == []


def test_the_canary_is_seen_where_nothing_is_redacted(post: Post, project: Any) -> None:
    """So that what the others do not find is really not there."""
    set_actions(project, {}, "tests")
    assert places(traces_with(CANARY, TRACE_ID)) + places(logs_with(CANARY, TRACE_ID)) >= 30
    assert post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF)).status_code == 200
    assert found_in(dumped())
    drain()
    examine_all()
    seen = {place for place, text in told().items() if found_in(text)}
    assert {
        "dump",
        *(url for url in told() if url.endswith(("/otlp", "/0102030405060708"))),
    } <= seen


@BOTH
def test_the_canary_is_nowhere_over_http(
    post: Post, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = encode(traces_with(CANARY, TRACE_ID), content_type)
    packed = gzip.compress(body)
    assert post(packed, content_type, content_encoding="gzip").status_code == 200
    assert (
        post(encode(logs_with(CANARY, TRACE_ID), content_type), content_type, "logs").status_code
        == 200
    )
    assert Inbox.objects.count() == 2
    assert found_in(dumped()) == []  # while they wait
    while drain():
        pass
    examine_all()
    assert Trace.objects.get().spans == 2
    assert_nowhere(caplog)


def test_the_canary_is_nowhere_over_grpc(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call(traces_with(CANARY, TRACE_ID).SerializeToString(), TRACES)
    call(logs_with(CANARY, TRACE_ID).SerializeToString(), LOGS)
    assert found_in(dumped()) == []
    while drain():
        pass
    examine_all()
    assert Trace.objects.get().spans == 2
    assert_nowhere(caplog)


def examine_all() -> None:
    """Build the trees of all traces."""
    for trace in Trace.objects.all():
        examine(trace.project_id, trace.trace_id)


def test_what_is_replaced_is_counted_by_day_and_rule(post: Post, project: Any) -> None:
    post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF))
    post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF))
    row = Redacted.objects.get(code="openai_key")
    assert row.project_id == project.pk
    assert row.values > 30
    assert row.values % 2 == 0


def test_other_projects_keep_what_they_are_sent(post: Post) -> None:
    body = encode(traces_with(CANARY, TRACE_ID), PROTOBUF)
    assert post(body, x_agentscope_project="other").status_code == 200
    assert bytes(Inbox.objects.get().body) == body


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'{{"resourceSpans": [{{"{CANARY}'.encode(), JSON),
        (f"\xff{CANARY}".encode("latin-1"), PROTOBUF),
        (encode(traces(a_span(span_id=b"x" * 9, name=CANARY)), PROTOBUF), PROTOBUF),
        (b"{}", f"text/{CANARY}"),
        (
            json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [CANARY]}]}]}).encode(),
            JSON,
        ),
    ],
)
def test_refusals_quote_nothing(post: Post, body: bytes, content_type: str) -> None:
    post(body, content_type)
    assert Refusal.objects.exists()
    assert found_in(dumped()) == []


def test_values_of_the_wrong_type_are_quoted_to_the_sender_alone(post: Post) -> None:
    span = {"traceId": TRACE_ID.hex(), "spanId": "01" * 8, "startTimeUnixNano": CANARY}
    said = {"resourceSpans": [{"scopeSpans": [{"spans": [span, {"name": CANARY}]}]}]}
    assert post(json.dumps(said).encode(), JSON).status_code == 200
    assert found_in(dumped()) == []


def test_dead_letters_hold_the_redacted_request(post: Post) -> None:
    post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF))
    make_dead_letter(Inbox.objects.get(), "because")
    assert DeadLetter.objects.exists()
    assert found_in(dumped()) == []


def test_fields_that_nobody_knows_are_left_out(post: Post) -> None:
    unknown = Span.FromString(a_span().SerializeToString() + b"\xfa\x3e\x20" + CANARY[:32].encode())
    assert CORE.encode() in unknown.SerializeToString()
    post(encode(traces(unknown), PROTOBUF))
    assert found_in(dumped()) == []


def test_what_cannot_be_looked_through_is_not_kept(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(check, "redact", fails)
    response = post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF))
    assert response.status_code == 503
    assert response["Retry-After"]
    assert not Inbox.objects.exists()
    assert found_in(dumped() + caplog.text.encode()) == []


def test_own_patterns_that_cannot_be_run_keep_everything_out(
    post: Post, project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rule(project, "mine", "pattern", "mine-[0-9]+", "mask", "tests")
    monkeypatch.setattr(own, "re2", None)
    own.compiled.cache_clear()
    assert post(encode(traces(a_span()), PROTOBUF)).status_code == 503
    assert not Inbox.objects.exists()
    own.compiled.cache_clear()


def test_values_of_every_type_go_by_their_names(post: Post) -> None:
    many = [
        pair("api.password", int_value=1234567890123456),
        pair("x-api-key", bytes_value=b"\xff\xfe" + CORE.encode()),
    ]
    post(encode(traces(a_span(attributes=many)), PROTOBUF))
    kept = bytes(Inbox.objects.get().body)
    assert kept.count(b"[redacted named_secret]") == 2
    assert CORE.encode() not in kept
