"""A key in a browser: its secret is shown once, another takes its place, and it is revoked."""

from __future__ import annotations

import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from agentscope.projects.models import Key, Member, User
from agentscope.projects.roles import Role
from tests.pages.test_login import NARROW, ada, say_password  # noqa: F401
from tests.pages.test_long_names import OVER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEYS = "/p/shop/settings/keys/"


@pytest.fixture
def shown(page: Page, ada: User) -> Page:  # noqa: F811
    """The page of keys, as the owner of the project sees it."""
    Member.objects.update(role=Role.OWNER)
    page.goto(KEYS)
    say_password(page)
    expect(page.get_by_text("No key yet.")).to_be_visible()
    return page


@pytest.fixture
def answer(live_server, monkeypatch):
    """How a program that shows a key is answered: the status. Nobody remembers what a key was."""
    monkeypatch.setattr("agentscope.projects.read.CACHED_SECONDS", 0)

    def asked(secret: str) -> int:
        asks = Request(f"{live_server.url}/api/v1/traces")
        asks.add_header("Authorization", f"Bearer {secret}")
        try:
            with urlopen(asks) as answered:
                return int(answered.status)
        except HTTPError as refused:
            return refused.code

    return asked


def test_a_key_is_made_replaced_while_both_work_and_revoked(shown, answer):
    shown.get_by_label("For whom or what").fill("ci <b>")
    shown.get_by_label("It may").select_option("read")
    shown.get_by_label("It expires").select_option("in 30 days")
    shown.get_by_role("button", name="Make it").click()
    first, old = secret_of(shown), Key.objects.get()
    expect(shown.get_by_role("heading", name=f"A new key: ci <b> #{old.pk}")).to_be_visible()
    shown.get_by_role("link", name="To the keys").click()
    row = shown.get_by_role("row", name=f"ci <b> #{old.pk} {first[:9]}…")
    expect(row).to_contain_text("works until")
    expect(row).to_contain_text("by ada")
    expect(shown.locator("main")).not_to_contain_text(first)
    assert answer(first) == 200

    row.get_by_role("link", name="Replace").click()
    shown.get_by_label("The old one works for another").select_option("a week")
    shown.get_by_role("button", name="Make the new key").click()
    expect(shown.get_by_text(f"It takes the place of ci <b> #{old.pk}")).to_be_visible()
    second, new = secret_of(shown), Key.objects.latest("pk")
    shown.get_by_role("link", name="To the keys").click()
    expect(row).to_contain_text("replaced until")
    expect(row).to_contain_text(f"by ci <b> #{new.pk}")
    expect(row.get_by_role("link", name="Replace")).to_have_count(0)
    assert (answer(first), answer(second)) == (200, 200)

    row.get_by_role("button", name="Revoke").click()
    expect(shown.get_by_text("Revoked. Every process knows within seconds.")).to_be_visible()
    expect(row).to_contain_text("revoked")
    expect(row.get_by_role("button")).to_have_count(0)
    assert (answer(first), answer(second)) == (401, 200)
    shown.goto("/p/shop/audit/ledger/?group=keys")
    for did in (
        "Revoked the key",
        f"Made the key ci <b> #{new.pk}",
        f"Made the key ci <b> #{old.pk}",
    ):
        expect(shown.get_by_role("row", name=did)).to_contain_text("ada")


def secret_of(page: Page) -> str:
    """The secret of a new key, which the page shows; on its address it is not shown again."""
    expect(page.get_by_text("It is shown this once")).to_be_visible()
    found = page.locator(".secret code").inner_text()
    assert re.fullmatch(r"as_[\w-]{43}", found)
    return found


def test_a_secret_is_not_shown_by_going_back(shown):
    shown.get_by_role("button", name="Make it").click()
    secret = secret_of(shown)
    shown.get_by_role("link", name="To the keys").click()
    shown.go_back()
    expect(shown.locator("body")).not_to_contain_text(secret)


def test_the_pages_fit_a_phone(shown):
    shown.set_viewport_size(NARROW)
    shown.get_by_label("For whom or what").fill("W" * 60)
    shown.get_by_role("button", name="Make it").click()
    secret_of(shown)
    assert shown.evaluate(OVER) == []
    for address in (KEYS, f"{KEYS}{Key.objects.get().pk}/rotate/"):
        shown.goto(address)
        assert shown.evaluate(OVER) == [], address
