"""Apprise, in a program of its own: `python -m agentscope.channels.outside` reads an order as JSON
and says as JSON what came of it.

Apprise's services make their own requests, some in threads, and an address may ask for a file to
be read or a program to be started. Here an audit hook (PEP 578) is asked before each connection,
file and program, whichever module and thread wants it, and cannot be taken out again. A connection
goes to an address, not to a name, so that what is judged is what is connected to, redirects too.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, TextIO

from agentscope.channels.guard import Forbidden, Network, forbidden, networks
from agentscope.channels.outcome import Came

CONNECTING = ("socket.connect", "socket.sendto", "socket.sendmsg")
# What starts programs, changes files, or writes into the log of this machine past all sockets.
NEVER = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod",
    "os.truncate", "shutil.", "syslog.",
)  # fmt: skip
OURS = os.path.dirname(os.path.dirname(__file__))  # the code, not the data folder beside it
MOST_MEMORY = 256 << 20  # bytes: what it takes is 100 MB, and services read answers as a whole
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Warder:
    """The hook: it says no by raising Forbidden, and remembers why."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self.allowed, self.refused = allowed, list[str]()
        folders = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), OURS}
        self.code = tuple(os.path.realpath(each) + os.sep for each in folders)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Called before whatever is audited is done."""
        why = ""
        if event in CONNECTING:
            why = self.to(args[1])
        elif event == "open":
            why = self.opening(args[0], args[2])
        elif event.startswith(NEVER):
            why = f"wants to do more than send ({event})"
        if why:
            self.refused.append(why)
            raise Forbidden(why)

    def to(self, address: Any) -> str:
        """Why nothing is sent to an address of a socket; empty if it may be."""
        if address is None:  # of a socket that was connected, and judged then
            return ""
        try:
            host = str(address[0]).partition("%")[0]
            why = forbidden(ip_address(host), self.allowed)
        except (ValueError, IndexError, TypeError):
            return "wants to connect to something that is no address"
        return f"{host}, {why}" if why else ""

    def opening(self, path: Any, flags: int) -> str:
        """Why a file is not opened; empty if it may be: only code and its data are read."""
        if isinstance(path, int):
            return ""
        real = os.path.realpath(os.fsdecode(path))
        if real.startswith(self.code) and not flags & WRITING:
            return ""
        return "wants to read or write a file of this machine"


class Heard(logging.Handler):
    """What Apprise complained of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.said.append(record.getMessage())


def main() -> None:
    """Read the order, have it sent, say what came of it. Nothing else gets on the output."""
    answers, sys.stdout = sys.stdout, sys.stderr
    order = json.load(sys.stdin)
    warder, heard = Warder(networks(order["allowed"])), Heard()
    logging.getLogger("apprise").addHandler(heard)
    bound_memory()
    try:
        came, reason = sent(order, warder)
    except MemoryError:
        came, reason = Came.NEVER, "was answered more than is read"
    except Exception as error:  # noqa: BLE001 (of any service)
        came, reason = Came.AGAIN, type(error).__name__
    if came != Came.SENT:
        if warder.refused:
            came, reason = Came.NEVER, warder.refused[0]
        elif came == Came.AGAIN and heard.said:
            reason = heard.said[-1]
    answer(answers, came, reason)


def bound_memory() -> None:
    """Take no more than MOST_MEMORY, however much is answered."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def sent(order: dict[str, Any], warder: Warder) -> tuple[Came, str]:
    """Have one service send a message."""
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(storage_mode="memory", allow_templates=False)
    sys.addaudithook(warder)
    service = Apprise.instantiate(order["url"], asset=asset)
    if service is None:
        return Came.NEVER, "Apprise does not understand the address"
    service.redirects = False
    said = {"title": order["title"], "body": order["body"], "body_format": "text"}
    if service.notify(notify_type=order["type"], **said):
        return Came.SENT, f"{service.service_name} took it"
    return Came.AGAIN, f"{service.service_name} did not take it"


def answer(answers: TextIO, came: Came, reason: str) -> None:
    """Say what came of it."""
    json.dump({"came": came, "reason": reason}, answers)


if __name__ == "__main__":
    main()
