import os
import signal
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from ingest.grpc_server import start_server

PATIENCE = 300  # seconds; a busy machine takes its time
ROOT = Path(__file__).resolve().parents[2]


def run(port: int) -> subprocess.Popen[str]:
    """`manage.py grpc` on a port."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "grpc"],
        cwd=ROOT,
        env={**os.environ, "AGENTSCOPE_EMBEDDED": "1", "AGENTSCOPE_GRPC_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_stops_when_told(how: signal.Signals) -> None:
    with run(0) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        with grpc.insecure_channel(address) as channel:
            grpc.channel_ready_future(channel).result(PATIENCE)
        process.send_signal(how)
        assert process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_a_taken_port_is_one_clear_sentence() -> None:
    server, port = start_server("127.0.0.1", 0)
    with run(port) as process:
        assert process.wait(PATIENCE) == 1
        assert process.stderr is not None
        said = process.stderr.read()
    server.stop(None).wait()
    assert "Set AGENTSCOPE_GRPC_PORT to a free port." in said
    assert "Traceback" not in said
