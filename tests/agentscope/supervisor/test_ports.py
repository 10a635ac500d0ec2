"""Ports are asked for before anything is started on them."""

import socket

import pytest

from agentscope.supervisor.messages import CannotStart
from agentscope.supervisor.ports import answers, check_port
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
