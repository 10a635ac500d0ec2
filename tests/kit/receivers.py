"""Receivers of messages on this machine: what arrives is kept, and the answers are the test's."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE = 120.0  # seconds that a busy machine may take until a server of mails greets


@dataclass
class Arrived:
    """A request that arrived."""

    path: str
    headers: dict[str, str]  # by names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What is answered: parts of the body, with a pause before each."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    parts: tuple[bytes, ...] = (b"ok",)
    pause: float = 0.0  # seconds


class Server(ThreadingHTTPServer):
    """A handshake or an answer that is broken off is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class Receiver:
    """An HTTP server that gives the answers in turn, the last one for ever."""

    def __init__(self, host: str) -> None:
        self.arrived: list[Arrived] = []
        self.answers: list[Answer] = [Answer()]
        self.closed = Event()
        self.server = Server((host, 0), self.handler())
        self.host, self.port = host, self.server.server_address[1]
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hook"

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def handler(receiver):  # noqa: N805 (`self` is the handler's)
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.arrived.append(Arrived(self.path, headers, body))
                receiver.say(self, receiver.next())

            do_GET = do_POST  # noqa: N815 (as http.server asks for it)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def say(self, handler: Any, answer: Answer) -> None:
        try:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            for part in answer.parts:
                if answer.pause and self.closed.wait(answer.pause):
                    return
                handler.wfile.write(part)
                handler.wfile.flush()
        except OSError:
            pass  # whoever asked has gone


@contextmanager
def receiver(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A server that runs, by TLS if there is a context."""
    found = Receiver(host)
    if context:
        found.scheme = "https"
        found.server.socket = context.wrap_socket(
            found.server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = Thread(target=found.server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.closed.set()
        found.server.shutdown()
        found.server.server_close()
        thread.join(5)


class Mailbox:
    """Keeps the mails that arrive; `refuse` is what is answered instead of taking them, `unknown`
    what is answered to these recipients."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuse = ""
        self.unknown: dict[str, str] = {}
        self.port = 0

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server that runs."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:  # a controller takes no port 0
        box.port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=PATIENCE)
    server.start()
    try:
        yield box
    finally:
        server.stop()
