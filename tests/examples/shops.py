"""Projects of a running AgentScope, in which agents run away: a budget that stops them, a rule that
fires, and what was stored of them."""

import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import psycopg

from tests.examples.stubs import USAGE
from tests.kit.stack import Stack, wait_until

CALL = USAGE["total_tokens"]
LIMIT = 2500  # tokens: some calls
ESTIMATE = 500  # tokens at least that are held for a call until it is over
CROSSED = 5 * CALL  # tokens at which an alert is to fire
PATIENCE = 600  # seconds, on a busy machine
SOON = 10  # seconds from the span that crosses it to the alert, on a machine that is not busy
SPANS = """
select end_ns, input_tokens + output_tokens from span
where project_id = %(project)s and kind = 3 and input_tokens is not null order by end_ns
"""
SPENT = """
select spent.spent from budget_spent as spent join budget on budget.id = budget_id
where project_id = %(project)s and spent."group" = 'example'
"""


@dataclass(frozen=True)
class Shop:
    """A project of a running AgentScope, in which agents run away."""

    stack: Stack
    name: str

    def ask(self, path: str, said: Any = None) -> dict[str, Any]:
        """What the API answers."""
        headers = {"x-agentscope-project": self.name, "content-type": "application/json"}
        body = None if said is None else json.dumps(said).encode()
        with urlopen(Request(f"{self.stack.http_url}/api/v1/{path}", body, headers)) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What is stored of this project."""
        with psycopg.connect(self.stack.dsn) as database:
            mine = database.execute("select id from project where name = %s", [self.name])
            (project,) = mine.fetchone() or (None,)
            return database.execute(statement, {"project": project}).fetchall()

    def spans(self) -> list[tuple[int, int]]:
        """When each call of a model that was told by a span ended, in ns, and its tokens."""
        return [(int(end), int(tokens)) for end, tokens in self.rows(SPANS)]

    def spent(self) -> int:
        """What budgets say was spent, in tokens."""
        return int(sum(amount for (amount,) in self.rows(SPENT)))

    @property
    def environment(self) -> dict[str, str]:
        """What an agent in it is told by."""
        return {
            "AGENTSCOPE_URL": f"http://127.0.0.1:{self.stack.decide_port}",
            "AGENTSCOPE_PROJECT": self.name,
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.stack.http_url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS": "true",
        }


def limited(shop: Shop) -> None:
    """Each session of a shop has a budget from now on."""
    shop.ask(
        "budgets",
        {
            "name": "a session",
            "unit": "tokens",
            "limit": str(LIMIT),
            "each": "session",
            "window": {"kind": "whole"},
            "policy": {"fail": "closed"},
        },
    )


def watched(shop: Shop) -> None:
    """Sessions of a shop that use much fire from now on."""
    shop.ask(
        "alert-rules",
        {
            "name": "much",
            "metric": "tokens",
            "each": "session",
            "window": {"kind": "whole"},
            "condition": {"kind": "at_least", "threshold": CROSSED},
        },
    )


def stopped(shop: Shop, said: str, calls: int) -> None:
    """That an agent was stopped by its budget, which spans say it did not pass by a whole call."""
    assert "Of budget “a session”" in said
    wait_until(lambda: len(shop.spans()) == calls, PATIENCE)
    wait_until(lambda: shop.spent() == calls * CALL, PATIENCE)
    sys.stdout.write(f"{shop.name}: {calls} calls, {shop.spent()} of {LIMIT} tokens\n")
    assert {tokens for _, tokens in shop.spans()} == {CALL}
    assert shop.spent() < LIMIT + CALL
    assert calls > LIMIT // ESTIMATE + 1  # what is held for a call ends with it


def soon() -> float:
    """The seconds within which an alert is to fire: n times as many on a machine that has n times
    as much to do as it can do at once."""
    return SOON * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def seconds_to_fire(shop: Shop) -> float:
    """How long after the end of the call that crosses it an alert is there to be seen."""
    wait_until(lambda: bool(shop.ask("alerts?state=firing")["alerts"]), PATIENCE)
    seen = time.time_ns()
    (alert,) = shop.ask("alerts?state=firing")["alerts"]
    assert alert["group"] == "example"
    total = 0
    for end, tokens in shop.spans():
        total += tokens
        if total >= CROSSED:
            return (seen - end) / 1e9
    raise AssertionError(f"{total} tokens are told by spans")
