"""Gateways and webhooks as processes of their own, and an agent whose calls pass through them."""

import json
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib import error, request

PATIENCE = 600  # seconds for one to start on a busy machine; one that ends is not waited for


@contextmanager
def serving(
    command: Sequence[str | Path], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[str]:
    """The address of a server that this command starts, once it listens."""
    with (
        log.open("w") as said,
        subprocess.Popen(command, env=dict(environment), stdout=said, stderr=said) as process,
    ):
        try:
            wait_for(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text()[-3000:])


def post(url: str, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """The status and the JSON of an answer; of a stream, what its chunks come to."""
    sent = {"content-type": "application/json", **(headers or {})}
    asked = request.Request(url, json.dumps(body).encode(), sent)
    try:
        with request.urlopen(asked, timeout=PATIENCE) as answer:
            streams = answer.headers.get_content_type() == "text/event-stream"
            return answer.status, put_together(answer) if streams else json.load(answer)
    except error.HTTPError as no:
        with no:
            return no.code, json.load(no)


def put_together(lines: Iterable[bytes]) -> dict[str, Any]:
    """The answer whose parts a stream of OpenAI's format tells, each of them whole in one part."""
    parts = [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    deltas = [each["delta"] for part in parts for each in part.get("choices", ())]
    said = {name: value for delta in deltas for name, value in delta.items() if value}
    return {"choices": [{"message": said}]}


def run_away(url: str, headers: Mapping[str, str], most: int, **more: Any) -> tuple[int, Any]:
    """An agent that goes on for as long as the model calls a tool, `most` calls at most: how the
    last one was answered."""
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    messages = [{"role": "user", "content": "Where is order 7?"}]
    body = {"model": "gpt-4o", "messages": messages, "tools": [tool], **more}
    for _ in range(most):
        status, said = post(f"{url}/v1/chat/completions", body, headers)
        if status >= 400 or not said["choices"][0]["message"].get("tool_calls"):
            break
    return status, said
