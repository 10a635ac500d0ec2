"""A worker may be killed with -9 in the middle of a job: the next one goes on from there."""

import os
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.kit.sender import batch, post
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 120  # seconds
TRACES = 400


def test_a_killed_worker_loses_no_step_and_does_none_twice(stack: Stack) -> None:
    headers = {"x-agentscope-project": "jobs"}
    for _ in range(TRACES):
        body, _ids = batch(os.urandom(16), 1)
        wait_until(partial(is_accepted, stack, body, headers), PATIENCE)
    wait_until(lambda: value(stack, EXAMINED) == TRACES, PATIENCE)
    job = int(stack.manage("reprice", "jobs", "--no-wait").strip("Job .\n"))
    wait_until(lambda: value(stack, DONE, job) > 0, PATIENCE)
    stack.kill("worker")
    reached = value(stack, DONE, job)
    assert reached < TRACES, "the job was over before its worker was killed"
    wait_until(lambda: value(stack, STATE, job) == "done", PATIENCE)
    assert value(stack, DONE, job) == TRACES
    assert value(stack, CHANGES) == 2


EXAMINED = "select count(*) from trace where examined_at is not null and name = 'chat gpt-4o'"
DONE = "select done from job where id = %s"
STATE = "select state from job where id = %s"
CHANGES = "select count(*) from project_change"


def is_accepted(stack: Stack, body: bytes, headers: dict[str, str]) -> bool:
    return post(stack.http_url, body, headers) == 200


def value(stack: Stack, query: str, *parameters: Any) -> Any:
    """The one value that a query of the stack's database gives."""
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(query, parameters).fetchone()
    assert row
    return row[0]
