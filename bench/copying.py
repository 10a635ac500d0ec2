"""The yardstick: what `psql \\copy` takes to load the same spans from a file.

Two of them. *Plain* is what one would load without us: the columns of `span` and the attributes as
jsonb, in a table with the same key and partitions. *Packed* is what we stored, as we stored it: the
payload compressed already, so that Postgres is spared most of the bytes. A ratio against packed
rows punishes compression, so the aims are for plain ones; both are printed. On a machine that does
other work as well, only the ratios of CPU time mean something.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import psycopg

from bench.servers import Database

RUNS = 3


@dataclass(frozen=True)
class Copied:
    """What loading the spans took, the median of some runs."""

    rate: float  # spans a second
    cpu: float  # ms per 1,000 spans, of psql and Postgres


PLAIN = """
drop table if exists plain_span;
create table plain_span (like span including defaults, attributes jsonb)
    partition by range (started_at);
alter table plain_span add primary key (trace_id, project_id, span_id, started_at);
create table plain_span_default partition of plain_span default
"""


def plain(database: Database) -> Copied:
    """Load the stored spans plain. They stay stored."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(PLAIN)
    with tempfile.NamedTemporaryFile(prefix="agentscope-bench-") as file:
        spans = write_plain(database, Path(file.name))
        return load_again(database, spans, {"plain_span": Path(file.name)})


def packed(database: Database) -> Copied:
    """Load the stored spans packed. They stay stored."""
    tables = "span", "span_payload"
    with tempfile.TemporaryDirectory(prefix="agentscope-bench-") as folder:
        files = {table: Path(folder) / table for table in tables}
        database.run(*(f"\\copy (select * from {t}) to '{file}'" for t, file in files.items()))
        with files["span"].open("rb") as lines:
            spans = sum(1 for _ in lines)
        return load_again(database, spans, files)


def load_again(database: Database, spans: int, files: dict[str, Path]) -> Copied:
    """Load the files into their emptied tables, several times."""
    taken = [load(database, files) for _ in range(RUNS)]
    seconds, cpu = (statistics.median(run[at] for run in taken) for at in (0, 1))
    return Copied(spans / seconds, cpu * 1e6 / spans)


def load(database: Database, files: dict[str, Path]) -> tuple[float, float]:
    """The seconds that psql takes, and the CPU seconds of both."""
    database.run(f"truncate {', '.join(files)}", "checkpoint")
    start, cpu = time.monotonic(), cpu_of_both(database)
    database.run(*(f"\\copy {table} from '{file}'" for table, file in files.items()))
    return time.monotonic() - start, cpu_of_both(database) - cpu


def cpu_of_both(database: Database) -> float:
    """CPU seconds of Postgres and of the programs that we ran."""
    ran = resource.getrusage(resource.RUSAGE_CHILDREN)
    return database.cpu_seconds() + ran.ru_utime + ran.ru_stime


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
