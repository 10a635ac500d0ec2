"""The servers that are measured, and the CPU time and memory that they take."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from agentscope.supervisor.binaries import postgres_programs
from agentscope.supervisor.child import Child, Program
from agentscope.supervisor.postgres import Postgres
from agentscope.supervisor.programs import web, web_answers
from tests.kit.postgres import throw_away_folder
from tests.kit.stack import free_port

DATABASE = "agentscope_bench"
START_SECONDS = 180.0


@dataclass(frozen=True)
class Database:
    """A database of its own, on the embedded server or the one that DATABASE_URL names."""

    url: str
    psql: str
    server: psutil.Process | None  # None: another machine's, its CPU time is unknown

    def cpu_seconds(self) -> float:
        """CPU time of the server with all its processes, the ended ones included."""
        return cpu_seconds(self.server) if self.server else 0.0

    def run(self, *commands: str) -> None:
        """Run commands of psql, \\copy among them."""
        options = [word for command in commands for word in ("-c", command)]
        subprocess.run([self.psql, self.url, "-Xq", "-v", "ON_ERROR_STOP=1", *options], check=True)


@contextmanager
def database() -> Iterator[Database]:
    """A new, empty database with the product's tables. Durable, as in production."""
    with ExitStack() as stack:
        given = os.environ.get("DATABASE_URL")
        server, pid = (given, None) if given else stack.enter_context(embedded_server())
        url = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database if exists {DATABASE} with (force)")
            connection.execute(f"create database {DATABASE}")
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "agentscope.settings"}
        os.environ |= {"AGENTSCOPE_SECRET_KEY": secrets.token_hex(), "AGENTSCOPE_EMBEDDED": "1"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True)
        psql = str(postgres_programs() / "psql")
        yield Database(url, psql, psutil.Process(pid) if pid else None)


@contextmanager
def embedded_server() -> Iterator[tuple[str, int]]:
    """The address and process of a Postgres with the settings of `make run`."""
    with throw_away_folder() as data:
        postgres = Postgres(data)
        postgres.prepare()
        child = Child(postgres.program, data)
        child.start()
        try:
            postgres.wait_ready(child)
            yield postgres.url, int(child.pid_file.read_text())
        finally:
            child.stop()
            postgres.sockets.rmdir()


def as_web_server() -> None:
    """Load the application as a web server does, so that pages that are asked for in this process
    take as long as there."""
    import_module("agentscope.wsgi")


@contextmanager
def web_server(
    program: Callable[[Mapping[str, str], int], Program] = web,
) -> Iterator[tuple[str, psutil.Process]]:
    """The address and process of a web server of the database in the environment."""
    port = free_port()
    with throw_away_folder() as data:
        settings = {"AGENTSCOPE_HTTP_PORT": str(port), "AGENTSCOPE_DATA": str(data)}
        child = Child(program({**os.environ, **settings}, port), data)
        child.start()
        try:
            child.wait_until(lambda: web_answers(port), START_SECONDS)
            yield f"http://127.0.0.1:{port}", psutil.Process(int(child.pid_file.read_text()))
        finally:
            child.stop()


def put_project(number: int, **said: Any) -> None:
    """The project that is asked about, in the database in the environment."""
    from agentscope.projects.models import Project  # needs Django

    Project.objects.update_or_create(pk=number, defaults={"name": "bench", **said})


@contextmanager
def static_files() -> Iterator[None]:
    """The files of pages in a folder of their own, for web servers that start inside."""
    with throw_away_folder() as folder:
        os.environ["AGENTSCOPE_STATIC_ROOT"] = str(folder)
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
        subprocess.run(collect, check=True)
        yield
        del os.environ["AGENTSCOPE_STATIC_ROOT"]


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time of a process and all below it, ended ones included."""
    total = 0.0
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended just now: the process itself counts it below
            times = child.cpu_times()
            total += times.user + times.system
    return total + sum(process.cpu_times()[:4])  # own user and system, and those of ended children


def peak_bytes(process: psutil.Process) -> int:
    """The most memory that a process or one below it ever had resident."""
    return max(high_water(each.pid) for each in [process, *process.children(recursive=True)])


def high_water(pid: int) -> int:
    """VmHWM of a process, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
