"""The shape of production: the commands of docker-compose.yml, a Postgres and a Redis over TCP.

No supervisor, nothing embedded, keys required. The servers are Debian's where they are installed,
else those of the wheels.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from agentscope.supervisor.binaries import postgres_programs, valkey_server
from agentscope.supervisor.child import Child, Program
from agentscope.supervisor.ports import answers
from agentscope.supervisor.postgres import Postgres
from agentscope.supervisor.programs import web_answers
from tests.kit.postgres import ROOT, THROW_AWAY, throw_away_folder
from tests.kit.stack import free_port, manage

START_SECONDS = 600
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
ROLES: str = COMPOSE["configs"]["roles"]["content"]  # SQL
OURS = ("web", "grpc", "decide", "worker", "beat")


class Production:
    """The services of docker-compose.yml that are ours, on servers of their own."""

    def __init__(self, data: Path, database_url: str, redis: Child, broker_url: str) -> None:
        """Not started yet. Logs go to `data/log`. `redis` runs at `broker_url`."""
        self.data, self.redis = data, redis
        self.http_port, self.grpc_port, self.decide_port = free_port(), free_port(), free_port()
        self.settings = {
            "DATABASE_URL": database_url,
            "BROKER_URL": broker_url,
            "AGENTSCOPE_SECRET_KEY": "a secret for one test, of no use to anybody afterwards",
            "AGENTSCOPE_DATA": str(data),  # no embedded installation's environment lies there
            "AGENTSCOPE_ALLOWED_HOSTS": "127.0.0.1",
            "AGENTSCOPE_GRPC_PORT": str(self.grpc_port),
        }
        self.children = {name: Child(self._program(name), data) for name in OURS}

    @property
    def http_url(self) -> str:
        """The address of pages, API and OTLP/HTTP."""
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> None:
        """Migrate, as a step of its own, then start all and wait until they answer."""
        self.manage(*COMPOSE["services"]["migrate"]["command"][2:])
        self.manage("collectstatic", "--no-input")
        for child in self.children.values():
            child.start()
        self.children["web"].wait_until(lambda: web_answers(self.http_port), START_SECONDS)
        self.children["grpc"].wait_until(lambda: answers(self.grpc_port), START_SECONDS)
        self.children["decide"].wait_until(lambda: web_answers(self.decide_port), START_SECONDS)

    def stop(self) -> None:
        """Stop all."""
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop()

    def kill(self, name: str) -> None:
        """`kill -9` a process and those it started."""
        child = self.children[name]
        os.killpg(int(child.pid_file.read_text()), signal.SIGKILL)
        child.wait()

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py against this installation; what it printed."""
        return manage(self.settings, *arguments)

    def _program(self, name: str) -> Program:
        """A service of docker-compose.yml. Only its files in /tmp go to the data folder."""
        words = COMPOSE["services"][name]["command"]
        command = [word.replace("/tmp/", f"{self.data}/") for word in words]  # noqa: S108
        assert command[0] == "python"
        port = str(self.decide_port if name == "decide" else self.http_port)
        settings = {**self.settings, "GRANIAN_PORT": port}
        return Program(name, (sys.executable, *command[1:]), settings, folder=ROOT)


@contextmanager
def production() -> Iterator[Production]:
    """A running installation in the shape of production, stopped and removed at the end."""
    with ExitStack() as stack:
        data = stack.enter_context(throw_away_folder())
        database_url = stack.enter_context(postgres_server(data))
        redis, broker_url = stack.enter_context(redis_server(data))
        running = Production(data, database_url, redis, broker_url)
        stack.callback(running.stop)
        running.start()
        yield running


@contextmanager
def postgres_server(data: Path) -> Iterator[str]:
    """The DATABASE_URL of a Postgres that listens on a TCP port and wants a password."""
    port = free_port()
    postgres = Postgres(data, {**THROW_AWAY, "listen_addresses": "'127.0.0.1'", "port": str(port)})
    postgres.programs = debian_postgres() or postgres_programs(postgres.account)
    postgres.prepare()
    child = Child(postgres.program, data)
    child.start()
    try:
        postgres.wait_ready(child)
        password = as_the_image_makes_it(postgres)
        yield f"postgresql://agentscope:{password}@127.0.0.1:{port}/agentscope"
    finally:
        child.stop()
        postgres.sockets.rmdir()


def as_the_image_makes_it(postgres: Postgres) -> str:
    """Make of a running Postgres what the image of docker-compose.yml makes of a new one: a
    superuser `postgres`, as which its roles are made. The password of that of AgentScope."""
    password = str(conninfo_to_dict(postgres.url)["password"])
    with psycopg.connect(postgres.url, dbname="postgres", autocommit=True) as ours:
        ours.execute("drop database agentscope")
        ours.execute("create role passing superuser")
        ours.execute("set session authorization passing")
        ours.execute("alter role agentscope rename to postgres")
        ours.execute("reset session authorization")
        ours.execute("drop role passing")
    address = make_conninfo(postgres.url, user="postgres", dbname="postgres")
    psql = [str(postgres.programs / "psql"), "--no-psqlrc", f"--dbname={address}"]
    subprocess.run(
        [*psql, "--set=ON_ERROR_STOP=1"],
        input=ROLES,
        text=True,
        env={**os.environ, "POSTGRES_PASSWORD": password},
        check=True,
    )
    return password


@contextmanager
def redis_server(data: Path) -> Iterator[tuple[Child, str]]:
    """A Redis that listens on a TCP port, and its BROKER_URL."""
    port = free_port()
    server = shutil.which("redis-server") or str(valkey_server())
    command = (server, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--save", "")
    child = Child(Program("redis", command), data)
    child.start()
    try:
        child.wait_until(lambda: answers(port), START_SECONDS)
        yield child, f"redis://127.0.0.1:{port}/0"
    finally:
        child.stop()


def debian_postgres() -> Path | None:
    """The newest Postgres that Debian's packages installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None
