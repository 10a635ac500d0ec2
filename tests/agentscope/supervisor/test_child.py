"""Processes: started, ended, and found again after their supervisor died."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentscope.supervisor import child as module
from agentscope.supervisor.child import Child, Program, _lock_within
from agentscope.supervisor.messages import CannotStart
from agentscope.supervisor.niceness import give_way
from tests.kit.stack import wait_until

PATIENCE = 120.0  # seconds; a busy machine takes its time
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess; child = subprocess.Popen(['sleep', '600'], close_fds=False);"
    "print('up', flush=True); child.wait()"
)


@pytest.fixture
def make_child(tmp_path):
    """Makes children of Python programs and ends them afterwards."""
    made = []

    def make(code, patience=PATIENCE):
        program = Program("one", (sys.executable, "-c", code), patience=patience)
        made.append(Child(program, tmp_path))
        return made[-1]

    yield make
    for child in made:
        child.stop()


def start(child):
    """Start it and wait until it has said so."""
    child.start()
    child.wait_until(lambda: "up" in child.log_file.read_text(), PATIENCE)


def test_it_is_asked_to_end(make_child):
    child = make_child(SLEEPER)
    start(child)
    assert child.exit_code() is None
    child.stop()
    assert child.exit_code() == -signal.SIGTERM


def test_it_is_killed_if_it_does_not_listen(make_child):
    child = make_child(STUBBORN, patience=0.1)
    start(child)
    child.stop()
    assert child.exit_code() == -signal.SIGKILL


def test_the_next_supervisor_ends_what_is_left(make_child):
    start(make_child(SLEEPER))
    assert make_child(SLEEPER).end_leftover()
    assert not make_child(SLEEPER).end_leftover()


def test_a_stubborn_leftover_is_killed(make_child, monkeypatch):
    waits = iter([0.1, PATIENCE])
    monkeypatch.setattr(module, "_lock_within", lambda lock, _: _lock_within(lock, next(waits)))
    start(make_child(STUBBORN))
    assert make_child(STUBBORN).end_leftover()


def test_what_a_killed_process_had_started_is_found(make_child):
    child = make_child(PARENT)
    start(child)
    pid = int(child.pid_file.read_text())
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # its supervisor has noticed nothing
    assert make_child(SLEEPER).end_leftover()


def test_what_it_had_started_ends_with_it(make_child):
    child = make_child(PARENT)
    start(child)
    pid = int(child.pid_file.read_text())
    os.kill(pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    wait_until(lambda: not is_held(child.pid_file), PATIENCE)


def is_held(pid_file):
    """Whether a living process has the lock."""
    with pid_file.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_leftover_never_costs_an_innocent_process(make_child, tmp_path):
    """The number in a file whose lock is free may be somebody else's by now."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        child = make_child(SLEEPER)
        child.pid_file.write_text(str(innocent.pid))
        assert not child.end_leftover()
        assert innocent.poll() is None


def test_one_that_ends_at_once_says_why(make_child):
    child = make_child("raise SystemExit('no luck today')")
    child.start()
    with pytest.raises(CannotStart, match="one did not start: no luck today"):
        child.wait_until(lambda: False, PATIENCE)


@pytest.mark.parametrize(
    "after", ["", "Stack backtrace:\\n  0: begin\\n             at main.rs:7", "\\n"]
)
def test_why_is_what_it_said_outside_of_a_trace(make_child, after):
    child = make_child(f"raise SystemExit('Traceback:\\n  one\\nno luck today\\n{after}')")
    child.start()
    with pytest.raises(CannotStart, match=r"one did not start: no luck today \(more in"):
        child.wait_until(lambda: False, PATIENCE)


def test_one_that_takes_too_long_is_given_up(make_child):
    child = make_child(SLEEPER)
    child.start()
    with pytest.raises(CannotStart, match="did not start"):
        child.wait_until(lambda: False, 0)


def test_a_large_log_is_put_aside(make_child, monkeypatch):
    monkeypatch.setattr("agentscope.supervisor.child.LARGEST_LOG_BYTES", 10)
    child = make_child("print('new')")
    child.log_file.write_text("much that was said before")
    child.start()
    child.wait()
    assert child.log_file.read_text() == "new\n"
    assert child.log_file.with_suffix(".log.1").read_text() == "much that was said before"


def test_it_gives_way_to_others(tmp_path):
    """With its session, for Linux looks at niceness only within one."""
    command = (sys.executable, "-c", SLEEPER)
    child = Child(Program("one", command, niceness=7), tmp_path)
    start(child)
    pid = int(child.pid_file.read_text())
    try:
        assert os.getpriority(os.PRIO_PROCESS, pid) == 7
        if (group := Path(f"/proc/{pid}/autogroup")).exists():
            assert group.read_text().endswith(" nice 7\n")
    finally:
        child.stop()


def test_one_that_ended_cannot_give_way():
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    give_way(ended.pid, 7)
