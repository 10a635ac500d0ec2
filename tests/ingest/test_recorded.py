"""Bodies of real frameworks: kept without loss, and the same in both encodings."""

from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from ingest.otlp import decode_traces
from tests.kit.otlp import JSON, PROTOBUF, all_spans, encode

WIRE = Path(__file__).resolve().parents[1] / "wire"
BODIES = sorted(WIRE.glob("*/*.traces.pb"))


@pytest.mark.parametrize("case", sorted({body.parent.name for body in BODIES}))
def test_a_recorded_run_decodes_without_loss(case: str) -> None:
    for body in (WIRE / case).glob("*.traces.pb"):
        sent = ExportTraceServiceRequest.FromString(body.read_bytes())
        decoded = decode_traces(body.read_bytes(), PROTOBUF)
        assert [span.raw for span in decoded.items] == [
            span.SerializeToString() for span in all_spans(sent)
        ]
        assert not decoded.rejected
        assert decode_traces(encode(sent, JSON), JSON).items == decoded.items


def test_envelopes_hold_the_resource_and_the_scope() -> None:
    sent = ExportTraceServiceRequest.FromString(BODIES[0].read_bytes())
    outer = sent.resource_spans[0]
    (span, *_) = decode_traces(BODIES[0].read_bytes(), PROTOBUF).items
    kept = ResourceSpans.FromString(span.scope.envelope)
    assert kept.resource == outer.resource
    assert kept.scope_spans[0].scope == outer.scope_spans[0].scope
    assert not kept.scope_spans[0].spans
