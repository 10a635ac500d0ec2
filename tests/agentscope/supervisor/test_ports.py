"""Ports are asked for before anything is started on them."""

import socket
import subprocess
import sys

import pytest

from agentscope.supervisor.messages import CannotStart
from agentscope.supervisor.ports import answers, check_port, claimed
from tests.kit.postgres import ROOT
from tests.kit.stack import free_port


def test_a_free_port_is_fine():
    port = free_port()
    check_port(port, "AGENTSCOPE_HTTP_PORT")
    assert not answers(port)


def test_a_taken_port_is_refused_and_another_one_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert answers(port)
        with pytest.raises(CannotStart) as refusal:
            check_port(port, "AGENTSCOPE_HTTP_PORT")
    assert f"Port {port} is taken" in str(refusal.value)
    assert f"make run AGENTSCOPE_HTTP_PORT={port + 10}" in str(refusal.value)


def test_a_port_that_was_chosen_twice_is_refused():
    port = free_port()
    chosen = {"AGENTSCOPE_HTTP_PORT": port, "AGENTSCOPE_DECIDE_PORT": port}
    with pytest.raises(CannotStart, match="is chosen for two things"), claimed(chosen):
        pass


def test_of_two_that_start_at_once_one_has_the_port():
    """Each finds it free: what listens on it in the end is not there yet."""
    port, other = free_port(), free_port()
    with claimed({"AGENTSCOPE_HTTP_PORT": port}):
        assert f"Port {port} is taken by another AgentScope" in claimed_elsewhere(port)
        assert claimed_elsewhere(other) == ""
    assert claimed_elsewhere(port) == ""


def claimed_elsewhere(port: int) -> str:
    """What another process is told that wants the port."""
    ask = "import sys; from agentscope.supervisor.ports import claimed\n"
    ask += "with claimed({'AGENTSCOPE_HTTP_PORT': int(sys.argv[1])}): pass"
    command = [sys.executable, "-c", ask, str(port)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr
