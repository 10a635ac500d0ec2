"""Examining traces of 1,000, 10,000 and 100,000 spans: the time must grow with them, no faster; and
a trace that grows to so many, which is examined again and again.

    python -m bench.examining
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

import django

from bench.report import Result, at_most, show
from bench.sample import MARK, TRACE_ID, request
from bench.servers import database

SIZES = (1_000, 10_000, 100_000)
BATCH = 5_000
ARRIVING = 1_000  # spans a second
TICK = 1.0  # second: as often as beat looks for what is due
PROJECT = 1


def measure() -> Iterator[Result]:
    """CPU time of this process only; the worst of the ratios is what "linear" is judged by."""
    seconds = {size: examine(size) for size in SIZES}
    for size, taken in seconds.items():
        yield Result(f"examining {size:,} spans", taken, "s CPU")
    yield at_most("CPU to examine 100,000 spans", seconds[100_000] * 1e3 / 100, "ms/1,000", 20)
    growth = seconds[100_000] / seconds[10_000] / 10
    yield at_most("growth from 10,000 to 100,000 spans, 1 is linear", growth, "x", 1.5)
    costs = {size: cost_lines(size) for size in SIZES}
    yield Result("of that, lines of costs of 100,000 spans", costs[100_000], "s CPU")
    growth = costs[100_000] / costs[10_000] / 10
    yield at_most("growth of the lines, likewise", growth, "x", 1.5)
    yield from growing(SIZES[-1], seconds[100_000])


def growing(size: int, once: float) -> Iterator[Result]:
    """The examinations of a trace that grows to so many spans at ARRIVING a second, by a clock of
    its own: each begins when the rest after the one before is over. `once`: the CPU seconds of
    examining all of it at the end."""
    from agentscope.pipeline import examine as examine_trace  # needs Django
    from agentscope.traces.due import TRACE_REST

    trace_id, stored, now, spent, times = trace_of(size + 1), 0, TICK, 0.0, 0
    while stored < size:
        come = min(size, int(now * ARRIVING)) - stored
        store(trace_id, come)
        stored += come
        start = time.process_time()
        examine_trace(PROJECT, trace_id)
        taken = time.process_time() - start
        spent, times, last = spent + taken, times + 1, now
        now += max(TICK, taken * (1 + TRACE_REST))
    yield Result(f"examinations of a trace that grows to {size:,} spans", times, "")
    yield Result("their CPU, against that of one of all spans", spent / once, "x")
    yield at_most("their share of a core while it grows", spent / last * 100, "%", 20)


def examine(size: int) -> float:
    """Store one trace of so many spans; the CPU seconds of its examination."""
    from agentscope.pipeline import examine as examine_trace  # needs Django

    trace_id = trace_of(size)
    for first in range(0, size, BATCH):
        store(trace_id, min(BATCH, size - first))
    start = time.process_time()
    examine_trace(PROJECT, trace_id)
    return time.process_time() - start


def cost_lines(size: int) -> float:
    """The CPU seconds that the costs of an examined trace take, from its tree to its lines."""
    from agentscope.costs.lines import lines_of  # needs Django
    from agentscope.costs.write import write_lines
    from agentscope.traces.load import load_spans
    from agentscope.traces.read import trace_tree
    from agentscope.traces.totals import totals

    trace_id = trace_of(size)
    tree, spans = trace_tree(PROJECT, trace_id), load_spans(PROJECT, trace_id)
    assert tree is not None
    found = totals(tree, spans)
    start = time.process_time()
    write_lines(PROJECT, trace_id, lines_of(tree, spans, found))
    return time.process_time() - start


def trace_of(size: int) -> UUID:
    """The id of the trace of so many spans."""
    return UUID(bytes=MARK + size.to_bytes(12, "big"))


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


def main() -> None:
    """These measurements alone."""
    with database():
        django.setup()
        for _ in show(measure()):
            pass


if __name__ == "__main__":
    main()
