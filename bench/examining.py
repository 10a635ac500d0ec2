"""Examining traces of 1,000, 10,000 and 100,000 spans: the time must grow with them, no faster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

from bench.report import Result, at_most
from bench.sample import MARK, TRACE_ID, request

SIZES = (1_000, 10_000, 100_000)
BATCH = 5_000
PROJECT = 1


def measure() -> Iterator[Result]:
    """CPU time of this process only; the worst of the ratios is what "linear" is judged by."""
    seconds = {size: examine(size) for size in SIZES}
    for size, taken in seconds.items():
        yield Result(f"examining {size:,} spans", taken, "s CPU")
    yield at_most("CPU to examine 100,000 spans", seconds[100_000] * 1e3 / 100, "ms/1,000", 100)
    growth = seconds[100_000] / seconds[10_000] / 10
    yield at_most("growth from 10,000 to 100,000 spans, 1 is linear", growth, "x", 1.5)


def examine(size: int) -> float:
    """Store one trace of so many spans; the CPU seconds of its examination."""
    from agentscope.pipeline import examine as examine_trace  # needs Django

    trace_id = UUID(bytes=MARK + size.to_bytes(12, "big"))
    for first in range(0, size, BATCH):
        store(trace_id, min(BATCH, size - first))
    start = time.process_time()
    examine_trace(PROJECT, trace_id)
    return time.process_time() - start


def store(trace_id: UUID, spans: int) -> None:
    """So many more spans of one trace."""
    from django.db import transaction

    from agentscope.traces.write import save_spans
    from ingest.dialects import understand
    from ingest.otlp import decode_traces

    body = request(spans)
    for other in set(TRACE_ID.findall(body)):
        body = body.replace(other, trace_id.bytes)
    found = decode_traces(body, "application/x-protobuf").items
    with transaction.atomic():
        save_spans(PROJECT, [(span, understand(span)) for span in found])
