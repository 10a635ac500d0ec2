"""A secret in every place of a trace, sent to a running installation: in none of its files, be they
the database, its log of changes, or the logs of the servers."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import psycopg
import pytest

from tests.kit.canary import CANARY, CORE, dump, forms, logs_with, traces_with
from tests.kit.otlp import JSON, PROTOBUF, encode
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PROJECT = "redacted"
SETTLED = 3  # seconds after which every process knows of a change
VISIBLE = 300  # seconds; other programs may keep the machine busy
COLLECTOR = "/opentelemetry.proto.collector"
TRACE, LOGS = f"{COLLECTOR}.trace.v1.TraceService", f"{COLLECTOR}.logs.v1.LogsService"
Send = Callable[[Stack, str, bytes], None]


def http(content_type: str) -> Send:
    def send(stack: Stack, signal: str, body: bytes) -> None:
        headers = {"Content-Type": content_type, "x-agentscope-project": PROJECT}
        with urlopen(Request(f"{stack.http_url}/v1/{signal}", body, headers)):
            pass

    return send


def over_grpc(stack: Stack, signal: str, body: bytes) -> None:
    method = f"{TRACE if signal == 'traces' else LOGS}/Export"
    with grpc.insecure_channel(f"127.0.0.1:{stack.grpc_port}") as channel:
        call = channel.unary_unary(method, request_serializer=None, response_deserializer=None)
        call(body, timeout=30, metadata=(("x-agentscope-project", PROJECT),))


WAYS = {"protobuf": http(PROTOBUF), "json": http(JSON), "grpc": over_grpc}


@pytest.fixture(scope="module")
def project(stack: Stack) -> str:
    """A project that masks all secrets."""
    stack.manage("create_project", PROJECT)
    with psycopg.connect(stack.dsn) as database:
        row = database.execute("select id from project where name = %s", [PROJECT]).fetchone()
        assert row
        database.execute(
            "insert into redaction (project_id, actions) values (%s, %s::jsonb)",
            [row[0], '{"secret": "mask"}'],
        )
    time.sleep(SETTLED)
    return PROJECT


@pytest.mark.parametrize("way", WAYS)
def test_the_canary_is_in_no_file(stack: Stack, project: str, way: str) -> None:
    trace_id = way.ljust(16).encode()
    content_type = JSON if way == "json" else PROTOBUF
    WAYS[way](stack, "traces", encode(traces_with(CANARY, trace_id), content_type))
    WAYS[way](stack, "logs", encode(logs_with(CANARY, trace_id), content_type))
    wait_until(lambda: examined(stack, trace_id.hex()), VISIBLE)
    assert [form for form in forms() if form in dump(stack.dsn)] == []
    url = f"{stack.http_url}/api/v1/traces/{trace_id.hex()}/otlp"
    with urlopen(Request(url, headers={"x-agentscope-project": PROJECT})) as answer:
        told = answer.read()
    assert b"[redacted openai_key]" in told
    assert CORE.encode() not in told
    assert [path for path in files(stack.data) if holds(path)] == []


def test_what_is_refused_is_in_no_file_either(stack: Stack, project: str) -> None:
    with pytest.raises(HTTPError):
        http(JSON)(stack, "traces", f'{{"resourceSpans": "{CANARY}'.encode())
    with pytest.raises(HTTPError):
        http(PROTOBUF)(stack, "traces", f"\xff\xff{CANARY}".encode("latin-1"))
    assert [path for path in files(stack.data) if holds(path)] == []


ASK = """
insert into job (project_id, kind, state, is_preview, parameters, done, result, message, asked_by,
    created_at)
select id, 'redact', 'waiting', false, %s::jsonb, 0, '{}', '', 'tests', now()
from project where name = %s
"""


def test_what_came_before_its_rule_is_redacted_by_a_worker(stack: Stack) -> None:
    """Not in the files of the database, which keeps old versions of rows until it vacuums: so this
    test is the last one to use them."""
    trace_id, name = b"before its rule!", "before"
    headers = {"Content-Type": PROTOBUF, "x-agentscope-project": name}
    for signal, said in (("traces", traces_with), ("logs", logs_with)):
        body = encode(said(CANARY, trace_id), PROTOBUF)
        with urlopen(Request(f"{stack.http_url}/v1/{signal}", body, headers)):
            pass
    wait_until(lambda: examined(stack, trace_id.hex()), VISIBLE)
    assert [form for form in forms() if form in dump(stack.dsn)]
    with psycopg.connect(stack.dsn) as database:
        database.execute(ASK, ['{"actions": {"secret": "mask"}, "own": []}', name])
    wait_until(lambda: job_of(stack, name) == "done", VISIBLE)
    wait_until(lambda: not any(form in dump(stack.dsn) for form in forms()), VISIBLE)
    url = f"{stack.http_url}/api/v1/traces/{trace_id.hex()}/otlp"
    with urlopen(Request(url, headers={"x-agentscope-project": name})) as answer:
        told = answer.read()
    assert b"[redacted openai_key]" in told
    assert CORE.encode() not in told


def job_of(stack: Stack, project: str) -> str:
    """How the job of a project stands."""
    with psycopg.connect(stack.dsn) as database:
        row = database.execute(
            "select job.state from job join project on project.id = project_id where name = %s",
            [project],
        ).fetchone()
    return str(row[0]) if row else ""


def examined(stack: Stack, trace_id: str) -> bool:
    """Whether a trace is stored with its spans and has been looked at."""
    with psycopg.connect(stack.dsn) as database:
        row = database.execute("select spans from trace where trace_id = %s", [trace_id]).fetchone()
    return row is not None and row[0] == 2


def files(folder: Path) -> list[Path]:
    """All files of an installation."""
    return [path for path in folder.rglob("*") if path.is_file()]


def holds(path: Path) -> bool:
    """Whether a file holds the secret. It runs, so some files go meanwhile."""
    try:
        return CORE.encode() in path.read_bytes()
    except FileNotFoundError:
        return False
