"""The programs of AgentScope itself. `docker-compose.yml` runs the same ones."""

import http.client
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from agentscope.supervisor.child import Program
from agentscope.supervisor.options import CHECKOUT, NICENESS
from agentscope.supervisor.ports import LOOPBACK

BLOCKING_THREADS = 4  # requests served at once; they mostly wait for Postgres


def web(environment: Mapping[str, str], port: int, niceness: int = NICENESS) -> Program:
    """Pages, API and OTLP/HTTP. One process: a request for ingest costs it about a millisecond."""
    return served("web", environment, port, "agentscope.wsgi:application", niceness)


def decide(environment: Mapping[str, str], port: int) -> Program:
    """`POST /api/v1/decide` by itself, for who must not wait for what the web process does: all
    others give way to it."""
    return served("decide", environment, port, "agentscope.decide_wsgi:application", 0)


def served(
    name: str, environment: Mapping[str, str], port: int, application: str, niceness: int
) -> Program:
    """A WSGI application on a port of this machine."""
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK,
        "--port", str(port), "--workers", "1", "--blocking-threads", str(BLOCKING_THREADS),
        "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "10", application,
    )  # fmt: skip
    return Program(name, command, environment, folder=CHECKOUT, niceness=niceness)


def grpc(environment: Mapping[str, str], niceness: int) -> Program:
    """OTLP/gRPC."""
    return replace(management("grpc", environment, "grpc"), niceness=niceness)


def workers(environment: Mapping[str, str], data: Path, count: int, niceness: int) -> list[Program]:
    """The Celery workers that drain and examine, the first with beat inside.

    A worker is a single process that runs its tasks itself: a pool of two would be three processes
    of 100 MB. Gossip, mingling and heartbeats are for fleets: here they only cost idle time.
    """
    names = ["worker", *(f"worker-{number}" for number in range(2, count + 1))]
    beat = {"worker": ("--beat-thread", str(data / "run" / "beat"))}
    command = (
        sys.executable, "-m", "celery", "--app", "agentscope.celery", "worker", "--pool", "solo",
        "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    return [
        Program(
            name,
            (*command, "--hostname", f"{name}@%h", *beat.get(name, ())),
            environment,
            folder=CHECKOUT,
            niceness=niceness,
        )
        for name in names
    ]


def management(name: str, environment: Mapping[str, str], *arguments: str) -> Program:
    """A command of manage.py."""
    command = (sys.executable, str(CHECKOUT / "manage.py"), *arguments)
    return Program(name, command, environment, folder=CHECKOUT)


def web_answers(port: int) -> bool:
    """Whether a program of `served` answers requests; it listens already before it can."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz/live")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
