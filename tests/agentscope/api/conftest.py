from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import yaml
from django.db import transaction
from django.test import Client, override_settings
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.projects import read
from agentscope.projects.models import Project
from agentscope.projects.write import create_project
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF, SPAN_ID, START, TRACE_ID, a_span, pair, traces

TRACE = UUID(bytes=TRACE_ID)
CHILD = (9).to_bytes(8, "big")
CALL = Meaning(
    kind=Kind.LLM,
    model="gpt-4o",
    usage=Usage(input=7),
    sources={"model": "gen_ai.request.model"},
)


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    read._keys.clear()


@pytest.fixture(scope="session")
def schema(django_db_setup, django_db_blocker) -> Any:
    """The OpenAPI schema as it is served, made once: that takes longer than most answers."""
    with django_db_blocker.unblock(), override_settings(AGENTSCOPE_EMBEDDED=True):
        answer = Client(headers={"host": "localhost"}).get("/api/schema/")
    return yaml.safe_load(answer.content)


@pytest.fixture
def shop(db) -> Project:
    return create_project("shop")


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost", "x-agentscope-project": "shop"})


@pytest.fixture
def stored(shop) -> list[Span]:
    """An agent that calls a model, stored as if it had been sent."""
    agent = a_span(name="invoke_agent planner", attributes=[pair("n", int_value=2**60)])
    call = a_span(
        name="chat gpt-4o",
        span_id=CHILD,
        parent_span_id=SPAN_ID,
        start_time_unix_nano=START + 5,
        attributes=[
            pair("gen_ai.usage.input_tokens", int_value=7),
            pair("raw", bytes_value=b"\x00\xff"),
            pair("odd", double_value=float("nan")),
        ],
    )
    spans = [agent, call]
    items = decode_traces(traces(*spans).SerializeToString(), PROTOBUF).items
    with transaction.atomic():
        save_spans(shop.pk, list(zip(items, (Meaning(kind=Kind.AGENT), CALL), strict=True)))
    return spans
