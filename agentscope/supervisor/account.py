"""Whom Postgres runs as. It refuses root, so root lends it an account without rights."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentscope.supervisor.messages import CannotStart

CANDIDATES = ("postgres", "nobody")  # initdb wants an account that has a name


@dataclass(frozen=True)
class Account:
    """An operating system account that a program of ours is started under."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        """The arguments of `subprocess.Popen` that start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Make `path` belong to this account."""
        os.chown(path, self.uid, self.gid)


def lent_account(cluster: Path) -> Account | None:
    """The account for Postgres: None means our own.

    Root lends the owner of `cluster`, or the first candidate that exists.
    Raises CannotStart if we are root and there is no account to lend.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "Postgres may not run as root, and this machine has no account `postgres` or `nobody`: "
        "start as an ordinary user, or run `useradd --system postgres`."
    )


def is_open_to_others(path: Path) -> bool:
    """Whether an account without rights can get through every folder above `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.absolute().parents)
