"""What redaction costs a web process, beside accepting a request as it came: CPU time per 1,000
spans of the sample, clean and with a secret in each of forty spans; with RE2 and without it."""

from __future__ import annotations

from statistics import median
from time import process_time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agentscope.redaction.policy import Action, Policy
from agentscope.redaction.redactor import Redactor
from agentscope.secrets import find
from agentscope.secrets.rules import Category
from bench.sample import request
from ingest.answers import PROTOBUF
from ingest.check import check_traces

SPANS, RUNS, EVERY = 1000, 7, 40
SECRET = "my key is sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"  # noqa: S105 — of no service
ALL = Policy({Category.SECRET: Action.MASK, Category.PERSONAL: Action.HASH})


def measure(body: bytes, redactor: Redactor | None) -> float:
    """Milliseconds of CPU for one request, the median of some; the redactor knows nothing yet."""
    took = []
    for _ in range(RUNS):
        if redactor:
            redactor.known.clear()
        began = process_time()
        check_traces(body, PROTOBUF, redactor)
        took.append(process_time() - began)
    return median(took) * 1000


def with_secrets(body: bytes) -> bytes:
    """The same request with a secret in some of its spans."""
    made = ExportTraceServiceRequest.FromString(body)
    for outer in made.resource_spans:
        for inner in outer.scope_spans:
            for span in inner.spans[::EVERY]:
                span.attributes.add(key="input.value").value.string_value = SECRET
    return bytes(made.SerializeToString())


def run() -> dict[str, float]:
    """Milliseconds by what was done."""
    clean = request(SPANS)
    dirty = with_secrets(clean)
    found = {
        "megabytes": len(clean) / 1e6,
        "as it came": measure(clean, None),
        "redacted, clean": measure(clean, Redactor(ALL, b"key")),
        "redacted, 1 in 40": measure(dirty, Redactor(ALL, b"key")),
    }
    re2, find.re2 = find.re2, None
    try:
        found["redacted, without RE2"] = measure(dirty, Redactor(ALL, b"key"))
    finally:
        find.re2 = re2
    return found


if __name__ == "__main__":
    for name, number in run().items():
        print(f"{name:24} {number:8.1f}")
