"""Whether a port is free, asked before anything is started on it."""

import errno
import socket

from agentscope.supervisor.messages import CannotStart

LOOPBACK = "127.0.0.1"


def check_port(port: int, setting: str) -> None:
    """Raises CannotStart if `port` cannot be listened on; `setting` chooses another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            reason = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise CannotStart(
                f"Port {port} {reason}: stop that program, "
                f"or choose another port, such as `make run {setting}={port + 10}`."
            ) from error


def answers(port: int) -> bool:
    """Whether something on this machine accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
