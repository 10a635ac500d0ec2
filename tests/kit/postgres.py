"""The tests' database, a pytest plugin: a throw-away Postgres unless DATABASE_URL names one.

It is loaded with `-p` (pyproject.toml), because pytest-django reads the settings before any
conftest. Only the first process of a run starts a server: workers of pytest-xdist inherit its
address, and the folder of what installations start from.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from agentscope.supervisor.child import Child
from agentscope.supervisor.postgres import SETTINGS, Postgres

# Databases in memory take a third less of the time of tests: .ci/run names such a folder.
FOLDER = os.environ.get("AGENTSCOPE_TESTS_FOLDER", "/tmp")  # noqa: S108 — names in it are new
SEED_FOLDER = "AGENTSCOPE_TESTS_SEED"  # an environment variable: where tests.kit.stack.seed lies
ROOT = Path(__file__).resolve().parents[2]
# Nothing here outlives the run, so nothing need survive a crash. Workers of pytest share it, and a
# test may have dozens of threads.
THROW_AWAY = {
    **SETTINGS,
    **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off"),
    "max_connections": "300",
    "max_wal_size": "512MB",
}


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A data folder that the account Postgres runs as can reach, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="agentscope-test-", dir=FOLDER))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_postgres() -> Iterator[str]:
    """The DATABASE_URL of a new Postgres, stopped and removed at the end."""
    with throw_away_folder() as data:
        postgres = Postgres(data, THROW_AWAY)
        postgres.prepare()
        child = Child(postgres.program, data)
        child.start()
        try:
            postgres.wait_ready(child)
            yield postgres.url
        finally:
            child.stop()
            postgres.sockets.rmdir()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Set the environment before pytest-django loads the settings."""
    os.environ.setdefault("AGENTSCOPE_SECRET_KEY", "tests only")
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    if SEED_FOLDER not in os.environ:
        os.environ[SEED_FOLDER] = str(stack.enter_context(throw_away_folder()))
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = stack.enter_context(throw_away_postgres())
