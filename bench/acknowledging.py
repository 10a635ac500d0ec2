"""Spans a second that are durable and acknowledged, through a real web server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from bench.load import acknowledged, go, send_for
from bench.report import Result, at_least, at_most
from bench.sample import SPANS
from bench.servers import Database, cpu_seconds, web_server

SECONDS = 5.0


def measure(database: Database, copied: float) -> Iterator[Result]:
    """`copied`: spans a second of `psql \\copy`."""
    with web_server() as (address, web):
        sender = send_for(address, SECONDS)
        before = cpu_seconds(web), database.cpu_seconds()
        start = time.monotonic()
        go(sender)
        spans = acknowledged(sender) * SPANS
        seconds = time.monotonic() - start
        used = cpu_seconds(web) - before[0], database.cpu_seconds() - before[1]
    with psycopg.connect(database.url) as connection:
        found = connection.execute("select count(*) from inbox").fetchone()
    assert found == (spans / SPANS,), f"acknowledged {spans / SPANS}, in the inbox {found}"
    yield at_least("acknowledged, one web process", spans / seconds / copied, "x \\copy", 10)
    yield Result("acknowledged, one web process", spans / seconds, "spans/s")
    yield at_most("CPU of the web process to acknowledge", used[0] * 1e6 / spans, "ms/1,000", 5)
    if database.server:
        yield Result("CPU of Postgres to acknowledge", used[1] * 1e6 / spans, "ms/1,000")
