"""A client that sends spans until each batch is acknowledged, as exporters do."""

import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from threading import Event, Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATIENCE = 300  # seconds until a batch counts as undeliverable
ANSWERED = 60  # seconds that a busy machine may take for an answer
LOST = 10  # seconds after which a batch is sent again: who had it may be dead


def batch(trace_id: bytes, spans: int) -> tuple[bytes, list[bytes]]:
    """A request of `spans` model calls under one trace, and their span ids."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    ids = [os.urandom(8) for _ in range(spans)]
    for span_id in ids:
        span = scope.spans.add(trace_id=trace_id, span_id=span_id, name="chat gpt-4o")
        span.start_time_unix_nano = time.time_ns()
        span.end_time_unix_nano = span.start_time_unix_nano + 1_000_000
        span.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
    return request.SerializeToString(), ids


def post(
    url: str, body: bytes, headers: dict[str, str] | None = None, seconds: float = ANSWERED
) -> int:
    """The status of one OTLP/HTTP request; 0 if there was no answer within so many seconds."""
    every = {"content-type": "application/x-protobuf", **(headers or {})}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}/v1/traces", body, every), timeout=seconds
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@dataclass
class Sender:
    """Sends batches from a thread until told to stop; remembers what was acknowledged."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    acknowledged: set[bytes] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    stopped: Event = field(default_factory=Event)

    def __enter__(self) -> "Sender":
        self.thread = Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopped.set()
        self.thread.join()

    def run(self) -> None:
        while not self.stopped.is_set():
            body, ids = batch(os.urandom(16), 20)
            if self.deliver(body):
                self.acknowledged.update(ids)

    def deliver(self, body: bytes) -> bool:
        """Whether the batch was acknowledged, after as many tries as it takes."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status = post(self.url, body, self.headers, LOST)
            self.statuses.add(status)
            if status == 200:
                return True
            time.sleep(0.05)
        return False
