"""One program and its process: started, ended, and found again after its supervisor died."""

import fcntl
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from agentscope.supervisor.account import Account
from agentscope.supervisor.messages import CannotStart
from agentscope.supervisor.niceness import give_way
from agentscope.supervisor.signals import pause

LARGEST_LOG_BYTES = 10 << 20
POLL_SECONDS = 0.02
STACK = re.compile(r"\s|stack backtrace:", re.IGNORECASE)  # lines of traces, before or after words


@dataclass(frozen=True)
class Program:
    """What to run, as whom, and how to end it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    folder: Path = Path("/")  # an account without rights may not be able to enter the current one
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 20  # seconds between the polite signal and the last one
    niceness: int = 0  # 0 to 19: the higher, the more it gives way to others


class Child:
    """The process of a program, at most one in a data folder.

    The process inherits the lock on `run/NAME.pid`, and so do its own children. A held lock proves
    that some of them live and that the process id in the file is theirs: after a `kill -9` of the
    supervisor the next one finds them, and ends them before it starts anew.
    """

    def __init__(self, program: Program, data: Path) -> None:
        """Nothing is started yet. Files: `run/NAME.pid` and `log/NAME.log` below `data`."""
        self.program = program
        self.pid_file = data / "run" / f"{program.name}.pid"
        self.log_file = data / "log" / f"{program.name}.log"
        self.started_at = 0.0  # time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._exit_code: int | None = None
        for folder in (self.pid_file.parent, self.log_file.parent):
            folder.mkdir(mode=0o700, exist_ok=True)

    def start(self) -> None:
        """Start it, after ending what an earlier supervisor left.

        Raises CannotStart if that does not end, OSError if the disk is full.
        """
        with self.pid_file.open("a+") as lock:
            self._end_leftover(lock)
            self._process, self._exit_code = self._spawn(lock), None
            lock.truncate(0)
            lock.write(str(self._process.pid))
        if self.program.niceness:
            give_way(self._process.pid, self.program.niceness)
        self.started_at = time.monotonic()

    def end_leftover(self) -> bool:
        """End what an earlier supervisor left; whether there was something."""
        with self.pid_file.open("a+") as lock:
            return self._end_leftover(lock)

    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs.

        When it has ended, what it had started is killed. That happens once and at once, as long as
        nobody else can have been given its process id.
        """
        if self._process and (code := self._process.poll()) is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
            self._process, self._exit_code = None, code
        return self._exit_code

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once it is ready. Raises CannotStart if it ends before that or takes longer."""
        deadline = time.monotonic() + seconds
        while self.exit_code() is None:
            if ready():
                return
            if time.monotonic() > deadline:
                break
            pause(POLL_SECONDS)
        raise CannotStart(
            f"{self.program.name} did not start: {self.last_words()} (more in {self.log_file})"
        )

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        while (code := self.exit_code()) is None:
            pause(POLL_SECONDS)
        return code

    def ask_to_stop(self) -> None:
        """Send the polite signal and do not wait, so that several can stop at once."""
        if self.exit_code() is None and self._process:
            self._process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """End it: politely, then for good, with all it started."""
        self.ask_to_stop()
        if self._process:
            try:
                self._process.wait(self.program.patience)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self.exit_code()

    def last_words(self) -> str:
        """The last line of its log that is not of a stack trace."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        said = [line for line in lines if line.strip() and not STACK.match(line)]
        return said[-1].strip() if said else "it said nothing"

    def _end_leftover(self, lock: TextIO) -> bool:
        if _try_lock(lock):
            return False
        lock.seek(0)
        pid = int(lock.read() or 0)
        for ending in (self.program.stop_signal, signal.SIGKILL):
            _signal_group(pid, ending)
            if _lock_within(lock, self.program.patience):
                return True
        raise CannotStart(
            f"A process of an earlier start still holds {self.pid_file} and does not end: "
            f"end it (its id was {pid}), then start again."
        )

    def _spawn(self, lock: TextIO) -> subprocess.Popen[bytes]:
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                self.program.command,
                cwd=self.program.folder,
                env={**os.environ, **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor, which ends all in order
                pass_fds=[lock.fileno()],
                **(self.program.account.popen() if self.program.account else {}),
            )


def _try_lock(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_within(lock: TextIO, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _try_lock(lock):
        if time.monotonic() > deadline:
            return False
        pause(POLL_SECONDS)
    return True


def _signal_group(pid: int, number: signal.Signals) -> None:
    if pid:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)
