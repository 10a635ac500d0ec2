"""What tests of hooks share."""

import time

import pytest

from tests.examples.shops import Shop
from tests.kit.stack import Stack


@pytest.fixture
def shop(stack: Stack, request: pytest.FixtureRequest) -> Shop:
    """A new project."""
    name = request.node.name.replace("[", "-").rstrip("]").removeprefix("test_")
    made = Shop(stack, f"{name[-20:]}-{time.time_ns() % 10**6}".lstrip("-_"))
    made.ask("decide", {})
    return made
