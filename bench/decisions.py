"""How long the list of decisions takes over a hundred thousand of them, and the page of one in a
run of 20,000 spans.

    python -m bench.decisions [DECISIONS]

The run is stored and examined as by a worker; the other rows are copies of the largest record of a
small one, at other times, of other agents, sessions and people, made by SQL.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django
import psycopg

from bench.big import team
from bench.big_spans import PROJECT, stored
from bench.report import Result, at_most, show
from bench.servers import Database, database
from bench.trace_page import KB, NAME, SERVER_MS, asked

if TYPE_CHECKING:
    from django.test import Client

DECISIONS = 100_000
RUN, SMALL = 20_000, 1_000  # spans
COPIES = """
with one as (select * from decision_record order by length(body::text) desc limit 1)
insert into decision_record (trace_id, project_id, span_id, at, took_ns, agent, path, version,
    session, end_user, environment, outcome, authority, effects, people, findings, pico, unpriced,
    rejected, rejected_pico, rejected_unpriced, body, digest, made_by, recorded)
select md5(n::text)::uuid, one.project_id, n, now() - n * interval '26 seconds', took_ns,
    'agent-' || n %% 180, 'lead/agent-' || n %% 180, '1.' || n %% 9, 'session-' || n / 20,
    'user-' || n %% 5000, case when n %% 11 = 0 then 'staging' else 'production' end,
    case when n %% 40 = 0 then 'failed' when n %% 1000 = 1 then 'waiting' else 'done' end,
    case when n %% 50 = 0 then 'approved' when n %% 10 = 0 then 'policy' else 'none' end,
    case when n %% 10 = 0 then array['tool-' || n %% 20] else '{}' end,
    case when n %% 50 = 0 then array['person-' || n %% 30] else '{}' end,
    case when n %% 33 = 0 then array['exact_repeat'] else '{}' end,
    pico, unpriced, rejected, rejected_pico, rejected_unpriced, body, digest, made_by, n
from one cross join generate_series(1, %s) as n
"""
LIST = f"/p/{NAME}/audit/decisions/"
QUERIES = (
    *("", "range=24h", "agent=agent-7", "agent=nobody", "effect=tool-10", "person=person-20"),
    *("outcome=failed", "outcome=waiting", "authority=approved", "authority=budget"),
    *("finding=exact_repeat", "session=session-77", "user=user-77", "environment=staging"),
    *("environment=rare", "agent=agent-7&outcome=waiting", "effect=tool-10&person=person-20"),
)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DECISIONS
    with database() as server:
        django.setup()
        list(show(measure(server, count)))


def measure(server: Database, count: int) -> Iterator[Result]:
    """The page of a decision, then the list with each filter."""
    from django.test import Client  # needs Django

    from agentscope.projects.models import Project

    Project.objects.get_or_create(pk=PROJECT, defaults={"name": NAME})
    client = Client(headers={"host": "localhost"})
    yield from of_one(client)
    stored(team(SMALL))
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(COPIES, [count])
        connection.execute("vacuum analyze decision_record")
    for query in (*QUERIES, deep(client)):
        yield from told(client, f"{count:,} decisions ?{query[:40]}", f"{LIST}?{query}")


def of_one(client: Client) -> Iterator[Result]:
    """The decision that tells most of a large run."""
    from agentscope.records.models import Record  # needs Django
    from agentscope.traces.ids import span_hex

    trace_id = stored(team(RUN))
    found = Record.objects.filter(trace_id=trace_id)
    one = max(found, key=lambda each: len(str(each.body)))
    address = f"{LIST}{trace_id.hex}/{span_hex(one.span_id)}/"
    yield from told(client, f"one of {found.count():,} decisions of {RUN:,} spans", address)
    yield from told(client, f"all decisions of {RUN:,} spans", f"{LIST}?trace={trace_id.hex}")


def deep(client: Client) -> str:
    """Where a page begins behind ten others."""
    answer = client.get(f"/api/v1/decisions?project={NAME}&limit=500").json()
    return f"after={answer['next']}"


def told(client: Client, what: str, address: str) -> Iterator[Result]:
    """A page at its quickest, and its size."""
    html, taken = asked(client, address, {})
    yield at_most(what, taken, "ms", SERVER_MS)
    yield at_most(what, len(html.encode()) / 1000, "KB", KB)


if __name__ == "__main__":
    main()
