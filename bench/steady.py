"""Traffic that goes on at one pace, in a process of its own.

    python -m bench.steady ADDRESS SPANS_A_SECOND

Sends healthy traces that never were until its input ends, then prints how many spans were
acknowledged and how many seconds it took.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from urllib.parse import urlsplit

from bench.sample import SPANS, requests, with_other_traces

DISTINCT = 8  # requests, each time with other ids
IDS = re.compile(rb"(chatcmpl-|call_)[0-9a-f]{16}")  # the rest tells those of one request apart
SESSION = re.compile(rb"session-\d")
WORD = b"because"
CONNECTIONS = 3
HEADERS = {"content-type": "application/x-protobuf"}


@contextmanager
def traffic(address: str, pace: int) -> Iterator[None]:
    """So many spans a second beside whatever is done meanwhile. Prints what was sent."""
    command = [sys.executable, "-m", "bench.steady", address, str(pace)]
    sender = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert sender.stdout is not None
    assert sender.stdout.readline() == "ready\n"
    try:
        yield
    finally:
        said, _ = sender.communicate()
    assert sender.returncode == 0, said
    print(said.strip(), flush=True)


def main() -> None:
    """Send until the input ends."""
    address, pace = sys.argv[1], int(sys.argv[2])
    stopped, answers = threading.Event(), [0]
    bodies = list(requests(DISTINCT))
    threads = [
        threading.Thread(
            target=post, args=(address, cycle(bodies[at::CONNECTIONS]), pace, at, stopped, answers)
        )
        for at in range(CONNECTIONS)
    ]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    stopped.set()
    for thread in threads:
        thread.join()
    rate = sum(answers) * SPANS / (time.monotonic() - start)
    print(f"  beside it {rate:,.0f} of {pace:,} spans/s were acknowledged")


def post(
    address: str,
    bodies: Iterator[bytes],
    pace: int,
    number: int,
    stopped: threading.Event,
    answers: list[int],
) -> None:
    """Post at this thread's share of the pace; what comes too late is not made good."""
    host, gap = urlsplit(address), SPANS * CONNECTIONS / pace
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
    due = time.monotonic() + gap * number / CONNECTIONS
    while not stopped.wait(max(0.0, due - time.monotonic())):
        due = max(due + gap, time.monotonic())
        connection.request("POST", "/v1/traces", anew(next(bodies)), HEADERS)
        response = connection.getresponse()
        response.read()
        answers.append(response.status == http.client.OK)
    connection.close()


def anew(body: bytes) -> bytes:
    """The same spans as another program would send them: other traces, calls, session and words,
    for what is asked again and again is work that is done again."""
    salt = os.urandom(8).hex().encode()
    body = IDS.sub(rb"\g<1>" + salt, with_other_traces(body))
    return SESSION.sub(b"s" + salt[:8], body).replace(WORD, salt[: len(WORD)])


if __name__ == "__main__":
    main()
