"""What goes wrong on the way is said in a sentence."""

import errno
import os
from pathlib import Path

import pytest

from agentscope.environment import BadSetting
from agentscope.supervisor.__main__ import explain, only_supervisor
from agentscope.supervisor.messages import CannotStart, ready
from agentscope.supervisor.options import read_options

DATA = Path("/data")


def test_a_full_disk():
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert explain(error, DATA).startswith("The disk of the data folder /data is full: make room")


def test_a_file_of_somebody_else():
    error = OSError(errno.EACCES, os.strerror(errno.EACCES), "/data/run/web.pid")
    said = explain(error, DATA)
    assert said.startswith(
        "/data/run/web.pid cannot be used (Permission denied): start as the user"
    )


def test_only_one_supervisor_uses_a_data_folder(tmp_path):
    refused = pytest.raises(CannotStart, match=rf"already runs .* \(process {os.getpid()}\)")
    with only_supervisor(tmp_path), refused, only_supervisor(tmp_path):
        pass
    with only_supervisor(tmp_path):
        pass


@pytest.mark.parametrize("port", ["0", "65536", "four"])
def test_a_port_that_is_none(port, monkeypatch):
    monkeypatch.setenv("AGENTSCOPE_HTTP_PORT", port)
    with pytest.raises(BadSetting, match="AGENTSCOPE_HTTP_PORT"):
        read_options()


def test_it_says_where_it_is():
    said = ready(4328, 4327, 4329, 1.25)
    assert "AgentScope is ready after 1.2 s: http://127.0.0.1:4328" in said
    assert "OTLP/gRPC at 127.0.0.1:4327" in said
    assert "Hooks that ask before each call do so at http://127.0.0.1:4329" in said
    assert "_PORT" not in said


def test_where_people_log_in_it_says_how_the_first_one_does():
    said = ready(4328, 4327, 4329, 1.25, is_embedded=False)
    assert "AgentScope is ready after 1.2 s: http://127.0.0.1:4328" in said
    assert "manage.py createsuperuser" in said
    assert "curl" not in said
