"""How long the list of traces takes over 20 million spans, with each filter, and how long a search
takes in a day of five million.

    python -m bench.searching [MILLIONS OF SPANS A DAY [DAYS]]

The rows are generated (many_traces.py), of four days if nothing else is said.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import django
import psycopg

from bench.costs import RUNS, seconds
from bench.many_traces import SPANS, TABLES, generate, vocabulary
from bench.report import Result, at_most, show
from bench.servers import Database, database, static_files

MILLIONS, DAYS = 5.0, 4
LIST_AIM, SEARCH_AIM = 500, 1500  # ms
TIME_IS_UP = "then the time was up"
SCANS = """
select coalesce(sum(seq_scan), 0) from pg_stat_user_tables
where relname ~ '^(span|span_payload|span_log|search_block)_' and pg_relation_size(relid) > 1e7
"""


def main() -> None:
    """Measure and print."""
    said = sys.argv[1:]
    millions, days = float(said[0]) if said else MILLIONS, int(said[1]) if said[1:] else DAYS
    with database() as server, static_files():
        django.setup()
        verdicts = [result.verdict for result in show(measure(server, millions, days))]
    print(f"\n{verdicts.count('ok')} aims are reached, {verdicts.count('short')} are not.")


def measure(server: Database, millions: float, days: int) -> Iterator[Result]:
    """Generate the rows of so many million spans a day, and ask."""
    until = datetime.now(UTC).replace(microsecond=0)
    traces = int(millions * 1_000_000) // SPANS
    taken = seconds(lambda: generate(server.url, traces, until, days))
    yield Result("generated", taken, "s")
    yield from sizes(server)
    before, name = scans(server), f"{millions * days:g} M spans"
    for what, question in lists(until).items():
        yield from asked(server, f"list, {name}: {what}", question, LIST_AIM)
    for text, question in searches().items():
        what = f"search, a day of {millions:g} M spans: {text}"
        yield from asked(server, what, question, SEARCH_AIM)
    yield at_most(
        "sequential scans of spans, payloads and blocks (10 MB or more)",
        scans(server) - before,
        "",
        0,
    )


def asked(server: Database, what: str, question: Callable[[], str], aim: int) -> Iterator[Result]:
    """How long a question takes, and on average its CPU time: what a busy machine cannot change.
    And how often the clock ended it before all was searched."""
    pages = [question()]
    before = time.process_time() + server.cpu_seconds()
    taken = sorted(seconds(lambda: pages.append(question())) for _ in range(RUNS))
    spent = time.process_time() + server.cpu_seconds() - before
    yield Result(f"{what}, p50", taken[RUNS // 2] * 1e3, "ms")
    yield at_most(f"{what}, p95", statistics.quantiles(taken, n=20)[-1] * 1e3, "ms", aim)
    yield Result(f"{what}, CPU of both", spent / RUNS * 1e3, "ms")
    if cut := sum(TIME_IS_UP in page for page in pages[1:]):
        yield at_most(f"{what}, ended by the clock", cut, f"of {RUNS}", 0)


def sizes(server: Database) -> Iterator[Result]:
    """What the rows take."""
    with psycopg.connect(server.url) as connection:
        for table in TABLES:
            rows, octets = connection.execute(
                "select (select count(*) from " + table + "), sum(pg_total_relation_size(c.oid))"
                f" from pg_class c where relkind = 'r' and relname ~ '^{table}(_[0-9d].*)?$'"
            ).fetchone() or (0, 0)
            yield Result(f"rows of {table}", rows, f"{int(octets) >> 20} MB")


def scans(server: Database) -> int:
    """How often a table of spans was read as a whole so far."""
    time.sleep(1.5)  # sessions tell what they did once a second
    with psycopg.connect(server.url) as connection:
        return int((connection.execute(SCANS).fetchone() or (0,))[0])


def lists(until: datetime) -> dict[str, Callable[[], str]]:
    """What people filter by."""
    deep = f"after={until - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}~{'0' * 32}"
    filters = [
        *("", "range=24h", "agent=team-7", "agent=rare", "model=model-3", "tool=search-7"),
        *("status=error", "status=ok", "state=running", "session=session-777", "min_cost=1"),
        *("finding=exact_repeat", "agent=rare&status=error", 'q=name~"task 7"', "q=user=user-777"),
        *("q=name=audit", "q=duration>90s", "q=tokens>30000", "q=cost>0.9+agent=planner"),
        *("q=environment=staging", "q=environment=canary", "key=team %237", "key=rare %231"),
        *("facets=1", "facets=1&range=24h", deep),
    ]
    return {f"?{each}": partial(listed, each) for each in filters}


def searches() -> dict[str, Callable[[], str]]:
    """What people search for."""
    texts = {
        "a word that 3 steps say": "zanzibar",
        "a word that 40 steps say": "quokka",
        "a phrase": '"the zanzibar said"',
        "two words that are everywhere": " ".join(vocabulary()[:2]),
        "a word that nobody says": "wombat",
        "two words that nobody says": "wombat koala",
        "in Chinese, which nobody says": "订单状态",
        "an attribute": "gen_ai.request.model=gpt-4o",
        "an attribute that is not there": "shop.tier=gold",
        "a rare word of an agent": "zanzibar agent=planner",
    }
    return {f"{what}": partial(listed, f"range=24h&q={text}") for what, text in texts.items()}


def listed(query: str) -> str:
    """Get a list."""
    from django.test import Client  # needs Django

    answer = Client(headers={"host": "localhost"}).get(f"/p/bench/traces/?{query}")
    assert answer.status_code == 200, answer.status_code
    return answer.text


if __name__ == "__main__":
    main()
