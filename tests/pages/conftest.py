"""A real browser in front of a real server. No Chromium: skipped; in CI: failed."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    expect,
    sync_playwright,
)

from agentscope.projects.models import Project
from tests.kit.chromium import ARGUMENTS, WIDE, chromium
from tests.kit.tab import Tab

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


@pytest.fixture(scope="session")
def heard() -> list[str]:
    """What the browser complained of in the page that tests share."""
    return []


@pytest.fixture
def complaints(heard: list[str]) -> list[str]:
    """What the browser complained of: errors, refused content. Empty at the end of every test."""
    heard.clear()
    return heard


@pytest.fixture(scope="session")
def tab(browser: Browser, live_server, heard: list[str]) -> Iterator[Tab]:
    """A page for one test after the other: to make a new one takes longer than most of them."""
    with browser.new_context(base_url=live_server.url, viewport=WIDE) as context:
        context.set_default_timeout(PATIENCE)
        shown = context.new_page()
        watch(shown, heard)
        yield Tab(shown, live_server.url)


@pytest.fixture
def page(tab: Tab, complaints: list[str]) -> Iterator[Page]:
    """A page of the live server that knows nothing of earlier tests; fails its test if the browser
    complained of anything."""
    yield tab.page
    found = [*complaints]
    tab.clear()
    assert found == []


@pytest.fixture
def asked(tab: Tab) -> Iterator[list[Request]]:
    """What the page asks for during a test, in order."""
    with tab.requests() as asked:
        yield asked


REPLACED = ("htmx:sendAbort", "htmx:afterRequest")  # a request gave way to a newer one


def watch(shown: Page, complaints: list[str]) -> None:
    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith(REPLACED):
            complaints.append(said.text)

    def refuse(dialog: Dialog) -> None:
        complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("console", hear)
    shown.on("dialog", refuse)


@pytest.fixture
def shop(live_server, settings) -> Project:
    """An embedded installation's project."""
    settings.AGENTSCOPE_EMBEDDED = True
    return Project.objects.create(name="shop")
