"""The yardstick: `psql \\copy` of the same rows from a file into the same tables."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from bench.servers import Database

TABLES = ("span", "span_payload")
RUNS = 3


def spans_a_second(database: Database, spans: int) -> float:
    """Copy what is stored out to files, empty the tables, copy it in again; the median rate."""
    with tempfile.TemporaryDirectory(prefix="agentscope-bench-") as folder:
        files = {table: Path(folder) / table for table in TABLES}
        database.run(*(f"\\copy (select * from {t}) to '{file}'" for t, file in files.items()))
        return spans / statistics.median(copy_in(database, files) for _ in range(RUNS))


def copy_in(database: Database, files: dict[str, Path]) -> float:
    """The seconds that psql takes."""
    database.run("truncate span, span_payload", "checkpoint")
    start = time.monotonic()
    database.run(*(f"\\copy {table} from '{file}'" for table, file in files.items()))
    return time.monotonic() - start
