"""Measure everything and print it, with the aims: `make bench`.

Uses an embedded Postgres, or the server of DATABASE_URL (in a database of its own).
"""

from __future__ import annotations

from collections.abc import Iterator

import django

from bench import (
    acknowledging,
    advising,
    anomalies,
    copying,
    costs,
    deciding,
    draining,
    examining,
    inbox,
    memory,
    pages,
    raising,
    trace_page,
)
from bench.report import Result, show
from bench.servers import Database, database


def main() -> None:
    """Every measurement, in the order of a span's way."""
    with database() as server:
        django.setup()
        verdicts = [result.verdict for result in show(measure(server))]
    print(f"\n{verdicts.count('ok')} aims are reached, {verdicts.count('short')} are not.")


def measure(server: Database) -> Iterator[Result]:
    """All results, each rate as a ratio to psql's in the same run: see copying.py."""
    one = draining.drain(server, 1)
    packed, plain = copying.packed(server), copying.plain(server)
    yield Result("psql \\copy of the spans, plain", plain.rate, "spans/s")
    if server.server:
        yield Result("psql \\copy of the spans, plain, CPU", plain.cpu, "ms/1,000")
    yield Result("psql \\copy of the rows as stored, compressed", packed.rate, "spans/s")
    yield Result("drained by one worker, against the latter", one.rate / packed.rate, "x \\copy")
    yield from draining.measure(server, plain.rate, one)
    yield from examining.measure()
    draining.empty(server)
    yield from acknowledging.measure(server, plain.rate)
    draining.empty(server)
    yield from memory.measure()
    draining.empty(server)
    yield from pages.measure()
    draining.empty(server)
    yield from inbox.measure(server)
    draining.empty(server)
    yield from anomalies.measure()
    yield from raising.measure()
    yield from costs.measure(server, 1)  # more of them: python -m bench.costs
    yield from advising.measure(server, 1)
    draining.empty(server)
    yield from deciding.measure()
    yield from trace_page.measure()


if __name__ == "__main__":
    main()
