"""Whom Postgres runs as."""

import os
import pwd
from pathlib import Path

import pytest

from agentscope.supervisor import account
from agentscope.supervisor.account import Account, is_open_to_others, lent_account
from agentscope.supervisor.messages import CannotStart


@pytest.fixture
def as_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_an_ordinary_user_runs_it_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert lent_account(tmp_path / "cluster") is None


@pytest.mark.usefixtures("as_root")
def test_root_lends_the_first_account_that_exists(tmp_path, monkeypatch):
    nobody = pwd.getpwnam("nobody")
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-account", "nobody"))
    assert lent_account(tmp_path / "new") == Account(nobody.pw_uid, nobody.pw_gid)


@pytest.mark.usefixtures("as_root")
def test_without_an_account_to_lend_root_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "CANDIDATES", ("no-such-account",))
    with pytest.raises(CannotStart, match="Postgres may not run as root"):
        lent_account(tmp_path / "new")


def test_a_private_home_closes_what_lies_below(tmp_path):
    (tmp_path / "home").mkdir(mode=0o700)
    assert not is_open_to_others(tmp_path / "home" / "file")
    assert is_open_to_others(Path("/usr/bin/env"))
