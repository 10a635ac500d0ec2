"""How long the list of traces takes while ingest has all it can take."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Iterator

from bench.draining import start_worker
from bench.load import acknowledged, go, send_for
from bench.report import Result, at_most
from bench.servers import web_server

SECONDS = 8.0
CENTILES = 100
PAGES = {"/": "the page", "/api/v1/traces": "the API"}


def measure() -> Iterator[Result]:
    """One sender that never rests, one worker that drains, one reader."""
    with web_server() as (address, _):
        get(f"{address}/")
        sender, worker = send_for(address, SECONDS), start_worker()
        go(sender)
        go(worker)
        taken = read_until(address, time.monotonic() + SECONDS)
        acknowledged(sender)
        worker.kill()
        worker.communicate()
    for path, name in PAGES.items():
        p95 = statistics.quantiles(taken[path], n=CENTILES)[94]
        yield at_most(f"p95 of the list of traces during ingest, {name}", p95 * 1e3, "ms", 500)


def read_until(address: str, end: float) -> dict[str, list[float]]:
    """Seconds that each page took, read in turns."""
    taken: dict[str, list[float]] = {path: [] for path in PAGES}
    while time.monotonic() < end:
        for path, seconds in taken.items():
            start = time.monotonic()
            get(f"{address}{path}")
            seconds.append(time.monotonic() - start)
    return taken


def get(address: str) -> bytes:
    """A page. Raises HTTPError for any answer but a good one."""
    with urllib.request.urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    return content
