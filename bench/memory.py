"""The most memory that the web process needs, for the largest body that it accepts."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Iterator

from bench.report import Result, at_most
from bench.sample import compressed, request
from bench.servers import peak_bytes, web_server

LIMIT = 64 << 20  # bytes, of a body as it comes and inflated
MB = 1e6


def measure() -> Iterator[Result]:
    """One web server for each way of sending it."""
    piece = request()
    body = piece * (LIMIT // len(piece))  # protobuf: a request and a request are one request
    for how, sent, encoding in (
        ("plain", body, "identity"),
        ("gzip", compressed(body), "gzip"),
    ):
        with web_server() as (address, web):
            idle = peak_bytes(web)
            post(address, sent, encoding)
            peak = peak_bytes(web)
        yield at_most(f"peak memory of the web process, 64 MiB body, {how}", peak / MB, "MB", 512)
    yield Result("memory of the web process before it", idle / MB, "MB")


def post(address: str, body: bytes, encoding: str) -> None:
    """Send one body. Raises HTTPError if it is refused."""
    headers = {"content-type": "application/x-protobuf", "content-encoding": encoding}
    order = urllib.request.Request(f"{address}/v1/traces", body, headers)
    with urllib.request.urlopen(order, timeout=120) as answer:
        assert answer.status == http.client.OK
