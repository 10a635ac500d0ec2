"""A person sets up a second factor and logs in by it."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from agentscope.accounts import second_factor
from agentscope.accounts.models import Login, SecondFactor
from agentscope.projects.models import Project, User
from agentscope.projects.write import add_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def ada(live_server, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    user = User.objects.create_user("ada", password=PASSWORD)
    add_member(Project.objects.create(name="shop"), user)
    return user


def say_password(page: Page) -> None:
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def say_code(page: Page, code: str, button: str) -> None:
    page.get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("button", name=button).click()


def test_a_login_with_a_second_factor(page, ada, monkeypatch):
    page.goto("/p/shop/traces/")
    say_password(page)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Set up a second factor").click()
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    now = [second_factor.time.time()]
    monkeypatch.setattr(second_factor, "clock", lambda: now[0])
    say_code(page, totp.at(now[0]), "Confirm")
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("10 of 10 recovery codes left")
    page.get_by_role("button", name="Log out").click()

    say_password(page)
    say_code(page, totp.at(now[0]), "Log in")  # it was used already
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    now[0] += second_factor.STEP
    say_code(page, totp.at(now[0]), "Log in")
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    page.get_by_role("button", name="Log out").click()

    say_password(page)
    say_code(page, code, "Log in")
    page.goto("/account/")
    expect(page.locator("main")).to_contain_text("9 of 10 recovery codes left")
    assert SecondFactor.objects.count() == Login.objects.count() == 1


@pytest.mark.parametrize("is_required", [False, True])
def test_the_pages_fit_a_phone(page, ada, settings, is_required):
    settings.AGENTSCOPE_REQUIRE_TOTP = is_required
    page.set_viewport_size(NARROW)
    page.goto("/account/")
    say_password(page)
    for address in ("/account/", "/account/second-factor/"):
        if not is_required:
            page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        expect(page.get_by_role("heading", level=1)).to_be_visible()
