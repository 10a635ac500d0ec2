"""How long a ledger takes to verify, a million entries and a tenth of that, against reading it.

    python -m bench.auditing [ENTRIES]

Entries are made and signed by the product's own function and stored by COPY; each tells of a change
in some 200 bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import django
import psycopg

from bench.costs import PROJECT, seconds
from bench.report import Result, at_most, show
from bench.servers import Database, database, put_project

ENTRIES = 1_000_000
TENTH = PROJECT + 1
COLUMNS = "project_id, position, at, kind, content_digest, previous, key, signature, hash"
PLAIN = """select count(*), sum(length(text)), count(hash) from ledger_entry
join ledger_content using (project_id, position) where project_id = %s"""


def main() -> None:
    """Measure and print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with database() as server:
        django.setup()
        list(show(measure(server, entries)))


def measure(server: Database, entries: int) -> Iterator[Result]:
    """Fill two ledgers, verify both, and the large one by itself, as exported."""
    from agentscope.ledger.read import StoredLedger  # needs Django
    from agentscope.ledger.verifier import verify

    took = {}
    for project, count in ((TENTH, entries // 10), (PROJECT, entries)):
        put_project(project, name=f"ledger {count}")
        fill(server, project, count)
        took[project] = 1e6 * seconds(partial(verify, StoredLedger(project))) / count
        yield Result(f"verifying {count:,} entries, each", took[project], "us")
    with psycopg.connect(server.url) as connection:
        plain = seconds(partial(connection.execute, PLAIN, [PROJECT]))
    yield Result("against reading them in Postgres", took[PROJECT] * entries / 1e6 / plain, "x")
    yield at_most(
        "an entry of ten times as many, against one", took[PROJECT] / took[TENTH], "x", 1.3
    )
    yield from exported(entries)


def exported(entries: int) -> Iterator[Result]:
    """The file that comes with an export, as an auditor runs it."""
    from agentscope.ledger.export import export  # needs Django

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        took = seconds(partial(export, PROJECT, path))
        yield Result(f"exporting {entries:,} entries", took, "s")
        command = [sys.executable, "-I", str(path / "verifier.py"), folder]
        took = seconds(partial(subprocess.run, command, check=True, capture_output=True))
        yield Result("verifying the export", took, "s")


def fill(server: Database, project: int, count: int) -> None:
    """A ledger of so many entries."""
    from agentscope.ledger import verifier  # needs Django
    from agentscope.ledger.signing import signing_key
    from agentscope.ledger.write import link

    last, key = verifier.Entry(project, 0, "", "", "", "", "", "", verifier.NOTHING), signing_key()
    contents = []
    with psycopg.connect(server.url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"copy ledger_entry ({COLUMNS}) from stdin") as rows:
            for number in range(count):
                text = json.dumps({"what": f"Change {number}", "who": "ann", "why": "x" * 150})
                last = link(last, "change", text, key)
                digests = (last.content, last.previous, last.key, last.signature, last.hash)
                rows.write_row((project, last.position, last.at, last.kind, *map(raw, digests)))
                contents.append((project, last.position, text))
        with cursor.copy("copy ledger_content (project_id, position, text) from stdin") as rows:
            for row in contents:
                rows.write_row(row)


def raw(digest: str) -> bytes:
    """A digest as it is stored."""
    return bytes.fromhex(digest)


if __name__ == "__main__":
    main()
