"""Real servers for tests: the embedded installation, and the shape of production."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from tests.kit.postgres import ROOT, SEED_FOLDER, throw_away_folder

# By a shell: code of ours between fork and exec is not safe beside the threads of gRPC.
DEAF = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")
PORTS = range(10_000, 32_000)  # below those that systems give to connections
WORKERS = 16  # of pytest at most that have ports of their own: two servers may share one unnoticed
WORKER: int = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
mine: list[int] = [*PORTS[WORKER % WORKERS :: WORKERS]]
START_SECONDS = 600  # more than programs take until they give up by themselves
STOP_SECONDS = 300
TABLES_ARE_THERE = "Tables and pages are up to date."
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5  # seconds between two looks
NOT_INHERITED = {"DATABASE_URL", "BROKER_URL", "AGENTSCOPE_SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


class Stack:
    """An embedded installation with ports and data of its own, run by a real supervisor."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        """Not started yet; `settings` are further environment variables."""
        self.data = data
        self.http_port, self.grpc_port, self.decide_port = free_port(), free_port(), free_port()
        self.settings = {
            "AGENTSCOPE_DATA": str(data),
            "AGENTSCOPE_HTTP_PORT": str(self.http_port),
            "AGENTSCOPE_GRPC_PORT": str(self.grpc_port),
            "AGENTSCOPE_DECIDE_PORT": str(self.decide_port),
            "AGENTSCOPE_NICENESS": "0",  # other tests that run beside it would always come first
            **(settings or {}),
        }
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.output_file = data / "supervisor.log"

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        """The process that was launched last."""
        assert self._supervisor is not None
        return self._supervisor

    @property
    def http_url(self) -> str:
        """The address of pages, API and OTLP/HTTP."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the supervisor wrote for manage.py: DATABASE_URL, BROKER_URL and so on."""
        lines = (self.data / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def dsn(self) -> str:
        """The address of its database."""
        return self.environment["DATABASE_URL"]

    @property
    def output(self) -> str:
        """What the supervisor said since its last start."""
        return self.output_file.read_text()

    def broker(self) -> redis.Redis:
        """A client of its Valkey."""
        return redis.Redis(unix_socket_path=self.environment["BROKER_URL"].partition("://")[2])

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the supervisor and do not wait, with SIGINT ignored as a shell does for `cmd &`."""
        with self.output_file.open("wb") as output:
            self._supervisor = subprocess.Popen(
                [*DEAF, sys.executable, "-m", "agentscope.supervisor"],
                cwd=ROOT,
                env={**clean_environment(), **self.settings},
                stdout=output,
                stderr=output,
                start_new_session=True,  # as in a terminal of its own
            )
        return self._supervisor

    def start(self, until: str = "is ready after") -> None:
        """Start the supervisor and wait until it says that it is ready, or something earlier."""
        supervisor = self.launch()
        wait_until(lambda: supervisor.poll() is not None or until in self.output, START_SECONDS)
        assert supervisor.poll() is None, self.output

    def refuse(self) -> str:
        """Start the supervisor, expect it to end with exit code 1, and return what it said."""
        assert self.launch().wait(START_SECONDS) == 1, self.output
        return self.output

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask the supervisor to stop; its exit code."""
        self.supervisor.send_signal(how)
        return self.supervisor.wait(STOP_SECONDS)

    def pid(self, name: str) -> int:
        """The process of `web`, `grpc`, `worker`, `valkey` or `postgres`."""
        file, said = self.data / "run" / f"{name}.pid", ""

        def is_written() -> bool:
            """It may be written right now, and then it is empty for a moment."""
            nonlocal said
            said = file.read_text()
            return bool(said)

        wait_until(is_written, START_SECONDS)
        return int(said)

    def kill(self, name: str) -> None:
        """`kill -9` a process and those it started."""
        os.killpg(self.pid(name), signal.SIGKILL)

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py against this installation; what it printed."""
        return manage(self.settings, *arguments)


@contextmanager
def embedded_stack(
    settings: Mapping[str, str] | None = None, *, from_nothing: bool = False
) -> Iterator[Stack]:
    """A running embedded installation, stopped and removed at the end. It starts on what another
    one made, as after an earlier start, unless its test is about the first one."""
    with throw_away_folder() as data:
        if not from_nothing:
            seed(data)
        stack = Stack(data, settings)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def seed(data: Path) -> None:
    """Copy to `data` the empty database and the static files of an installation that the first who
    asks makes for all workers of a run."""
    made = Path(os.environ[SEED_FOLDER])
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "is-whole").exists():
            first = Stack(made)
            first.start(TABLES_ARE_THERE)
            first.stop()
            (made / "is-whole").touch()
    subprocess.run(["cp", "-a", made / "postgres", made / "static", data], check=True)


def manage(settings: Mapping[str, str], *arguments: str) -> str:
    """Run a command of manage.py with these settings; what it printed."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**clean_environment(), **settings},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def clean_environment() -> dict[str, str]:
    """Our environment without the addresses of the tests' own servers."""
    return {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}


def free_port() -> int:
    """A port that nobody uses now, that no connection is given until it is listened on, and that
    no process of this test run was told before."""
    while True:
        port = secrets.choice(mine)
        mine.remove(port)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Return once the condition holds, which is looked at ever more seldom, for to look takes time
    from what is waited for; fail after `seconds`."""
    deadline, pause = time.monotonic() + seconds, SHORTEST_PAUSE
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)
