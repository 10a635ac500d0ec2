"""How quickly it is answered whether a call may be made, beside spans that come in as quickly as
they can, against a request to /healthz/live of the same process in the same run.

    python -m bench.deciding [REQUESTS A SECOND] [SECONDS]

Requests are sent at fixed times, whether those before were answered or not, and how long one took
counts from when it was due: a server that falls behind does not make the next ones look quick.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import urlsplit

import django

from agentscope.supervisor.programs import decide
from bench.load import acknowledged, go, send_for
from bench.report import Result, at_most, show
from bench.servers import cpu_seconds, database, web_server

A_SECOND, SECONDS = 200, 10.0
SENDERS = 16  # connections
BUDGETS, SESSIONS = 20, 2_000  # a call counts in three of four
AIM_MS = 20
JSON = {"content-type": "application/json"}


def measure(a_second: int = A_SECOND, seconds: float = SECONDS) -> Iterator[Result]:
    """p50 and p99 of both in ms, alone and beside ingest."""
    make_budgets()
    with web_server() as (web, _), web_server(decide) as (address, process):
        paced(address, a_second, 2.0, "decide")  # until every thread has a connection
        for where, is_busy in (("", False), (" beside ingest", True)):
            sender = send_for(web, 2 * seconds + 4) if is_busy else None
            if sender:
                go(sender)
            live = paced(address, a_second, seconds, "live")
            before = cpu_seconds(process)
            decided = paced(address, a_second, seconds, "decide")
            took = 1000 * (cpu_seconds(process) - before) / len(decided)
            yield Result(f"decide{where}, CPU of its process", took, "ms")
            yield from told(live, decided, where)
            if sender:
                yield Result("acknowledged meanwhile", acknowledged(sender), "requests")


def told(live: list[float], decided: list[float], where: str) -> Iterator[Result]:
    """What is said of both."""
    for share in (0.5, 0.99):
        base, ms = quantile(live, share), quantile(decided, share)
        name = f"p{100 * share:.0f}"
        yield Result(f"/healthz/live{where}, {name}", base, "ms")
        if share > 0.5:
            yield at_most(f"decide{where}, {name}", ms, "ms", AIM_MS)
        else:
            yield Result(f"decide{where}, {name}", ms, "ms")
        yield Result(f"decide{where}, {name}, against it", ms / base, "x")


def quantile(took: list[float], share: float) -> float:
    """In ms."""
    return 1000 * sorted(took)[min(int(share * len(took)), len(took) - 1)]


def make_budgets() -> None:
    """Budgets of many kinds, with what many sessions have spent."""
    from agentscope.budgets.models import Budget, Spent
    from agentscope.projects.write import create_project

    project, now = create_project("default"), time.time_ns()
    whole, day = {"kind": "whole"}, {"kind": "calendar", "unit": "day"}
    for number in range(BUDGETS):
        each = ("session", "", "agent", "user")[number % 4]
        found = Budget.objects.create(
            project_id=project.pk,
            name=f"budget {number}",
            limit=Decimal(10**6),
            soft=Decimal("0.8"),
            each=each,
            window=whole if each == "session" else day,
        )
        groups = [f"{each} {at}" for at in range(SESSIONS if each == "session" else bool(each))]
        plain = {"budget": found, "spent": 1, "unpriced_calls": 0, "recent": 0, "as_of_ns": now}
        plain |= {"window_begin_ns": 0, "window_end_ns": now}
        Spent.objects.bulk_create(Spent(group=group, **plain) for group in groups or [""])


def paced(address: str, a_second: int, seconds: float, what: str) -> list[float]:
    """How long each of so many requests a second took, in seconds, sent by another process."""
    command = [sys.executable, "-m", "bench.deciding", "send", address, what]
    sent = subprocess.run(
        [*command, str(a_second), str(seconds)], stdout=subprocess.PIPE, check=True
    )
    took: list[float] = json.loads(sent.stdout)
    return took


def send(address: str, what: str, a_second: int, seconds: float) -> None:
    """Send requests at fixed times from several threads, and print how long each took."""
    took: list[float] = []
    begin = time.monotonic() + 0.2
    dues = [begin + at / a_second for at in range(int(a_second * seconds))]
    threads = [
        threading.Thread(target=ask, args=(address, what, dues[at::SENDERS], took))
        for at in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(took))


def ask(address: str, what: str, dues: list[float], took: list[float]) -> None:
    """Send these when they are due on one connection. What was reserved is settled with the next
    question, as agents do."""
    held = None
    with connected(address) as connection:
        for number, due in enumerate(dues):
            time.sleep(max(due - time.monotonic(), 0))
            if what == "live":
                connection.request("GET", "/healthz/live")
            else:
                said = question(number)
                if held:
                    said |= {"reservation": held, "spent_usd": 0}
                body = json.dumps(said)
                connection.request("POST", "/api/v1/decide", body, JSON)
            answer = connection.getresponse()
            said = json.loads(answer.read())
            assert answer.status == http.client.OK, said
            took.append(time.monotonic() - due)
            held = (said.get("reservation") or {}).get("id")


@contextmanager
def connected(address: str) -> Iterator[http.client.HTTPConnection]:
    """A kept connection."""
    host = urlsplit(address)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
    try:
        yield connection
    finally:
        connection.close()


def question(number: int) -> dict[str, object]:
    """One of many sessions; every other call reserves."""
    return {
        "session": f"session {number * 7 % SESSIONS}",
        "trace": f"{number % 500 + 1:032x}",
        "agent": "agent 0",
        "model": "gpt-4o-mini",
        "provider": "openai",
        "tool": "search",
        "estimated_tokens": 2_000,
        "reserve": number % 2 == 0,
    }


def main() -> None:
    """In a database of its own."""
    if sys.argv[1:2] == ["send"]:
        send(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
        return
    with database():
        django.setup()
        said = (int(sys.argv[1]), float(sys.argv[2])) if len(sys.argv) > 2 else (A_SECOND, SECONDS)
        for _ in show(measure(*said)):
            pass


if __name__ == "__main__":
    main()
