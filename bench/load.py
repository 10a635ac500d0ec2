"""A sender in a process of its own: posts requests over kept connections until its time is up.

    python -m bench.load ADDRESS SECONDS CONNECTIONS

Prints how many requests were answered with 200. Exits with an error for any other answer.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from itertools import cycle
from urllib.parse import urlsplit

from bench.sample import compressed, requests

DISTINCT = 64  # requests; sent again and again, as resends cost the endpoint the same
HEADERS = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}


def send_for(address: str, seconds: float, connections: int = 4) -> subprocess.Popen[str]:
    """Start a sender in another process; it prints `ready` and waits for a line to start."""
    command = [sys.executable, "-m", "bench.load", address, str(seconds), str(connections)]
    sender = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert sender.stdout is not None
    assert sender.stdout.readline() == "ready\n"
    return sender


def go(sender: subprocess.Popen[str]) -> None:
    """Let it start."""
    assert sender.stdin is not None
    print("go", file=sender.stdin, flush=True)


def acknowledged(sender: subprocess.Popen[str]) -> int:
    """How many requests were acknowledged, once it has ended."""
    said, _ = sender.communicate()
    assert sender.returncode == 0, said
    return int(said)


def main() -> None:
    """Send from several threads."""
    address, seconds, connections = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    bodies = [compressed(body) for body in requests(DISTINCT)]
    answers: list[int] = []
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=post, args=(address, bodies[at::connections], end, answers))
        for at in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if set(answers) != {200}:
        sys.exit(f"not every request was acknowledged: {sorted(set(answers))}")
    print(len(answers))


def post(address: str, bodies: list[bytes], end: float, answers: list[int]) -> None:
    """Post these bodies in turn on one connection."""
    host = urlsplit(address)
    connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
    for body in cycle(bodies):
        connection.request("POST", "/v1/traces", body, HEADERS)
        response = connection.getresponse()
        response.read()
        answers.append(response.status)
        if time.monotonic() > end or response.status != http.client.OK:
            break
    connection.close()


if __name__ == "__main__":
    main()
