"""A real browser in front of a real server. No Chromium: skipped; in CI: failed."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from agentscope.projects.models import Project
from tests.kit.chromium import ARGUMENTS, WIDE, chromium

PATIENCE = 120_000  # ms; other programs may keep the machine busy


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail("No Chromium: install one, or name it in $CHROMIUM.")
    if path is None:
        pytest.skip("no Chromium found")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop runs in this thread, in which Django then refuses to query.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors, refused content. Empty at the end of every test."""
    return []


@pytest.fixture
def page(browser: Browser, live_server, complaints: list[str]) -> Iterator[Page]:
    """A page of the live server; fails its test if the browser complained of anything."""
    context = browser.new_context(base_url=live_server.url, viewport=WIDE)
    context.set_default_timeout(PATIENCE)
    shown = context.new_page()
    watch(shown, complaints)
    yield shown
    shown.unroute_all(behavior="ignoreErrors")  # a live page asks on while its test ends
    context.close()
    assert complaints == []


REPLACED = ("htmx:sendAbort", "htmx:afterRequest")  # a request gave way to a newer one


def watch(shown: Page, complaints: list[str]) -> None:
    def heard(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith(REPLACED):
            complaints.append(said.text)

    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("console", heard)


@pytest.fixture
def shop(live_server, settings) -> Project:
    """An embedded installation's project."""
    settings.AGENTSCOPE_EMBEDDED = True
    return Project.objects.create(name="shop")
