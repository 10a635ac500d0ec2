"""Children that end are started again, ever more slowly while they fail."""

import sys

import pytest

from agentscope.supervisor.child import Child, Program
from agentscope.supervisor.watch import LONGEST_DELAY, Watched, how_it_ended


@pytest.fixture
def failing(tmp_path):
    """A child that ends as soon as it starts."""
    child = Child(Program("failing", (sys.executable, "-c", "raise SystemExit(3)")), tmp_path)
    child.start()
    child.wait()
    yield child
    child.stop()


def delays(watched, times):
    """How long each of the next starts is put off, on a clock that we wind."""
    now = watched.child.started_at
    for _ in range(times):
        watched.child.wait()
        watched.tend(now)
        yield watched.due_at - now
        now = watched.due_at
        watched.tend(now)


def test_it_is_started_again_ever_more_slowly(failing):
    assert list(delays(Watched(failing), 4)) == pytest.approx([0.2, 0.4, 0.8, 1.6])


def test_the_delay_has_an_end(failing):
    watched = Watched(failing)
    watched.failures = 50
    assert list(delays(watched, 1)) == [LONGEST_DELAY]


def test_a_long_life_is_forgiven(failing):
    watched = Watched(failing)
    watched.failures = 5
    watched.tend(failing.started_at + 61)
    assert watched.failures == 1


def test_it_says_who_ended_how(failing, capsys):
    Watched(failing).tend(failing.started_at)
    assert capsys.readouterr().out.startswith("failing ended with exit code 3; starting it again")


def test_a_full_disk_does_not_end_the_supervisor(failing, monkeypatch, capsys):
    def no_space():
        raise OSError(28, "No space left on device")

    watched = Watched(failing)
    watched.tend(failing.started_at)
    monkeypatch.setattr(failing, "start", no_space)
    watched.tend(watched.due_at)
    assert "could not be started (No space left on device)" in capsys.readouterr().out
    assert watched.due_at is not None


def test_a_signal_has_its_name():
    assert how_it_ended(-9) == "was ended by SIGKILL"
