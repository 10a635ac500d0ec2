"""The prices that come with a release, which nearly every test has and few change."""

from __future__ import annotations

from agentscope.prices.book import Prices, refresh, shelf


class Release:
    """What they are in the tests' database. To read eleven thousand rows takes longer than most
    tests: it is done once, and again only when they were brought again."""

    def __init__(self) -> None:
        """Not read yet."""
        self.stamp: tuple[int, ...] = ()
        self.prices: Prices = {}

    def read(self) -> None:
        """From the database, which holds them and no others."""
        shelf.stamp = ()
        shelf.clear()
        refresh()
        self.stamp, self.prices = shelf.stamp, shelf.prices

    def put_back(self) -> None:
        """Forget what a test knew. Whoever asks next looks whether these still hold."""
        shelf.clear()
        shelf.stamp, shelf.prices = self.stamp, self.prices


release = Release()
