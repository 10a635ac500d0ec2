"""`make run`: everything of an embedded installation, until Ctrl-C."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from agentscope.supervisor import messages, signals
from agentscope.supervisor.folders import make_data_folder
from agentscope.supervisor.messages import CannotStart, say
from agentscope.supervisor.options import read_options
from agentscope.supervisor.ports import claimed
from agentscope.supervisor.stack import Stack
from agentscope.supervisor.watch import watch


def main() -> None:
    """Start, say where it is, keep it running, stop."""
    signals.listen()
    options = read_options()
    try:
        data = make_data_folder(options.data)
        with only_supervisor(data), claimed(options.ports):
            run(Stack(replace(options, data=data)))
    except OSError as error:
        raise CannotStart(explain(error, options.data)) from error


def run(stack: Stack) -> None:
    """Run `stack` until we are asked to stop or it cannot start."""
    began = time.monotonic()
    say(f"AgentScope starts. Its data lies in {stack.data}")
    try:
        stack.start()
        options = stack.options
        ports = options.http_port, options.grpc_port, options.decide_port
        seconds = time.monotonic() - began
        say(messages.ready(*ports, seconds, is_embedded=options.is_embedded))
        watch([*stack.servers, *stack.programs])
    finally:
        say("AgentScope stops …")
        stack.stop()
        say("All of it has stopped.")


def explain(error: OSError, data: Path) -> str:
    """What is wrong with the disk or with a file in the data folder, and what to do."""
    if error.errno == errno.ENOSPC:
        return (
            f"The disk of the data folder {data} is full: make room, "
            "or set AGENTSCOPE_DATA to another disk."
        )
    return (
        f"{error.filename or data} cannot be used ({error.strerror}): start as the user whom the "
        "data folder belongs to, or set AGENTSCOPE_DATA to another folder."
    )


@contextmanager
def only_supervisor(data: Path) -> Iterator[None]:
    """Hold the lock of the data folder. Raises CannotStart if another supervisor has it."""
    with (data / "supervisor.pid").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"AgentScope already runs with the data folder {data} (process {lock.read()}): "
                "use that one, or set AGENTSCOPE_DATA to another folder and other ports."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


if __name__ == "__main__":
    main()
