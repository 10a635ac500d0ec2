"""How long the page of a trace takes: on the server, in Chromium, and drawn in full instead.

    python -m bench.trace_page [SPANS …]

The traces are teams of agents of 500, 10,000, 100,000 and 1,000,000 spans (or as many as are
named), a node with 50,000 children, a chain, and a loop that runs away. They are stored and
examined as by a worker. The same rows in one page, all open, are the reference: as far as it is
done within a time limit.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from uuid import UUID

from bench.big import deep, loop, team, wide
from bench.big_spans import PROJECT, stored
from bench.in_browser import Seen, chromium, open_page, open_text
from bench.report import Result, at_most, show
from bench.servers import as_web_server, database, static_files, web_server
from bench.views import views

if TYPE_CHECKING:
    from django.test import Client

NAME = "default"
SIZES = (500, 10_000, 100_000, 1_000_000)
SHAPES, LARGE, CHAIN = (wide, loop), 100_000, 20_000
RUNS = 5
FULL, MOST_SECONDS = (10_000, 100_000), 120.0  # spans that are drawn in full, and for how long
CLOSED = re.compile(r'href="(\?[^"]*toggle=[^"]+)"[^>]*aria-label="Open"')
FIND = 'name="q"'  # the field that searches in the trace
PART = {"HX-Request": "true", "HX-Target": "tree"}
INSIDE = {"HX-Request": "true", "HX-Target": "inside"}
GOES_ON = "hx-trigger"  # of the line that says how far a search came
SERVER_MS, KB, USABLE_S, OPENED_MS, HEAP_MB = 300, 150, 1.5, 100, 50  # aims, at 100,000 spans
SLICE_MS = 500  # of a search that reads payloads: 300 ms of reading, and the page


@dataclass(frozen=True)
class Stored:
    """A trace that is measured."""

    what: str
    spans: int
    trace_id: UUID

    @property
    def page(self) -> str:
        return f"/p/{NAME}/traces/{self.trace_id.hex}/"

    @property
    def has_aims(self) -> bool:
        """Whether the aims are for traces of this size."""
        return self.spans <= LARGE

    def result(self, what: str, value: float, unit: str, aim: float) -> Result:
        """A measurement, with its aim where there is one."""
        said = f"{self.what}, {self.spans:,}: {what}"
        return at_most(said, value, unit, aim) if self.has_aims else Result(said, value, unit)


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Result]:
    """Each trace, on the server and in a browser; then some of them in full."""
    from django.test import Client  # needs Django

    from agentscope.projects.models import Project

    Project.objects.get_or_create(pk=PROJECT, defaults={"name": NAME})
    client, traces = Client(headers={"host": "localhost"}), []
    plans = [("team", team, size) for size in sizes]
    plans += [(shape.__name__, shape, LARGE) for shape in SHAPES] + [("chain", deep, CHAIN)]
    for what, plan, size in plans:
        start = time.monotonic()
        trace = Stored(what, size, stored(plan(size)))
        yield Result(f"{what}, {size:,}: stored and examined", time.monotonic() - start, "s")
        yield from on_the_server(client, trace)
        yield from in_what_is_said(client, trace)
        yield from views(client, trace.page, trace.result)
        traces.append(trace)
    if chromium():
        yield from in_chromium(traces)


def on_the_server(client: Client, trace: Stored) -> Iterator[Result]:
    """The first page, and what a reader does next."""
    html, first = asked(client, trace.page, {})
    yield trace.result("first page", first, "ms", SERVER_MS)
    yield trace.result("first page", len(html) / 1000, "KB", KB)
    closed = CLOSED.search(html)
    questions = {
        "opening": unescape(closed[1]) if closed else "",
        "to the next failure": "?jump=failed",
        "searching": "?q=warehouse" if FIND in html else "",
    }
    for what, query in questions.items():
        if query:
            text, taken = asked(client, trace.page + query, PART)
            yield trace.result(what, taken, "ms", OPENED_MS if what == "opening" else SERVER_MS)
            yield trace.result(what, len(text) / 1000, "KB", KB)


def in_what_is_said(client: Client, trace: Stored) -> Iterator[Result]:
    """A search in all that the spans say, which goes on from slice to slice until it is done."""
    slices, html = [], GOES_ON
    while GOES_ON in html:
        start = time.monotonic()
        html = client.get(f"{trace.page}?q=warehouse-4711", headers=INSIDE).content.decode()
        slices.append((time.monotonic() - start) * 1e3)
    longest = max(slices)
    yield trace.result("searching what is said, the longest slice", longest, "ms", SLICE_MS)
    yield Result(f"{trace.what}, {trace.spans:,}: searching what is said", sum(slices) / 1e3, "s")


def asked(client: Client, address: str, headers: dict[str, str]) -> tuple[str, float]:
    """A page, and the milliseconds that it took when it was quickest: whatever else the machine
    does is not in them."""
    taken, html = [], ""
    for _ in range(RUNS):
        start = time.monotonic()
        answer = client.get(address, headers=headers)
        taken.append((time.monotonic() - start) * 1e3)
        assert answer.status_code == 200, answer.status_code
        html = answer.content.decode()
    return html, min(taken)


def in_chromium(traces: list[Stored]) -> Iterator[Result]:
    """The pages as a reader sees them, and all rows in one page."""
    with static_files(), web_server() as (address, _):
        for trace in traces:
            yield from told(trace, open_page(address + trace.page))
        for trace in traces:
            if trace.spans in FULL:
                yield from in_full(trace, address)


def told(trace: Stored, seen: Seen) -> Iterator[Result]:
    """What a browser came to."""
    yield trace.result("usable in Chromium after", seen.usable_ms / 1000, "s", USABLE_S)
    yield trace.result("heap", seen.heap / 1e6, "MB", HEAP_MB)
    yield Result(f"{trace.what}, {trace.spans:,}: DOM", seen.nodes, "nodes")
    if seen.opened_ms is not None:
        yield Result(f"{trace.what}, {trace.spans:,}: opened after", seen.opened_ms, "ms")


def in_full(trace: Stored, address: str) -> Iterator[Result]:
    """The same rows in one page; as far as that can be had."""
    from bench.full import full_page  # needs Django

    what = f"{trace.what}, {trace.spans:,}, in full"
    start = time.monotonic()
    html = full_page(trace.trace_id, address, MOST_SECONDS)
    if html is None:
        yield Result(f"{what}: not done on the server after", MOST_SECONDS, "s")
        return
    yield Result(f"{what}: on the server", (time.monotonic() - start) * 1e3, "ms")
    yield Result(f"{what}: HTML", len(html) / 1000, "KB")
    seen = open_text(html, MOST_SECONDS)
    if seen is None:
        yield Result(f"{what}: not usable in Chromium after", MOST_SECONDS, "s")
        return
    yield Result(f"{what}: usable in Chromium after", seen.usable_ms / 1000, "s")
    yield Result(f"{what}: heap", seen.heap / 1e6, "MB")
    yield Result(f"{what}: DOM", seen.nodes, "nodes")


def main() -> None:
    """These measurements alone."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    with database():
        as_web_server()
        for _ in show(measure(sizes)):
            pass


if __name__ == "__main__":
    main()
