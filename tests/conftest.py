"""What every test shares. The database itself comes from the plugin `tests.kit.postgres`."""

import gc
import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from tests.kit.stack import Stack, embedded_stack

# One starts a dozen installations one after the other, one stores and reads ten thousand spans:
# whoever began them last would be waited for.
LONGEST_OF_STACKS = {"test_supervisor.py", "test_jobs.py"}

# What drives real browsers and servers depends on all else that the machine does. A continuous
# integration that nobody watches tries it twice; its summary names what failed the first time.
REAL = {"browser", "stack"}

# A slow machine is no reason to fail.
settings.register_profile("no hurry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no hurry")

# After so many seconds work is left for the next turn, or what is known is read again.
HURRIED = (
    *("agentscope.pipeline.SHIFT", "agentscope.pipeline.GLANCING", "agentscope.pipeline.LEISURELY"),
    *("agentscope.watching.SHIFT", "agentscope.jobs.run.SHIFT", "agentscope.routing.tasks.SHIFT"),
    *("agentscope.traces.again.STEP", "agentscope.search.again.STEP", "ingest.tasks.TURN"),
    *("agentscope.billing.repricing.STEP", "agentscope.redaction.stored.STEP"),
    "agentscope.audit.verifying.STEP",
    *("agentscope.search.read.SECONDS", "agentscope.search.inside.SECONDS"),
    *("ui.views.within.LONGER", "agentscope.prices.book.STALE_AFTER"),
)
A_WHILE = 3_600.0  # seconds


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays until the end: nobody need look through it for garbage, now or later,
    which would take longer than to collect it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no worker waits at the end for another one; those of
    servers last, for servers that run take time from everybody else's tests."""
    marks: dict[Path, set[str]] = defaultdict(set)
    for item in items:
        marks[item.path].update(mark.name for mark in item.iter_markers())
    items.sort(key=lambda item: turn(item.path, marks[item.path]))
    if "CI" in os.environ:
        for item in items:
            if marks[item.path] & REAL:
                item.add_marker(pytest.mark.flaky(reruns=1))


def turn(path: Path, marks: set[str]) -> int:
    """When a file with these marks has its turn: the lower, the sooner."""
    if "stack" in marks:
        return 2 if path.name in LONGEST_OF_STACKS else 3
    return 0 if marks & {"slow", "browser"} else 1


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    """Nobody attacks the passwords of tests, and only what was stored is removed after each."""
    from tests.kit.emptying import Emptying  # models can be imported only now

    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", Emptying())
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_hurry() -> Iterator[None]:
    """Work ends when it is done, and runs end when a test lets time pass, on a slow machine too: a
    test of what happens when the time is up says itself how short it is."""
    with pytest.MonkeyPatch.context() as patch:
        for name in HURRIED:
            patch.setattr(name, A_WHILE)
        patch.setattr("agentscope.alerts.preview.PATIENCE", int(A_WHILE * 1_000))
        patch.setattr("agentscope.traces.examined.QUIET", timedelta(seconds=A_WHILE))
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The tests' database, of which the prices are known."""
    from tests.kit.release import release

    with django_db_blocker.unblock():
        release.read()


@pytest.fixture(autouse=True)
def _prices() -> Iterator[None]:
    """The prices of a test are not known to the next."""
    from tests.kit.release import release

    yield
    release.put_back()


@pytest.fixture(scope="module")
def db_of_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database for fixtures of a module: each of its tests finds what they store as it was,
    and after the last it is gone. Not for modules of which a test commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running embedded installation, shared by all tests that do not stop it."""
    with embedded_stack() as running:
        yield running
