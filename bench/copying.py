"""The yardstick: what `psql \\copy` takes to load the same spans from a file.

Two of them. *Plain* is what one would load without us: the columns of `span` and the attributes as
jsonb, in a table with the same key and partitions. *Packed* is what we stored, as we stored it: the
payload compressed already, so that Postgres is spared most of the bytes. A ratio against packed
rows punishes compression, so the aims are for plain ones; both are printed.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg

from bench.servers import Database

RUNS = 3
PLAIN = """
drop table if exists plain_span;
create table plain_span (like span including defaults, attributes jsonb)
    partition by range (started_at);
alter table plain_span add primary key (trace_id, project_id, span_id, started_at);
create table plain_span_default partition of plain_span default
"""


def plain_rate(database: Database) -> float:
    """Spans a second, plain. The spans must be stored; they stay."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(PLAIN)
    with tempfile.NamedTemporaryFile(prefix="agentscope-bench-") as file:
        spans = write_plain(database, Path(file.name))
        return median_rate(database, spans, {"plain_span": Path(file.name)})


def packed_rate(database: Database) -> float:
    """Spans a second, packed. The spans must be stored; they stay."""
    tables = "span", "span_payload"
    with tempfile.TemporaryDirectory(prefix="agentscope-bench-") as folder:
        files = {table: Path(folder) / table for table in tables}
        database.run(*(f"\\copy (select * from {t}) to '{file}'" for t, file in files.items()))
        with files["span"].open("rb") as lines:
            spans = sum(1 for _ in lines)
        return median_rate(database, spans, files)


def median_rate(database: Database, spans: int, files: dict[str, Path]) -> float:
    """Load the files into their emptied tables, several times."""
    return spans / statistics.median(load(database, files) for _ in range(RUNS))


def load(database: Database, files: dict[str, Path]) -> float:
    """The seconds that psql takes."""
    database.run(f"truncate {', '.join(files)}", "checkpoint")
    start = time.monotonic()
    database.run(*(f"\\copy {table} from '{file}'" for table, file in files.items()))
    return time.monotonic() - start


def write_plain(database: Database, path: Path) -> int:
    """Write what is stored as lines of COPY; how many."""
    written = 0
    with psycopg.connect(database.url) as connection, path.open("wb") as file:
        for line, attributes in zip(lines(connection), raw_attributes(connection), strict=True):
            file.write(line.rstrip(b"\n") + b"\t" + attributes.replace(b"\\", b"\\\\") + b"\n")
            written += 1
    return written


def lines(connection: psycopg.Connection) -> Iterator[bytes]:
    """The rows of `span` in order of their keys, as COPY writes them."""
    query = "copy (select * from span order by trace_id, span_id) to stdout"
    with connection.cursor().copy(query) as copy:
        text = b"".join(bytes(piece) for piece in copy)
    return iter(text.splitlines(keepends=True))


def raw_attributes(connection: psycopg.Connection) -> Iterator[bytes]:
    """The attributes of the same spans in the same order, as JSON."""
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from agentscope.traces.payload import unpack_payload

    query = "select body from span_payload order by trace_id, span_id"
    for (body,) in connection.execute(query):
        span = Span.FromString(unpack_payload(body).raw)
        yield orjson.dumps({pair.key: value_of(pair.value) for pair in span.attributes})


def value_of(value: object) -> object:
    """What is set of an AnyValue of the sample, which has no nested ones."""
    return getattr(value, value.WhichOneof("value"))  # type: ignore[attr-defined]
