"""Where things lie, and who can read them."""

import os
import shutil
import stat

import pytest

from agentscope.supervisor import folders
from agentscope.supervisor.account import Account
from agentscope.supervisor.folders import (
    make_data_folder,
    reachable_folder,
    socket_folder,
    write_private,
)
from agentscope.supervisor.messages import CannotStart


def test_the_data_folder_is_made_closed_to_others(tmp_path):
    made = make_data_folder(tmp_path / "some" / "data")
    assert made.is_dir()
    assert not made.stat().st_mode & stat.S_IROTH


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotStart, match=r"file/data cannot be written .*set AGENTSCOPE_DATA"):
        make_data_folder(tmp_path / "file" / "data")


def test_a_full_disk_is_refused(tmp_path, monkeypatch):
    full = shutil.disk_usage(tmp_path)._replace(free=3 << 20)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _: full)
    with pytest.raises(CannotStart, match=r"is full \(3 MB free, 512 MB needed\)"):
        make_data_folder(tmp_path)


def test_a_secret_is_readable_by_its_owner_only(tmp_path):
    write_private(tmp_path / "secret", "word")
    assert (tmp_path / "secret").read_text() == "word"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_sockets_get_a_short_private_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(folders, "LONGEST_SOCKET_PATH", 200)
    made = socket_folder(tmp_path / ("deep/" * 40))
    assert made.parent == tmp_path
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert socket_folder(tmp_path / ("deep/" * 40)) == made


def test_a_path_too_long_for_a_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    with pytest.raises(CannotStart, match="too long for a socket"):
        socket_folder(tmp_path)


def test_somebody_elses_socket_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(folders, "LONGEST_SOCKET_PATH", 200)
    made = socket_folder(tmp_path)
    made.rename(tmp_path / "elsewhere")
    made.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="belongs to somebody else"):
        socket_folder(tmp_path)


def test_a_folder_that_an_account_cannot_reach_lies_elsewhere(tmp_path, monkeypatch):
    account = Account(os.getuid(), os.getgid())
    tmp_path.chmod(0o700)
    monkeypatch.setattr(folders, "SYSTEM_FOLDER", tmp_path / "system")
    home = reachable_folder(tmp_path / "closed", account)
    assert home.parent == tmp_path / "system"
    assert (tmp_path / "closed").resolve() == home
    assert reachable_folder(tmp_path / "closed", account) == home
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
