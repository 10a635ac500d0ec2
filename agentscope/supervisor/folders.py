"""Where things lie: the data folder, private files in it, short private folders for sockets."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from agentscope.supervisor.account import Account, is_open_to_others
from agentscope.supervisor.messages import CannotStart

LEAST_FREE_BYTES = 512 << 20  # a new cluster takes 40 MB, its write-ahead log soon some 100 MB more
LONGEST_SOCKET_PATH = 103  # bytes: what macOS allows; Linux has four more
SHARED_FOLDER = Path("/tmp")  # noqa: S108 (what lies in it is private, and its owner is checked)
SYSTEM_FOLDER = Path("/var/lib/agentscope")  # for root whose data folder is closed to others


def make_data_folder(path: Path) -> Path:
    """The data folder, made if missing.

    Raises CannotStart if it cannot be written or its disk is full.
    """
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise CannotStart(
            f"The data folder {path} cannot be written ({error.strerror}): "
            "change its owner, or set AGENTSCOPE_DATA to another folder."
        ) from error
    free = shutil.disk_usage(path).free
    if free < LEAST_FREE_BYTES:
        raise CannotStart(
            f"The disk of the data folder {path} is full ({free >> 20} MB free, "
            f"{LEAST_FREE_BYTES >> 20} MB needed): make room, "
            "or set AGENTSCOPE_DATA to another disk."
        )
    return path.resolve()


def write_private(path: Path, content: str, account: Account | None = None) -> None:
    """Write a file that only its owner can read, in one step: it is old or new, never half."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    if account:
        account.own(Path(name))
    Path(name).replace(path)


def reachable_folder(path: Path, account: Account | None) -> Path:
    """The private folder `path` of `account`: a link to one elsewhere if it could not get there.

    A data folder below a private home, such as root's, is closed to the account that Postgres runs
    as, and we never open somebody's home.
    """
    if account and not path.exists() and not is_open_to_others(path):
        SYSTEM_FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_FOLDER))
    path.mkdir(mode=0o700, exist_ok=True)
    if account:
        account.own(path)
    return path.resolve()


def socket_folder(path: Path, account: Account | None = None) -> Path:
    """The private folder for the sockets of the server whose files lie in `path`.

    A socket's path must be short, and `path` may be long.
    Raises CannotStart if somebody else has taken its place, or if its path is too long.
    """
    uid = account.uid if account else os.geteuid()
    place = SHARED_FOLDER if account else Path(os.environ.get("XDG_RUNTIME_DIR", SHARED_FOLDER))
    folder = place / f"agentscope-{uid}-{hashlib.sha256(bytes(path)).hexdigest()[:10]}"
    if len(bytes(folder / ".s.PGSQL.65535.lock")) > LONGEST_SOCKET_PATH:
        raise CannotStart(
            f"{folder} is too long for a socket: set XDG_RUNTIME_DIR to a shorter path."
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    if account and folder.stat().st_uid == os.geteuid():
        account.own(folder)
    if folder.is_symlink() or folder.stat().st_uid != uid:
        raise CannotStart(
            f"{folder} belongs to somebody else: remove it, it is where our sockets go."
        )
    folder.chmod(0o700)
    return folder
