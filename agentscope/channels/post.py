"""Posting to an address that people named: its host is resolved once, each address of it is judged,
and the connection goes to the address that was judged, with the host's name for TLS.

No redirects, no proxies and no passwords from the environment, and ten seconds for all of it,
however slowly the receiver answers.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore2
from httpcore2 import NetworkStream

from agentscope.channels.guard import Network, judged

LIMIT = 10.0  # seconds, from resolved to answered
MOST_READ = 64 << 10  # bytes of an answer
PORTS = {"http": 80, "https": 443}
IN_A_TARGET = "/?%:@!$&'()*+,;=~-._[]"  # characters that stay as they are; others are escaped


class BadTarget(ValueError):
    """This is no address that anything is posted to. The text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where something is posted to."""

    scheme: str
    host: str  # as DNS has it
    port: int
    path: str  # and query

    @property
    def named(self) -> str:
        """The host as the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered."""

    status: int
    headers: Mapping[str, str]  # by names in lower case
    body: bytes  # its first MOST_READ bytes


def target(url: str) -> Target:
    """An address taken apart. Raises BadTarget."""
    if not url.isprintable() or " " in url or "\\" in url:
        raise BadTarget("An address has no spaces, backslashes or signs that cannot be seen.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (UnicodeError, ValueError):
        raise BadTarget("This is no address.") from None
    if parts.scheme not in PORTS:
        raise BadTarget("An address begins with https:// or http://.")
    if "@" in parts.netloc:
        raise BadTarget("An address has no user and password in it.")
    if not host or port == 0:
        raise BadTarget("An address names a host, and a port from 1 to 65535 if any.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], quote(path, safe=IN_A_TARGET))


def post(
    where: Target, body: bytes, headers: Mapping[str, str], allowed: Sequence[Network]
) -> Answer:
    """Post a body. Raises guard.Forbidden if nothing is sent there; OSError, or an error of
    httpcore2, if no answer came."""
    end = monotonic() + LIMIT
    url = httpcore2.URL(scheme=where.scheme, host=where.host, port=where.port, target=where.path)
    sent = [("Host", where.named), *headers.items()]
    with (
        httpcore2.HTTPConnection(url.origin, network_backend=Guarded(allowed, end)) as connection,
        connection.stream("POST", url, headers=sent, content=body) as response,
    ):
        return Answer(response.status, readable(response.headers), beginning(response))


def readable(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def beginning(response: httpcore2.Response) -> bytes:
    """The first bytes of an answer."""
    found = b""
    for part in response.iter_stream():
        found += part
        if len(found) >= MOST_READ:
            break
    return found[:MOST_READ]


class Guarded(httpcore2.SyncBackend):
    """Connects to addresses that were judged, until a moment of the monotonic clock."""

    def __init__(self, allowed: Sequence[Network], end: float) -> None:
        self.allowed, self.end = allowed, end

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> NetworkStream:
        """Connect to the first address of a host that can be reached."""
        addresses = judged(host, port, self.allowed)
        for number, (address, _port) in enumerate(addresses, 1):
            try:
                found = super().connect_tcp(address, port, left(self.end))
                return Hurried(found, self.end)
            except httpcore2.ConnectError:
                if number == len(addresses):
                    raise
        raise OSError("has no address")


class Hurried(NetworkStream):
    """A connection that has until a moment of the monotonic clock for all it does."""

    def __init__(self, stream: NetworkStream, end: float) -> None:
        self.stream, self.end = stream, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What came next."""
        return self.stream.read(max_bytes, left(self.end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self.stream.write(buffer, left(self.end))

    def close(self) -> None:
        """Let go of it."""
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        """The same by TLS, for a certificate of this name."""
        return Hurried(
            self.stream.start_tls(ssl_context, server_hostname, left(self.end)), self.end
        )

    def get_extra_info(self, info: str) -> Any:
        """What httpcore2 asks for."""
        return self.stream.get_extra_info(info)


def left(end: float) -> float:
    """Seconds that are left. Raises httpcore2.ReadTimeout if none are."""
    if (found := end - monotonic()) <= 0:
        raise httpcore2.ReadTimeout
    return found
