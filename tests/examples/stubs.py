"""Servers on loopback for an agent that runs away: a model that always calls the same tool, and an
AgentScope that says stop after some calls."""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ENDLESS = 10**9


@dataclass
class Stub(ABC):
    """A server of one kind of answer; `asked` are the bodies of the requests, in order. It hangs up
    on whoever asks after the first `alive` ones."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    alive: int = ENDLESS
    to: str = ""  # where it points, if anywhere

    def __enter__(self) -> Self:
        self.server = Quiet(("127.0.0.1", 0), handler_of(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @abstractmethod
    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, bytes, str]:
        """Status, body and its type."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Nothing: agents that are killed hang up."""


def handler_of(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            stub.asked.append(body)
            self.close_connection = len(stub.asked) > stub.alive
            if self.close_connection:
                return
            status, answer, kind = stub.answer(self.path, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer)))
            if stub.to:
                self.send_header("location", stub.to)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing: `asked` is the log."""

    return Handler


@dataclass
class Model(Stub):
    """An OpenAI-compatible model that calls the first tool it is offered, `turns` times, `slow`
    seconds after it was asked. Where it `counts` only on demand, as OpenAI's own, it says the usage
    of a stream to those who ask for it."""

    turns: int = ENDLESS
    slow: float = 0.0
    counts: str = "always"

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, bytes, str]:
        time.sleep(self.slow)
        name = (body.get("tools") or [{}])[0].get("function", {}).get("name")
        calls = name is not None and len(self.asked) <= self.turns
        message = calling(name, len(self.asked)) if calls else {"content": "It is on its way."}
        ends = "tool_calls" if calls else "stop"
        if body.get("stream"):
            chunk = self.completion(body, "chat.completion.chunk")
            counted = self.counts == "always" or is_counted(body)
            return 200, streamed(chunk, message, ends, counted), "text/event-stream"
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": ends}
        said = self.completion(body, "chat.completion") | {"choices": [choice], "usage": USAGE}
        return 200, json.dumps(said).encode(), "application/json"

    def completion(self, body: dict[str, Any], kind: str) -> dict[str, Any]:
        """What an answer begins with. Its id is its own: answers of one id count once."""
        answer_id = f"chatcmpl-{id(self)}-{len(self.asked)}"
        return {"id": answer_id, "object": kind, "created": 1, "model": body.get("model")}


USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


def calling(name: str, number: int) -> dict[str, Any]:
    function = {"name": name, "arguments": '{"order": "7"}'}
    call = {"id": f"call_{number}", "type": "function", "function": function, "index": 0}
    return {"content": None, "tool_calls": [call]}


def is_counted(body: dict[str, Any]) -> bool:
    """Whether the usage of a stream is asked for."""
    return bool((body.get("stream_options") or {}).get("include_usage"))


def streamed(chunk: dict[str, Any], message: dict[str, Any], ends: str, counted: bool) -> bytes:
    says = {"index": 0, "delta": {"role": "assistant", **message}, "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": ends}
    chunks: list[dict[str, Any]] = [{"choices": [says]}, {"choices": [last]}]
    if counted:
        chunks.append({"choices": [], "usage": USAGE})
    lines = [f"data: {json.dumps(chunk | each)}\n\n" for each in chunks]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


@dataclass
class Decider(Stub):
    """An AgentScope whose budget is `budget` calls: then it says `then`. It answers after `slow`
    seconds, with `status`, and with `nonsense` instead of a decision where that is set."""

    budget: int = ENDLESS
    then: str = "stop"
    model: str = "gpt-4o-mini"  # to go on with
    fail: str = "open"
    slow: float = 0.0
    status: int = 200
    nonsense: bytes = b""
    reserves: bool = True  # what is estimated: ids are numbers of questions

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, bytes, str]:
        time.sleep(self.slow)
        if path != "/api/v1/decide":
            return 404, b"{}", "application/json"
        decision = "allow" if len(self.asked) <= self.budget else self.then
        said = {
            "decision": decision,
            "reason": f"{len(self.asked) - 1} of {self.budget} calls are spent.",
            "suggested_model": self.model if decision == "downgrade" else None,
            "fail": self.fail,
            "reservation": {"id": str(len(self.asked))} if self.holds(decision, body) else None,
        }
        return self.status, self.nonsense or json.dumps(said).encode(), "application/json"

    def holds(self, decision: str, body: dict[str, Any]) -> bool:
        """Whether something is reserved for a call."""
        return self.reserves and decision != "stop" and bool(body.get("reserve"))


@contextmanager
def nowhere() -> Iterator[str]:
    """The address of a server that is down."""
    with Decider() as gone:
        url = gone.url
    yield url
