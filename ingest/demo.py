"""Recorded runs, replayed: the same spans with other trace ids, ending now."""

import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.answers import JSON, PROTOBUF
from ingest.parse import parse


class Rerun:
    """One recorded run: `body(file)` is that file's request with times moved and ids renewed.

    All files of the run move by the same time, so that its last span ends when this is made.
    """

    def __init__(self, files: Sequence[Path], salt: bytes) -> None:
        self.salt = salt
        traces = [read(file) for file in files if is_traces(file)]
        ends = [span.end_time_unix_nano for request in traces for span in spans_of(request)]
        self.shift = time.time_ns() - max(ends, default=time.time_ns())

    def body(self, file: Path) -> bytes:
        """The request in `file`, as it would be sent now."""
        request = read(file)
        for record in spans_of(request) if is_traces(file) else logs_of(request):
            self.renew(record)
        return request.SerializeToString()  # type: ignore[no-any-return]

    def renew(self, record: Any) -> None:
        """Moves every time of a span or log record and renews its trace id and its links'."""
        for name in ("start_time_unix_nano", "end_time_unix_nano", "time_unix_nano"):
            if getattr(record, name, 0):
                setattr(record, name, getattr(record, name) + self.shift)
        for event in getattr(record, "events", ()):
            event.time_unix_nano += self.shift
        for linked in (record, *getattr(record, "links", ())):
            if linked.trace_id:
                linked.trace_id = blake2b(linked.trace_id, key=self.salt, digest_size=16).digest()


def signal_of(file: Path) -> str:
    """`traces`, `logs` or `metrics`, from a name like `0001.traces.pb`."""
    return file.name.split(".")[1]


def is_traces(file: Path) -> bool:
    return signal_of(file) == "traces"


def read(file: Path) -> Any:
    """The request in a file."""
    media = JSON if file.suffix == ".json" else PROTOBUF
    if is_traces(file):
        return parse(file.read_bytes(), media, ExportTraceServiceRequest).request
    return parse(file.read_bytes(), media, ExportLogsServiceRequest).request


def spans_of(request: Any) -> Iterator[Any]:
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def logs_of(request: Any) -> Iterator[Any]:
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            yield from scope.log_records
