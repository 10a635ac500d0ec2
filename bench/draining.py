"""From the inbox to queryable spans, with one worker process and with two.

python -m bench.draining      what one worker process does: drains until nothing is left
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import django
import psycopg

from bench.report import Result, at_least, at_most
from bench.sample import SPANS, compressed, requests
from bench.servers import Database

REQUESTS = 160
TABLES = (
    "span, span_payload, span_log, search_block, trace, trace_index, envelope, inbox,"
    " dead_letter, path_cost, charge, day_cost, session_cost, attribute_cost, day_due"
)
SIZE = """
select sum(pg_total_relation_size(c.oid)) from pg_class c
where c.relkind = 'r' and c.relname ~ '^(span|span_payload|search_block|envelope)(_|$)'
"""


@dataclass(frozen=True)
class Drained:
    """What draining the sample took."""

    spans: int
    seconds: float
    worker_cpu: float
    server_cpu: float

    @property
    def rate(self) -> float:
        """Spans a second."""
        return self.spans / self.seconds


def drain(database: Database, workers: int) -> Drained:
    """Fill the inbox anew and drain it with so many processes."""
    fill(database)
    processes = [start_worker() for _ in range(workers)]
    before, start = database.cpu_seconds(), time.monotonic()
    for process in processes:
        print("go", file=process.stdin, flush=True)
    said = [process.communicate()[0] for process in processes]
    seconds = time.monotonic() - start
    return Drained(
        REQUESTS * SPANS, seconds, sum(map(float, said)), database.cpu_seconds() - before
    )


def empty(database: Database) -> None:
    """Forget everything that was sent."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"truncate {TABLES}")
        connection.execute("checkpoint")


def fill(database: Database) -> None:
    """An inbox of new requests, and nothing else."""
    empty(database)
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.cursor().executemany(
            "insert into inbox (received_at, project_id, signal, content_type, encoding, body)"
            " values (now(), 1, 'traces', 'application/x-protobuf', 'gzip', %b)",
            [[compressed(body)] for body in requests(REQUESTS)],
        )


def start_worker() -> subprocess.Popen[str]:
    """A worker that is ready and waits for a line."""
    command = [sys.executable, "-m", "bench.draining"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def measure(database: Database, copied: float, one: Drained) -> Iterator[Result]:
    """`copied`: spans a second of `psql \\copy`; `one`: what one worker took."""
    yield at_least("drained, one worker", one.rate / copied, "x \\copy", 0.4)
    yield Result("drained, one worker", one.rate, "spans/s")
    two = drain(database, 2)
    yield at_least("drained, two workers", two.rate / copied, "x \\copy", 0.55)
    yield Result("drained, two workers", two.rate, "spans/s")
    yield Result("CPU of the worker to store", one.worker_cpu * 1e6 / one.spans, "ms/1,000")
    if database.server:
        total = one.worker_cpu + one.server_cpu
        yield Result("CPU of Postgres to store", one.server_cpu * 1e6 / one.spans, "ms/1,000")
        yield at_most("CPU of both to store", total * 1e6 / one.spans, "ms/1,000", 70)
    with psycopg.connect(database.url) as connection:
        size, spans = (
            connection.execute(query).fetchone() or (0,)
            for query in (SIZE, "select count(*) from span")
        )
    assert spans == (two.spans,), f"stored {spans} of {two.spans}"
    yield at_most("on disk, indexes included", float(size[0]) / two.spans, "bytes/span", 1200)


def main() -> None:
    """Drain until nothing is left; print the CPU seconds that took."""
    django.setup()
    from ingest.drain import drain as drain_some  # needs Django

    print("ready", flush=True)
    sys.stdin.readline()
    start = time.process_time()
    while drain_some():
        pass
    print(time.process_time() - start)


if __name__ == "__main__":
    main()
