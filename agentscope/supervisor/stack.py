"""Everything of one data folder, in the order in which it depends on each other."""

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from agentscope.environment import env_secret
from agentscope.supervisor import programs
from agentscope.supervisor.child import Child, Program
from agentscope.supervisor.folders import write_private
from agentscope.supervisor.messages import CannotStart, say
from agentscope.supervisor.options import Options
from agentscope.supervisor.ports import answers, check_port
from agentscope.supervisor.postgres import Postgres
from agentscope.supervisor.valkey import Valkey

START_SECONDS = 180.0  # programs that give way take long where others want every core
MIGRATION_LOCK = 4_318_001  # names our advisory lock; any number would do
SERVERS = ("valkey", "postgres")  # in the order in which they are ended, after our programs


class Stack:
    """Servers (Postgres, Valkey) and, upon them, our own programs (web, gRPC, worker)."""

    def __init__(self, options: Options) -> None:
        """Nothing is started yet. `options.data` exists."""
        self.options = options
        self.data = options.data
        self.servers: list[Child] = []
        self.steps: list[Child] = []  # which end by themselves
        self.programs: list[Child] = []
        self.socket_folders: list[Path] = []
        self.environment = {"AGENTSCOPE_DATA": str(self.data)}

    def start(self) -> None:
        """Start all and return when it is ready. Raises CannotStart; `stop` clears up after it."""
        self._end_leftovers()
        for setting, port in self.options.ports.items():
            check_port(port, setting)
        static = self._begin("static", "collectstatic", "--no-input")
        database_url = self.options.database_url or self._start_postgres()
        broker_url = self.options.broker_url or self._start_valkey()
        self.environment = self._write_environment(database_url, broker_url)
        with _lock(database_url):
            self._finish(self._begin("migrate", "migrate", "--no-input"))
        self._finish(static)
        say("  Tables and pages are up to date.")
        self._start_programs()

    def stop(self) -> None:
        """Stop all: our programs, at once, then the servers, last started first."""
        ours = [*self.programs, *self.steps]
        for child in ours:
            child.ask_to_stop()
        for child in [*ours, *reversed(self.servers)]:
            child.stop()
        for folder in self.socket_folders:
            with suppress(OSError):  # a server that had to be killed leaves its socket there
                folder.rmdir()

    def _end_leftovers(self) -> None:
        """What runs on after a `kill -9` of the supervisor holds the ports and the data."""
        names = {file.stem for file in self.data.glob("run/*.pid")}
        for name in [*sorted(names.difference(SERVERS)), *SERVERS]:
            how = signal.SIGINT if name == "postgres" else signal.SIGTERM
            if Child(Program(name, (), stop_signal=how), self.data).end_leftover():
                say(f"  {name} was still running from an earlier start: ended it.")

    def _begin(self, name: str, *arguments: str) -> Child:
        """Start a command of manage.py."""
        return self._start(programs.management(name, self.environment, *arguments), self.steps)

    def _finish(self, step: Child) -> None:
        """Wait until it has ended. Raises CannotStart if it failed."""
        if step.wait():
            command = step.program.command[2]
            raise CannotStart(
                f"`manage.py {command}` failed: {step.last_words()} (more in {step.log_file})"
            )

    def _start_postgres(self) -> str:
        postgres = Postgres(self.data)
        self.socket_folders.append(postgres.sockets)
        if not postgres.home.is_relative_to(self.data):
            say(f"  Postgres may not run as root, so its files lie in {postgres.home}")
        if not postgres.is_made:
            say("  Making a new database, only this once …")
        postgres.prepare()
        child = self._start(postgres.program, self.servers)
        postgres.wait_ready(child)
        say("  Postgres is ready.")
        return postgres.url

    def _start_valkey(self) -> str:
        valkey = Valkey(self.data)
        self.socket_folders.append(valkey.sockets)
        child = self._start(valkey.program, self.servers)
        child.wait_until(valkey.answers, START_SECONDS)
        say("  Valkey is ready.")
        return valkey.url

    def _write_environment(self, database_url: str, broker_url: str) -> dict[str, str]:
        """What our programs and `manage.py` need to know, also kept in a private file."""
        environment = {
            "DATABASE_URL": database_url,
            "BROKER_URL": broker_url,
            "AGENTSCOPE_DATA": str(self.data),
            "AGENTSCOPE_EMBEDDED": str(int(self.options.is_embedded)),
            **{setting: str(port) for setting, port in self.options.ports.items()},
            "AGENTSCOPE_SECRET_KEY": self._secret_key(),
        }
        lines = "".join(f"{name}={value}\n" for name, value in environment.items())
        write_private(self.data / "environment", lines)
        return environment

    def _secret_key(self) -> str:
        """The one that was set, else our own, made once: sessions outlive a restart."""
        file = self.data / "secret-key"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48))
        return env_secret("AGENTSCOPE_SECRET_KEY", "") or file.read_text()

    def _start_programs(self) -> None:
        """All at once: each takes a second or two to load."""
        options, start, nice = self.options, self._start, self.options.niceness
        web = start(programs.web(self.environment, options.http_port, nice), self.programs)
        grpc = start(programs.grpc(self.environment, nice), self.programs)
        decide = start(programs.decide(self.environment, options.decide_port), self.programs)
        for worker in programs.workers(self.environment, self.data, options.workers, nice):
            start(worker, self.programs)
        web.wait_until(lambda: programs.web_answers(options.http_port), START_SECONDS)
        grpc.wait_until(lambda: answers(options.grpc_port), START_SECONDS)
        decide.wait_until(lambda: programs.web_answers(options.decide_port), START_SECONDS)
        for child in self.programs:  # a worker has no port to ask, but it must not have ended
            child.wait_until(lambda: True, 0)

    def _start(self, program: Program, among: list[Child]) -> Child:
        child = Child(program, self.data)
        among.append(child)
        child.start()
        return child


@contextmanager
def _lock(database_url: str) -> Iterator[None]:
    """Held by one supervisor at a time among all that share a Postgres."""
    try:
        connection = psycopg.connect(database_url, autocommit=True)
    except psycopg.OperationalError as error:
        raise CannotStart(
            f"The Postgres of DATABASE_URL does not let us in: {str(error).strip()} "
            "Check that address, or unset DATABASE_URL to use the embedded Postgres."
        ) from error
    with connection:
        connection.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield
