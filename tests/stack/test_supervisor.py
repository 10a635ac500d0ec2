"""`make run` as a person meets it: starts, stops, accidents, and sentences that help."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import psycopg
import pytest

from agentscope.supervisor.messages import PYTHON_SNIPPET, SHELL_SNIPPET
from agentscope.supervisor.ports import answers
from agentscope.supervisor.programs import web_answers
from tests.kit.postgres import throw_away_folder
from tests.kit.sender import batch, post
from tests.kit.stack import STOP_SECONDS, Stack, embedded_stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 300  # seconds
NAMES = ["web", "grpc", "decide", "worker", "valkey", "postgres"]


def status(stack: Stack) -> int:
    with urllib.request.urlopen(f"{stack.http_url}/healthz/live", timeout=PATIENCE) as answer:
        return int(answer.status)


def spans(stack: Stack) -> int:
    with psycopg.connect(stack.dsn) as connection:
        return len(connection.execute("select from span").fetchall())


def processes(stack: Stack) -> list[psutil.Process]:
    """All that the supervisor started, and all that those started."""
    return psutil.Process(stack.supervisor.pid).children(recursive=True)


def is_alive(process: psutil.Process) -> bool:
    """Whether it has not ended; one that nobody collected has."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_it_starts_and_says_where_it_is_and_how_to_send_a_first_trace(stack):
    assert status(stack) == 200
    assert stack.http_url in stack.output
    assert f"curl -sS {stack.http_url}/v1/traces" in stack.output
    assert f'OTLPSpanExporter("{stack.http_url}/v1/traces")' in stack.output


@pytest.mark.parametrize(
    ("snippet", "interpreter"),
    [(SHELL_SNIPPET, ["sh", "-c"]), (PYTHON_SNIPPET, [sys.executable, "-c"])],
    ids=["shell", "python"],
)
def test_the_snippets_that_it_prints_work(stack, snippet, interpreter):
    before = spans(stack)
    subprocess.run([*interpreter, snippet.replace("HTTP_PORT", str(stack.http_port))], check=True)
    wait_until(lambda: spans(stack) >= before + 2, PATIENCE)


def test_its_secrets_are_readable_by_their_owner_only(stack):
    for name in ("environment", "secret-key"):
        assert (stack.data / name).stat().st_mode & 0o077 == 0


def test_a_second_one_on_the_same_data_is_refused(stack):
    second = Stack(stack.data / "..", {"AGENTSCOPE_DATA": str(stack.data)})
    second.output_file = stack.data / "second.log"
    assert "AgentScope already runs with the data folder" in second.refuse()
    assert status(stack) == 200


@pytest.mark.parametrize("what", ["HTTP", "GRPC", "DECIDE"])
def test_a_taken_port_is_named(what):
    setting = f"AGENTSCOPE_{what}_PORT"
    with throw_away_folder() as data, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = Stack(data, {setting: str(port)}).refuse()
    assert f"Port {port} is taken by another program" in said
    assert f"make run {setting}=" in said
    assert "Traceback" not in said


def test_data_of_another_version_is_named():
    with throw_away_folder() as data:
        cluster = data / "postgres" / "cluster"
        cluster.mkdir(parents=True)
        (cluster / "PG_VERSION").write_text("12\n")
        said = Stack(data).refuse()
    assert "is of Postgres 12" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing(how):
    with embedded_stack(from_nothing=True) as stack:
        started = processes(stack)
        assert stack.stop(how) == 0
        assert "All of it has stopped." in stack.output
        assert len(started) >= len(NAMES)
        wait_until(lambda: not any(map(is_alive, started)), PATIENCE)


def test_asked_to_stop_while_it_starts_it_leaves_nothing():
    with throw_away_folder() as data:
        stack = Stack(data)
        stack.launch()
        wait_until(lambda: "Postgres is ready" in stack.output, PATIENCE)
        started = processes(stack)
        assert stack.stop() == 0
        wait_until(lambda: not any(map(is_alive, started)), PATIENCE)


def test_after_a_kill_the_next_start_finds_everything():
    with embedded_stack() as stack:
        started = processes(stack)
        secret = stack.environment["AGENTSCOPE_SECRET_KEY"]
        stack.manage("shell", "--command", "from agentscope.projects.models import Project;"
                     "Project.objects.create(name='kept')")  # fmt: skip
        stack.supervisor.kill()
        stack.supervisor.wait()
        assert status(stack) == 200, "what it started does not need it"
        stack.start()
        wait_until(lambda: not any(map(is_alive, started)), PATIENCE)
        assert "postgres was still running from an earlier start" in stack.output
        assert status(stack) == 200
        assert stack.environment["AGENTSCOPE_SECRET_KEY"] == secret
        assert "kept" in stack.manage("shell", "--command", "from agentscope.projects.models "
                                      "import Project; print(Project.objects.last())")  # fmt: skip


def test_ctrl_c_in_its_terminal_loses_nothing_that_was_accepted():
    with embedded_stack() as stack:
        body, ids = batch(os.urandom(16), 500)
        assert post(stack.http_url, body) == 200
        os.killpg(stack.supervisor.pid, signal.SIGINT)  # which goes to all of its group at once
        assert stack.supervisor.wait(STOP_SECONDS) == 0
        stack.start()
        wait_until(lambda: spans(stack) == len(ids), PATIENCE)


def test_two_run_side_by_side(stack):
    with embedded_stack(from_nothing=True) as second:
        assert status(stack) == status(second) == 200
        assert second.dsn != stack.dsn


@pytest.mark.parametrize("name", NAMES)
def test_what_dies_comes_back(stack, name):
    before = stack.pid(name)
    stack.kill(name)
    wait_until(lambda: stack.pid(name) != before, PATIENCE)
    wait_until(lambda: psutil.pid_exists(stack.pid(name)), PATIENCE)
    assert f"{name} was ended by SIGKILL; starting it again" in stack.output
    wait_until(lambda: is_whole(stack), PATIENCE)  # other tests need all of it


def is_whole(stack: Stack) -> bool:
    """Whether all of it answers again."""
    try:
        with urllib.request.urlopen(f"{stack.http_url}/healthz/ready", timeout=PATIENCE) as answer:
            is_reached = json.load(answer)["broker"] == "reachable"
    except OSError:  # refused, broken off, or not ready
        return False
    return is_reached and answers(stack.grpc_port) and web_answers(stack.decide_port)


def megabytes(process: psutil.Process) -> float:
    """What it takes of the memory, and its part of what it shares with others."""
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.NoSuchProcess:  # Postgres has some that come and go
        return 0


def test_all_of_it_takes_less_than_600_megabytes():
    """All processes are as they started, and have stored a trace."""
    with embedded_stack() as fresh:
        body, ids = batch(os.urandom(16), 500)
        assert post(fresh.http_url, body) == 200
        wait_until(lambda: spans(fresh) == len(ids), PATIENCE)
        running = [psutil.Process(fresh.supervisor.pid), *processes(fresh)]
        taken = {str(each): megabytes(each) for each in running}
    assert sum(taken.values()) < 600, taken
