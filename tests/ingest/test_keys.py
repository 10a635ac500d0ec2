"""The key with which a request came stays with what is stored of it, whichever way it came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from pytest_django.fixtures import Settings

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.inbox.write import make_dead_letter
from agentscope.jobs.models import Job
from agentscope.projects import read
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key, create_project
from agentscope.redaction import stored
from agentscope.traces import again
from agentscope.traces.models import Span, SpanLog
from ingest.drain import drain
from tests.ingest.conftest import Post
from tests.ingest.test_grpc_server import LOGS, TRACES, Call, call
from tests.ingest.test_grpc_server import (
    no_connection_outlives_its_call as no_connection_outlives_its_call,
)
from tests.ingest.test_redacting_stored import redact
from tests.kit.canary import CANARY, logs_with, traces_with
from tests.kit.otlp import JSON, PROTOBUF, START, TRACE_ID, a_span, encode, logs, pair, traces

call = call

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
RECORD = LogRecord(trace_id=TRACE_ID, time_unix_nano=START, event_name="gen_ai.choice")
PROMPT = LogRecord(  # of which a span is made
    time_unix_nano=START,
    body=AnyValue(string_value="claude_code.user_prompt"),
    attributes=[
        pair("event.name", string_value="user_prompt"),
        pair("session.id", string_value="s-1"),
        pair("prompt.id", string_value="p-1"),
    ],
)


@pytest.fixture(autouse=True)
def _no_cached_keys() -> None:
    read._keys.clear()


@pytest.fixture
def shop(transactional_db: None) -> Project:
    return create_project("shop")


@pytest.fixture
def production(post: Post, settings: Settings) -> Post:
    """A sender to an installation that wants keys."""
    settings.AGENTSCOPE_EMBEDDED = False
    return post


def a_key(project: Project, label: str = "") -> tuple[int, dict[str, str]]:
    """The number of a new key, and the header with it."""
    key, secret = create_key(project, Key.Scope.INGEST, label)
    return key.pk, {"x_agentscope_key": secret}


def drained() -> None:
    while drain():
        pass


@BOTH
def test_it_works(production: Post, shop: Project, content_type: str) -> None:
    for number in (1, 2):
        key, header = a_key(shop)
        body = encode(traces(a_span(span_id=number.to_bytes(8, "big"))), content_type)
        assert production(body, content_type, **header).status_code == 200
        assert Inbox.objects.latest("id").sent_by == key
    drained()
    keys = list(Key.objects.order_by("pk").values_list("pk", flat=True))
    assert list(Span.objects.order_by("span_id").values_list("sent_by", flat=True)) == keys


@BOTH
def test_log_records_and_the_spans_that_are_made_of_them(
    production: Post, shop: Project, content_type: str
) -> None:
    key, header = a_key(shop)
    production(encode(logs(RECORD, PROMPT), content_type), content_type, "logs", **header)
    drained()
    assert list(SpanLog.objects.values_list("sent_by", flat=True)) == [key, key]
    assert Span.objects.get().sent_by == key


def test_over_grpc(call: Call, shop: Project, settings: Settings) -> None:
    settings.AGENTSCOPE_EMBEDDED = False
    key, header = a_key(shop)
    said = {"metadata": [("x-agentscope-key", header["x_agentscope_key"])]}
    call(traces(a_span()).SerializeToString(), TRACES, **said)
    call(logs(RECORD).SerializeToString(), LOGS, **said)
    drained()
    assert (Span.objects.get().sent_by, SpanLog.objects.get().sent_by) == (key, key)


def test_embedded_a_key_is_not_needed_but_counts(post: Post, shop: Project) -> None:
    key, header = a_key(shop)
    body = encode(traces(a_span()), PROTOBUF)
    foreign = a_key(create_project("other"))[1]
    for said in ({}, header, foreign, {"x_agentscope_key": "as_nonsense"}):
        assert post(body, x_agentscope_project="shop", **said).status_code == 200
    rows = Inbox.objects.order_by("id").values_list("project_id", "sent_by")
    assert list(rows) == [(shop.pk, each) for each in (None, key, None, None)]


def test_a_dead_letter_that_is_tried_again(production: Post, shop: Project) -> None:
    key, header = a_key(shop)
    production(encode(traces(a_span()), PROTOBUF), **header)
    make_dead_letter(Inbox.objects.get(), "why")
    assert DeadLetter.objects.get().sent_by == key
    call_command("retry_dead_letters")
    drained()
    assert Span.objects.get().sent_by == key


def test_what_is_understood_again(production: Post, shop: Project) -> None:
    key, header = a_key(shop)
    production(encode(traces(a_span()), PROTOBUF), **header)
    production(encode(logs(PROMPT), PROTOBUF), path="logs", **header)
    drained()
    assert Span.objects.exclude(name="chat").delete()[0] == 1  # as if it had not been made then
    SpanLog.objects.update(facts={"kind": 99})
    job = Job(project_id=shop.pk, created_at=timezone.now() - timedelta(minutes=1))
    with transaction.atomic():
        while not again.UnderstandAgain().step(job):
            pass
    assert job.result["changed_logs"] == 1
    assert list(Span.objects.values_list("sent_by", flat=True)) == [key, key]
    assert SpanLog.objects.get().sent_by == key


def test_what_is_redacted(
    post: Post, transactional_db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "SETTLED", timedelta(0))
    shop = create_project("default")
    key, header = a_key(shop)
    post(encode(traces_with(CANARY, TRACE_ID), PROTOBUF), **header)
    post(encode(logs_with(CANARY, TRACE_ID), PROTOBUF), path="logs", **header)
    drained()
    before = set(SpanLog.objects.values_list("digest", flat=True))
    redact(shop)
    assert not before & set(SpanLog.objects.values_list("digest", flat=True))
    assert set(Span.objects.values_list("sent_by", flat=True)) == {key}
    assert set(SpanLog.objects.values_list("sent_by", flat=True)) == {key}


def test_an_export_is_as_it_came(production: Post, shop: Project, settings: Settings) -> None:
    _, header = a_key(shop)
    sent = traces(a_span())
    production(encode(sent, PROTOBUF), **header)
    drained()
    settings.AGENTSCOPE_EMBEDDED = True
    url = f"/api/v1/traces/{TRACE_ID.hex()}/otlp?project=shop"
    answer: Any = Client(headers={"host": "localhost"}).get(url)
    told = b"".join(answer.streaming_content if answer.streaming else [answer.content])
    assert a_span().name.encode() in told
    assert b"sent_by" not in told
    assert header["x_agentscope_key"][:9].encode() not in told
