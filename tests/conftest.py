"""What every test shares. The database itself comes from the plugin `tests.kit.postgres`."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from tests.kit.stack import Stack, embedded_stack

# It starts a dozen installations one after the other: whoever began it last would be waited for.
LONGEST_OF_STACKS = "test_supervisor.py"

# A slow machine is no reason to fail.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no worker waits at the end for another one; those of
    servers last, for servers that run take time from everybody else's tests."""
    marks: dict[Path, set[str]] = defaultdict(set)
    for item in items:
        marks[item.path].update(mark.name for mark in item.iter_markers())
    items.sort(key=lambda item: turn(item.path, marks[item.path]))


def turn(path: Path, marks: set[str]) -> int:
    """When a file with these marks has its turn: the lower, the sooner."""
    if "stack" in marks:
        return 2 if path.name == LONGEST_OF_STACKS else 3
    return 0 if marks & {"slow", "browser"} else 1


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    """Nobody attacks the passwords of tests, and only what was stored is removed after each."""
    from tests.kit.emptying import Emptying  # models can be imported only now

    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", Emptying())
        yield


@pytest.fixture(autouse=True)
def _prices(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Prices are looked up again when they change, not when a slow test takes long; those of a test
    are not known to the next."""
    from agentscope.prices import book

    monkeypatch.setattr(book, "STALE_AFTER", 3_600.0)
    before = book.shelf.stamp
    yield
    if book.shelf.stamp != before:
        book.shelf.clear()


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
