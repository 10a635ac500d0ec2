"""The price book of a fresh installation."""

import pytest

from agentscope.prices.book import PriceBook, book_of
from agentscope.prices.catalogue import read_catalogue, rows_of


@pytest.fixture(scope="session")
def book() -> PriceBook:
    """The prices that come with AgentScope."""
    return book_of(rows_of(read_catalogue()))
