"""What every test shares. The database itself comes from the plugin `tests.kit.postgres`."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.kit.stack import Stack, embedded_stack

# A slow machine is no reason to fail.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running embedded installation, shared by all tests that do not stop it."""
    with embedded_stack() as running:
        yield running
