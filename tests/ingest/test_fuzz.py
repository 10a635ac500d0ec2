"""Whatever bytes come: never a 5xx, never a lost good span, and every promise is kept."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.inbox.models import Inbox
from ingest.limits import inflate
from ingest.otlp import decode_logs, decode_traces
from ingest.wire_format import length_delimited
from tests.ingest.conftest import Post
from tests.kit.otlp import (
    JSON,
    PROTOBUF,
    a_span,
    as_json,
    encode,
    one_span_json,
    pair,
    spans,
    traces,
)

MIB = 1 << 20
fuzz = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PERMANENT = {200, 400, 415}  # what a sender may be told; 413 needs a body that is too large

RICH = a_span(
    name="chat gpt",
    attributes=[pair("gen_ai.request.model", string_value="gpt"), pair("n", int_value=2**40)],
    events=[Span.Event(name="e", attributes=[pair("x", double_value=0.5)])],
    links=[Span.Link(trace_id=b"t" * 16, span_id=b"s" * 8)],
)
SEEDS = [encode(traces(RICH, *spans(3)), kind) for kind in (PROTOBUF, JSON)]
DECODERS: dict[str, Callable[[bytes, str], Any]] = {"traces": decode_traces, "logs": decode_logs}


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound body with some bytes changed, cut out, repeated or put in."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 20)))
        new = draw(st.binary(max_size=6) | st.just(body[start:end] * 2))
        body = body[:start] + new + body[end:]
    return body


@fuzz
@given(
    body=mutated() | st.binary(max_size=300),
    content_type=st.sampled_from([PROTOBUF, JSON]),
    encoding=st.sampled_from(["", "gzip", "deflate", "zstd", "packed"]),
    signal=st.sampled_from(["traces", "logs", "metrics"]),
)
def test_no_body_is_our_fault_and_every_promise_is_kept(
    post: Post, body: bytes, content_type: str, encoding: str, signal: str
) -> None:
    if encoding == "packed":
        body, encoding = gzip.compress(body), "gzip"
    Inbox.objects.all().delete()
    response = post(body, content_type, signal, content_encoding=encoding)
    assert response.status_code in PERMANENT
    for row in Inbox.objects.all():
        assert response.status_code == 200
        decoded = DECODERS[signal](inflate(bytes(row.body), row.encoding, MIB), row.content_type)
        assert decoded.items


@fuzz
@given(poison=st.lists(st.binary(max_size=80) | mutated(), max_size=4))
def test_good_spans_survive_broken_neighbours(post: Post, poison: list[bytes]) -> None:
    good = [span.SerializeToString() for span in spans(len(poison) + 1)]
    items = [item for pair in zip(good, [*poison, b""], strict=True) for item in pair][:-1]
    scope = b"".join(length_delimited(2, item) for item in items)
    body = length_delimited(1, length_delimited(2, scope))
    response = post(body)
    assert response.status_code == 200
    decoded = decode_traces(body, PROTOBUF)
    assert {span.raw for span in decoded.items} >= set(good)
    assert rejected(response) == len(items) - len(decoded.items)


def rejected(response: HttpResponse) -> int:
    """The count of a protobuf answer."""
    answer = ExportTraceServiceResponse.FromString(response.content)
    return int(answer.partial_success.rejected_spans)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
POISON = st.sampled_from(
    sorted(as_json(traces(RICH))["resourceSpans"][0]["scopeSpans"][0]["spans"][0])
)


@fuzz
@given(bad=st.dictionaries(POISON, ANYTHING), extra=ANYTHING)
def test_good_json_spans_survive_broken_neighbours(
    post: Post, bad: dict[str, Any], extra: Any
) -> None:
    request = one_span_json()
    items = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    good = items[0]
    items[:] = [good | bad, extra, good]
    body = json.dumps(request).encode()
    assert post(body, JSON).status_code == 200
    sent = a_span().SerializeToString()
    assert decode_traces(body, JSON).items[-1].raw == sent


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cut_of_a_body_is_answered(post: Post, seed: bytes) -> None:
    kind = JSON if seed.startswith(b"{") else PROTOBUF
    for end in range(0, len(seed), 7):
        assert post(seed[:end], kind).status_code in PERMANENT
