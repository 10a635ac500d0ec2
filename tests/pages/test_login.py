"""A person sets up a second factor and logs in by it."""

from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from agentscope.accounts import second_factor
from agentscope.accounts.invitations import invite
from agentscope.accounts.models import Login, SecondFactor
from agentscope.projects.models import Member, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member
from tests.pages.test_axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def ada(live_server, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    user = User.objects.create_user("ada", password=PASSWORD)
    add_member(Project.objects.create(name="shop"), user)
    return user


def say_password(page: Page, name: str = "ada") -> None:
    page.get_by_label("Name").fill(name)
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


def test_an_invitation_is_accepted(page, ada):
    Member.objects.update(role=Role.ADMIN)
    page.goto("/p/shop/settings/invitations/")
    say_password(page)
    page.get_by_label("E-mail").fill("bob@example.com")
    page.get_by_label("Role").select_option("operator")
    page.get_by_role("button", name="Invite").click()
    link = urlsplit(page.locator(".link").inner_text()).path
    expect(page.get_by_role("row", name="bob@example.com")).to_contain_text("operator")
    page.get_by_role("button", name="Log out").click()

    page.goto(link)
    page.get_by_label("Name").fill("bob")
    page.get_by_label("Password", exact=True).fill("another horse battery")
    page.get_by_label("Password confirmation").fill("another horse battery")
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("link", name="Traces", exact=True)).to_be_visible()
    assert Member.objects.get(user__username="bob").role == Role.OPERATOR
    page.get_by_role("button", name="Log out").click()
    say_password(page)
    page.goto("/p/shop/settings/invitations/")
    expect(page.get_by_role("row", name="bob operator")).to_contain_text("0")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_nothing(browser, live_server, ada):
    Member.objects.update(role=Role.ADMIN)
    invite(Project.objects.get(), "bob@example.com", Role.VIEWER, "ada", Role.ADMIN)
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    page = context.new_page()
    page.goto("/login/")
    found = {"/login/": violations(page)}
    say_password(page)
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    for address in ("/account/", "/account/second-factor/", "/p/shop/settings/invitations/"):
        page.goto(address)
        found[address] = violations(page)
    context.close()
    assert set(found.values()) == {""}, found
