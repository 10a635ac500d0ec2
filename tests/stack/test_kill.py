"""Any process may be killed with -9 under load: what was acknowledged is there, exactly once."""

import psycopg
import pytest

from tests.kit.sender import Sender
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 900  # seconds


@pytest.mark.parametrize("victim", ["web", "worker", "valkey", "postgres"])
def test_a_killed_process_loses_nothing(stack: Stack, victim: str) -> None:
    with Sender(stack.http_url, {"x-agentscope-project": f"kill-{victim}"}) as sender:
        wait_until(lambda: len(sender.acknowledged) > 100, PATIENCE)
        stack.kill(victim)
        before = len(sender.acknowledged)
        wait_until(lambda: len(sender.acknowledged) > before + 200, PATIENCE)
    wait_until(lambda: inbox_rows(stack) == 0, PATIENCE)
    stored = span_ids(stack, f"kill-{victim}")
    assert len(stored) == len(set(stored)), "a span was stored twice"
    assert sender.acknowledged <= set(stored), "an acknowledged span is missing"
    assert sender.statuses <= {0, 200, 503}


def test_a_wiped_broker_loses_nothing(stack: Stack) -> None:
    with Sender(stack.http_url, {"x-agentscope-project": "wiped"}) as sender:
        wait_until(lambda: len(sender.acknowledged) > 100, PATIENCE)
        stack.broker().flushall()
        before = len(sender.acknowledged)
        wait_until(lambda: len(sender.acknowledged) > before + 200, PATIENCE)
    wait_until(lambda: inbox_rows(stack) == 0, PATIENCE)
    assert sender.acknowledged <= set(span_ids(stack, "wiped"))


def span_ids(stack: Stack, project: str) -> list[bytes]:
    with psycopg.connect(stack.dsn) as connection:
        rows = connection.execute(
            "select span_id from span where project_id = (select id from project where name = %s)",
            [project],
        ).fetchall()
    return [number.to_bytes(8, "big", signed=True) for (number,) in rows]


def inbox_rows(stack: Stack) -> int:
    try:
        with psycopg.connect(stack.dsn, connect_timeout=2) as connection:
            row = connection.execute("select count(*) from inbox").fetchone()
    except psycopg.OperationalError:
        return -1  # still starting
    return int(row[0]) if row else -1
