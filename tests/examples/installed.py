"""Where frameworks are installed: each in a virtual environment of its own, for they want different
versions of the same packages; made once, and again when what is pinned changes."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from uv import find_uv_bin

EXAMPLES = Path(__file__).parents[2] / "examples"
PINNED = EXAMPLES / "requirements"
CACHE = Path(
    os.environ.get("AGENTSCOPE_EXAMPLES_VENVS") or Path.home() / ".cache/agentscope-examples"
)


def python_with(framework: str) -> Path:
    """The Python of the environment in which a framework is installed."""
    pins = PINNED / f"{framework}.txt"
    with place_of(framework, pins.read_bytes() + sys.version.encode()) as (folder, is_new):
        python = folder / "bin/python"
        if is_new:
            run(framework, [find_uv_bin(), "venv", "--python", sys.executable, folder])
            install = [find_uv_bin(), "pip", "install", "--system-certs"]  # as pip does
            run(framework, [*install, "--python", python, "-r", pins])
        return python


def node_modules_with(package: str) -> Path:
    """The folder `node_modules` in which a package of examples/requirements/PACKAGE.json is."""
    pins = PINNED / f"{package}.json"
    if not (npm := shutil.which("npm")):
        pytest.fail(f"{package} runs on Node.js: install nodejs and npm (Debian: apt-get install).")
    with place_of(package, pins.read_bytes()) as (folder, is_new):
        if is_new:
            folder.mkdir()
            shutil.copy(pins, folder / "package.json")
            run(package, [npm, "install", "--no-audit", "--no-fund", "--prefix", folder])
        return folder / "node_modules"


@contextmanager
def place_of(name: str, what: bytes) -> Iterator[tuple[Path, bool]]:
    """The folder for something installed, and whether it is still to be made. Others wait; what was
    given up halfway, or is of other versions, is removed."""
    folder = CACHE / f"{name}-{hashlib.sha256(what).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        whole = folder / "whole"
        if whole.exists():
            yield folder, False
            return
        for old in CACHE.glob(f"{name}-*"):
            shutil.rmtree(old)
        yield folder, True
        whole.touch()


def run(name: str, command: Sequence[str | Path]) -> None:
    """Run an installer. What it cannot do is an error, not a reason to leave tests out."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(
            f"{name} cannot be installed into {CACHE}; is a package index within reach? "
            f"{Path(command[0]).name} says:\n{done.stderr[-2000:]}",
            pytrace=False,
        )
