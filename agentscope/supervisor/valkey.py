"""The embedded broker: Valkey on a unix socket. It carries wake-ups, so losing it loses no data."""

import socket
from pathlib import Path

from agentscope.supervisor.binaries import valkey_server
from agentscope.supervisor.child import Program
from agentscope.supervisor.folders import socket_folder


class Valkey:
    """The broker of a data folder: run `program`."""

    def __init__(self, data: Path) -> None:
        """Its files lie in `data/valkey`. Raises CannotStart without a binary."""
        self.home = data / "valkey"
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.sockets = socket_folder(self.home)
        self.socket = self.sockets / "valkey.sock"
        self.url = f"redis+socket://{self.socket}"
        self.server = valkey_server()

    @property
    def program(self) -> Program:
        """The server, without a port. It writes each second what it must not forget."""
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.home),
            "--appendonly": "yes",
            "--appendfsync": "everysec",
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--loglevel": "warning",
            "--hz": "1",  # how often it looks around; nothing we keep there has to expire sharply
        }
        words = (word for option in options.items() for word in option)
        return Program("valkey", (str(self.server), *words))

    def answers(self) -> bool:
        """Whether it serves. While it loads its file it answers PING by -LOADING, not +PONG."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
