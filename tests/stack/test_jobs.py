"""A worker may be killed with -9 in the middle of a job: the next one goes on from there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.kit.sender import batch, post
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 900  # seconds
TRACES, SPANS = 400, 25


def test_a_killed_worker_loses_no_step_and_does_none_twice(stack: Stack) -> None:
    send(stack, "jobs", TRACES, 1)
    wait_until(lambda: value(stack, EXAMINED, "jobs") == TRACES, PATIENCE)
    with held(stack, NEWEST_TRACE, "jobs"):
        job = job_of(stack.manage("reprice", "jobs", "--no-wait"))
        kill_in_the_middle(stack, job, TRACES)
    wait_until(lambda: value(stack, STATE, job) == "done", PATIENCE)
    assert value(stack, DONE, job) == TRACES
    assert value(stack, CHANGES, "jobs") == 2


def test_understanding_again_goes_on_where_its_worker_was_killed(stack: Stack) -> None:
    send(stack, "mapped", TRACES, SPANS)
    wait_until(lambda: value(stack, EXAMINED, "mapped") == TRACES, PATIENCE)
    with psycopg.connect(stack.dsn) as connection:
        connection.execute(MAP)
    with held(stack, LAST_SPANS, "mapped"):
        job = job_of(stack.manage("understand_again", "mapped", "--no-wait"))
        kill_in_the_middle(stack, job, TRACES * SPANS)
    wait_until(lambda: value(stack, STATE, job) == "done", PATIENCE)
    assert value(stack, READ, job) == [TRACES * SPANS] * 2
    assert value(stack, MAPPED) == TRACES * SPANS
    end_leases(stack, "mapped")
    wait_until(lambda: value(stack, SEEN) == TRACES, PATIENCE)


OF_PROJECT = "project_id = (select id from project where name = %s)"
EXAMINED = f"select count(*) from trace where examined_at is not null and {OF_PROJECT}"
DONE = "select done from job where id = %s"
STATE = "select state from job where id = %s"
CHANGES = f"select count(*) from ledger_entry where kind not like 'ledger.%%' and {OF_PROJECT}"
# What a job comes to at its end: traces are priced by time, spans understood by their keys.
NEWEST_TRACE = f"""
select pg_advisory_xact_lock(hashtextextended(trace_id::text, project_id)) from
(select * from trace where {OF_PROJECT} order by started_at desc, trace_id desc limit 1) as newest
"""
LAST_SPANS = f"""
select from span where trace_id =
    (select trace_id from trace where {OF_PROJECT} order by trace_id desc limit 1) for update
"""
READ = "select jsonb_build_array(done, result -> 'changed_spans') from job where id = %s"
END_LEASES = f"update trace set examine_after = now() where examine_after > now() and {OF_PROJECT}"
MAP = """
insert into attribute_mapping (project_id, attribute, field, created_at)
select id, 'gen_ai.operation.name', 'user', now() from project where name = 'mapped'
"""
MAPPED = "select count(*) from span where user_name = 'chat'"
SEEN = "select count(*) from trace where user_name = 'chat'"


def send(stack: Stack, project: str, traces: int, spans: int) -> None:
    """Store some traces of so many spans each."""
    for _ in range(traces):
        body, _ids = batch(os.urandom(16), spans)
        wait_until(partial(is_accepted, stack, body, {"x-agentscope-project": project}), PATIENCE)


def job_of(printed: str) -> int:
    """The number of the job that a command asked for."""
    return int(printed.strip("Job .\n"))


@contextmanager
def held(stack: Stack, what: str, project: str) -> Iterator[None]:
    """No worker gets past this: however quick it is, or slow this test, its job is not over."""
    with psycopg.connect(stack.dsn) as connection:
        connection.execute(what, [project])
        yield


def kill_in_the_middle(stack: Stack, job: int, total: int) -> None:
    """Kill the worker that is at a job."""
    wait_until(lambda: value(stack, DONE, job) > 0, PATIENCE)
    stack.kill("worker")
    assert 0 < value(stack, DONE, job) < total


def end_leases(stack: Stack, project: str) -> None:
    """Have traces examined that a killed worker was at: else they wait for five minutes."""
    with psycopg.connect(stack.dsn) as connection:
        connection.execute(END_LEASES, [project])


def is_accepted(stack: Stack, body: bytes, headers: dict[str, str]) -> bool:
    return post(stack.http_url, body, headers) == 200


def value(stack: Stack, query: str, *parameters: Any) -> Any:
    """The one value that a query of the stack's database gives."""
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(query, parameters).fetchone()
    assert row
    return row[0]
