"""Whether ports are free, asked before anything is started on them, and that they stay ours."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from agentscope.supervisor.folders import SHARED_FOLDER
from agentscope.supervisor.messages import CannotStart

LOOPBACK = "127.0.0.1"


@contextmanager
def claimed(ports: Mapping[str, int]) -> Iterator[None]:
    """Hold these ports, each by the setting that chooses it, against other supervisors of this
    user. Raises CannotStart if another one holds one of them, or if two are the same.

    Two that start at once both find a port free, and the system lets several programs of a user
    that share ports listen on the same one: each would be sent a part of the other's requests.
    """
    file = SHARED_FOLDER / f"agentscope-{os.geteuid()}-ports"
    # One file for all: the lock of a port is that of the byte at its number, and ends with us.
    held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        for setting, port in ports.items():
            if [*ports.values()].count(port) > 1:
                raise cannot_use(port, setting, "is chosen for two things")
            try:
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            except (BlockingIOError, PermissionError):  # which of them, POSIX leaves open
                reason = "is taken by another AgentScope: stop that one"
                raise cannot_use(port, setting, reason) from None
        yield
    finally:
        os.close(held)


def check_port(port: int, setting: str) -> None:
    """Raises CannotStart if `port` cannot be listened on; `setting` chooses another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            reason = (
                "is taken by another program: stop that program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used: {error.strerror}"
            )
            raise cannot_use(port, setting, reason) from error


def cannot_use(port: int, setting: str, reason: str) -> CannotStart:
    """What to do about a port."""
    return CannotStart(
        f"Port {port} {reason}. Another port is chosen by `make run {setting}={port + 10}`."
    )


def answers(port: int) -> bool:
    """Whether something on this machine accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
