"""How long the views of a run beside its tree take on the server.

    python -m bench.views [SPANS …]

Times are of the processor, of the quickest of some requests, so that whatever else the machine does
is not in them; lengths are of the HTML before it is packed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bench.big import team
from bench.big_spans import PROJECT, stored
from bench.report import Result, at_most, show
from bench.servers import as_web_server, database

if TYPE_CHECKING:
    from django.test import Client

NAME = "default"
VIEWS = ("transcript", "graph", "costs")
SIZES = (500, 10_000, 100_000)
RUNS = 5
MS, KB, QUERIES = 300, 150, 20  # aims
Judge = Callable[[str, float, str, float], Result]


def views(client: Client, page: str, judge: Judge) -> Iterator[Result]:
    """Time, length and queries of each view; `page` is the address of the trace, `judge` makes a
    result of what was measured, its value, its unit and its aim."""
    for view in VIEWS:
        for what, query in ((view, ""), (f"{view} with the panel", f"?span={2:016x}")):
            taken, length, queries = measured(client, f"{page}{view}/{query}")
            yield judge(f"{what}: processor time", taken * 1e3, "ms", MS)
            yield judge(f"{what}: HTML", length / 1000, "KB", KB)
            yield judge(f"{what}: asked of the database", queries, "queries", QUERIES)


def measured(client: Client, address: str) -> tuple[float, int, int]:
    """Seconds of the processor, bytes of HTML, and queries of one page."""
    from django.db import connection  # needs Django
    from django.test.utils import CaptureQueriesContext

    best = float("inf")
    for _ in range(RUNS):
        with CaptureQueriesContext(connection) as asked:
            start = time.process_time()
            answer = client.get(address)
            best = min(best, time.process_time() - start)
        assert answer.status_code == 200, answer.status_code
    return best, len(answer.content), len(asked)


def measure(sizes: tuple[int, ...]) -> Iterator[Result]:
    """Teams of agents of these sizes."""
    from django.test import Client  # needs Django

    from agentscope.projects.models import Project

    Project.objects.get_or_create(pk=PROJECT, defaults={"name": NAME})
    for size in sizes:
        page = f"/p/{NAME}/traces/{stored(team(size)).hex}/"

        def judge(what: str, value: float, unit: str, aim: float, size: int = size) -> Result:
            return at_most(f"team, {size:,}: {what}", value, unit, aim)

        yield from views(Client(headers={"host": "localhost"}), page, judge)


def main() -> None:
    """These measurements alone."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    with database():
        as_web_server()
        for _ in show(measure(sizes)):
            pass


if __name__ == "__main__":
    main()
