"""A page of a browser that many tests use, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Page, Request

from tests.kit.chromium import WIDE

# What there is no way to take back, or what is taken back only by those who think of it.
LASTING = ("on", "once", "add_init_script", "expose_function", "expose_binding")


class Tab:
    """A page, and what makes it again what a new one is."""

    def __init__(self, page: Page, origin: str) -> None:
        """`origin` is the address of the server whose pages it shows."""
        self.page, self.origin = page, origin
        self.session = page.context.new_cdp_session(page)
        self.on = page.on
        for name in LASTING:
            setattr(page, name, refuse)

    @contextmanager
    def requests(self) -> Iterator[list[Request]]:
        """What the page asks for from now on, in order."""
        asked: list[Request] = []

        def ask(request: Request) -> None:
            asked.append(request)

        self.on("request", ask)
        yield asked
        self.page.remove_listener("request", ask)

    def clear(self) -> None:
        """Leave the page that is shown, and forget all that a test set, stored or was allowed."""
        page, context = self.page, self.page.context
        page.unroute_all(behavior="ignoreErrors")  # a live page asks on while its test ends
        context.set_offline(False)
        page.goto("about:blank")
        for other in set(context.pages) - {page}:
            other.close()
        stored = {"origin": self.origin, "storageTypes": "all"}
        self.session.send("Storage.clearDataForOrigin", stored)
        self.session.send("Page.resetNavigationHistory")
        context.clear_cookies()
        context.clear_permissions()
        page.mouse.move(0, 0)
        page.set_viewport_size(WIDE)
        page.emulate_media(
            media="null", color_scheme="null", forced_colors="null", reduced_motion="null"
        )


def refuse(*_: Any, **__: Any) -> NoReturn:
    """Instead of what would go on in the tests that come after."""
    pytest.fail("Tests share this page: take `asked`, or a page of your own from `browser`.")
