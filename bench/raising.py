"""How soon a finding is raised while its trace is still open: from the answer to the request that
carries the span which crosses the threshold until the API tells the finding.

    python -m bench.raising [SPANS_A_SECOND ...]

Runs the whole product as `make run` does. For each pace of healthy traffic beside it, loops of
several kinds run into their thresholds in traces that are new, and in ones of 1,000, 10,000 and
100,000 spans that go on growing meanwhile. Rows are looked for in the database, which costs the
product little, and the API is asked as soon as they are there.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import cycle as endless
from itertools import islice

import psycopg

from bench.loops import LOOPS, STEP, Loop, healthy, request
from bench.report import Result, at_most, show
from bench.steady import traffic
from tests.kit.sender import post
from tests.kit.stack import Stack, embedded_stack

PACES = (0, 1_000, 5_000)  # spans a second beside it
SIZES = (0, 1_000, 10_000, 100_000)  # spans of the trace; 0: a new trace for each loop
AIM = 5.0  # seconds
SHARE = 20.0  # % of a core
LOOPS_OF_EACH = 4
BETWEEN, LOOK, GROW = 0.7, 0.05, 0.5  # seconds between loops, looks, batches of the growing trace
BATCH, GROWTH = 2_000, 50  # spans of a request, when a trace is filled and when it grows
PATIENCE = 120.0  # seconds until what was not raised counts as so late
COMPARED = ("cost_anomaly",)  # with runs of the days before
FOUND = "select agent, code from finding where withdrawn_at is null and agent = any(%s)"
CAUSES = "select agent, code from finding_cause where findings > 0 and agent = any(%s)"
STORED = "select span_id from span where trace_id = any(%s) and span_id = any(%s)"
EXAMINED = "select examined_at, examine_seconds from trace where trace_id = %s"
WAITING = """
select exists (select from inbox) or exists (select from trace where examine_after <= now())
"""


@dataclass(slots=True)
class Probe:
    """A loop that has crossed its threshold, and when what was seen of it, in seconds since."""

    code: str
    loop: Loop
    crossing: int  # the span, as a signed number
    since: float = field(default_factory=time.monotonic)
    stored: float = 0
    raised: float = 0
    listed: float = 0

    @property
    def taken(self) -> float:
        return time.monotonic() - self.since

    @property
    def is_open(self) -> bool:
        """Whether something of it is still looked for."""
        return not (self.stored and self.raised and self.listed) and self.taken < PATIENCE


class Growing:
    """A trace that goes on, and what its examinations cost."""

    def __init__(self, stack: Stack, spans: int) -> None:
        """Sends so many spans, and waits until they are examined."""
        self.stack, self.spans, self.trace_id = stack, spans, os.urandom(16)
        start = time.time_ns() - spans * STEP
        for first in range(0, spans, BATCH):
            self.send(min(BATCH, spans - first), start + first * STEP)
        self.examined: dict[object, float] = {}
        self.began = self.due = time.monotonic()

    def send(self, spans: int, start_ns: int) -> None:
        """So many more spans of it."""
        send(self.stack, request(healthy(self.trace_id, spans, start_ns)))

    def grow(self, database: psycopg.Connection) -> None:
        """Send some more if it is time to, and note an examination that was new."""
        if time.monotonic() > self.due:
            self.due += GROW
            self.send(GROWTH, time.time_ns())
        for moment, seconds in database.execute(EXAMINED, [self.trace_id.hex()]):
            self.examined[moment] = seconds

    @property
    def share(self) -> float:
        """% of a core that its examinations took."""
        return 100 * sum(self.examined.values()) / (time.monotonic() - self.began)


def measure(paces: tuple[int, ...] = PACES) -> Iterator[Result]:
    """One installation for all; its traces grow from one pace to the next."""
    with (
        embedded_stack(from_nothing=True) as stack,
        psycopg.connect(stack.dsn, autocommit=True) as database,
    ):
        for pace in paces:
            for size in SIZES:
                trace = Growing(stack, size) if size else None
                wait_for_work(database)
                with traffic(stack.http_url, pace) if pace else nullcontext():
                    time.sleep(BETWEEN)
                    probes = run(stack, database, trace)
                what = f"{pace:,} spans/s beside, trace of {size:,}"
                yield from results(what, probes)
                if trace:
                    yield at_most(f"{what}: its examinations", trace.share, "% of a core", SHARE)


def run(stack: Stack, database: psycopg.Connection, trace: Growing | None) -> list[Probe]:
    """Let loops cross their thresholds one by one, and look when that is seen."""
    probes: list[Probe] = []
    waiting, due = list(islice(endless(LOOPS), LOOPS_OF_EACH * len(LOOPS))), 0.0
    if trace:
        trace.began = trace.due = time.monotonic()
        trace.examined.clear()
    while waiting or any(probe.is_open for probe in probes):
        if waiting and time.monotonic() > due:
            due = time.monotonic() + BETWEEN
            probes.append(cross(stack, waiting.pop(0), trace.trace_id if trace else None))
        if trace:
            trace.grow(database)
        look(stack, database, [probe for probe in probes if probe.is_open])
        time.sleep(LOOK)
    return probes


def cross(stack: Stack, code: str, trace_id: bytes | None) -> Probe:
    """Send a loop span by span; it has crossed its threshold when the last one is answered."""
    loop = Loop(trace_id or os.urandom(16), f"{code}-{os.urandom(4).hex()}")
    for span in LOOPS[code](loop):
        send(stack, request([span]))
    return Probe(code, loop, int.from_bytes(span.span_id, "big", signed=True))


def look(stack: Stack, database: psycopg.Connection, probes: list[Probe]) -> None:
    """Note what is there now of what was not seen before."""
    traces, spans, agents = (
        [probe.loop.trace_id.hex() for probe in probes],
        [probe.crossing for probe in probes],
        [probe.loop.agent for probe in probes],
    )
    stored = {span for (span,) in database.execute(STORED, [traces, spans])}
    raised, listed = (set(database.execute(query, [agents])) for query in (FOUND, CAUSES))
    for probe in probes:
        key = (probe.loop.agent, probe.code)
        if not probe.stored and probe.crossing in stored:
            probe.stored = probe.taken
        if not probe.raised and key in raised:
            told = f"traces/{probe.loop.trace_id.hex()}/findings"
            probe.raised = answered(stack, told, probe) or probe.raised
        if not probe.listed and key in listed:
            told = f"findings?agent={probe.loop.agent}&code={probe.code}"
            probe.listed = answered(stack, told, probe) or probe.listed


def answered(stack: Stack, path: str, probe: Probe) -> float:
    """Seconds since the threshold was crossed, once the API has told the finding; 0 if it does
    not."""
    with urllib.request.urlopen(f"{stack.http_url}/api/v1/{path}", timeout=60) as answer:
        told = json.load(answer)
    rows = told.get("findings") or told.get("causes") or []
    is_told = any(row["agent"] == probe.loop.agent and row["code"] == probe.code for row in rows)
    return probe.taken if is_told else 0.0


def results(what: str, probes: list[Probe]) -> Iterator[Result]:
    """What some loops took, and runs that are dear."""
    loops = [probe for probe in probes if probe.code not in COMPARED]
    dear = [probe for probe in probes if probe.code in COMPARED]
    stored, raised, listed, spent = (
        sorted(seconds or PATIENCE for seconds in taken)
        for taken in (
            [probe.stored for probe in loops],
            [probe.raised for probe in loops],
            [probe.listed for probe in loops],
            [probe.raised for probe in dear],
        )
    )
    yield Result(f"{what}: span stored, p95", p95(stored), "s")
    yield Result(f"{what}: raised, p50", statistics.median(raised), "s")
    yield Result(f"{what}: raised, p95", p95(raised), "s")
    yield at_most(f"{what}: raised, max", raised[-1], "s", AIM)
    yield at_most(f"{what}: in the inbox, max", listed[-1], "s", AIM)
    yield at_most(f"{what}: dear run, max", spent[-1], "s", AIM)


def p95(seconds: list[float]) -> float:
    """The 95th percentile of a sorted list."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def send(stack: Stack, body: bytes) -> None:
    """Send a request; anything but 200 ends the measurement."""
    status = post(stack.http_url, body)
    assert status == 200, status


def wait_for_work(database: psycopg.Connection) -> None:
    """Return when nothing waits to be stored or examined."""
    while (database.execute(WAITING).fetchone() or (False,))[0]:
        time.sleep(LOOK)


if __name__ == "__main__":
    list(show(measure(tuple(map(int, sys.argv[1:])) or PACES)))
