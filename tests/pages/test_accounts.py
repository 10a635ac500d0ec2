"""Several people of one installation: their logins, what is required of them, and their roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from agentscope.accounts import provider as provider_module
from agentscope.accounts import second_factor
from agentscope.accounts.models import Login, SecondFactor
from agentscope.projects.membership import set_role_everywhere
from agentscope.projects.models import Member, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member
from tests.kit.provider import CLIENT, SECRET, running_provider
from tests.pages.test_login import NARROW, PASSWORD, ada, say_code, say_password  # noqa: F401
from tests.pages.test_long_names import OVER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TRACES, MEMBERS = "/p/shop/traces/", "/p/shop/settings/members/"


@pytest.fixture
def owner(ada):  # noqa: F811
    """Ada, who owns all projects of the organisation."""
    project = Project.objects.get()
    set_role_everywhere(project.organisation, ada, Role.OWNER)
    Member.objects.update(role=Role.OWNER)
    return ada


@pytest.fixture
def bob(owner):
    """Somebody who reads."""
    user = User.objects.create_user("bob", password=PASSWORD)
    add_member(Project.objects.get(), user, Role.VIEWER)
    return user


@contextmanager
def another(browser: Browser, origin: str, name: str) -> Iterator[Page]:
    """The page of another browser in which somebody is logged in."""
    with browser.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/account/")
        say_password(page, name)
        expect(page.get_by_role("link", name="Account")).to_be_visible()
        yield page


def is_out(page: Page) -> None:
    """Whoever is there has to log in again."""
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_login_is_ended_from_elsewhere(page, owner, bob, browser, live_server):
    page.goto("/account/")
    say_password(page)
    with another(browser, live_server.url, "ada") as theirs:
        page.reload()
        logins = page.get_by_role("region", name="Where you are logged in").get_by_role("row")
        expect(logins).to_have_count(3)  # with the head
        expect(logins.filter(has_text="here, now").get_by_role("button")).to_have_count(0)
        logins.get_by_role("button", name="End the login of Chrome on Linux").click()
        expect(page.get_by_role("status").filter(has_text="Ended.")).to_be_visible()
        expect(logins).to_have_count(2)
        is_out(theirs)
    with another(browser, live_server.url, "bob") as theirs:
        page.goto("/p/shop/settings/invitations/")
        page.get_by_role("button", name="End the logins of bob").click()
        expect(page.get_by_role("row", name="bob viewer")).to_contain_text("0")
        is_out(theirs)
    page.goto("/p/shop/audit/ledger/?group=logins")
    expect(page.get_by_role("row", name="Ended").first).to_contain_text("ada")


def test_an_organisation_requires_a_second_factor(
    page, owner, bob, browser, live_server, monkeypatch
):
    now = second_factor.time.time()
    monkeypatch.setattr(second_factor, "clock", lambda: now)
    page.goto(MEMBERS)
    say_password(page)
    part = page.get_by_role("region", name="Second factor")
    part.get_by_role("button", name="Require a second factor").click()
    expect(part.get_by_role("alert")).to_contain_text("set one up on your account page first")
    page.goto("/account/second-factor/")
    set_up(page, now)
    with another(browser, live_server.url, "bob") as theirs:
        page.goto(MEMBERS)
        part.get_by_role("button", name="Require a second factor").click()
        expect(part).to_contain_text("default requires one")
        is_out(theirs)
        say_password(theirs, "bob")
        expect(theirs.get_by_text("asks everybody for a code")).to_be_visible()
        set_up(theirs, now)
        expect(theirs.get_by_role("heading", name="Your account")).to_be_visible()
    assert {factor.user for factor in SecondFactor.objects.all()} == {owner, bob}


def set_up(page: Page, now: float) -> None:
    """Confirm a second factor by the code that an authenticator shows now."""
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    say_code(page, totp.at(now), "Confirm")
    page.get_by_role("link", name="I have kept them").click()


def test_a_role_is_given_changed_and_taken(page, owner, bob):
    bob.memberships.all().delete()
    page.goto(MEMBERS)
    say_password(page)
    people = page.get_by_role("region", name="Who sees this project")
    adds = page.get_by_role("region", name="Add somebody who has an account")
    adds.get_by_label("Name").fill("bob")
    adds.get_by_label("Role").select_option("viewer")
    adds.get_by_role("button", name="Add").click()
    people.get_by_label("Role of bob").select_option("operator")
    people.get_by_role("button", name="Change the role of bob").click()
    expect(people.get_by_role("row", name="bob")).to_contain_text("operator")
    assert Member.objects.get(user=bob).role == Role.OPERATOR
    people.get_by_role("button", name="Remove bob").click()
    expect(people.get_by_role("row", name="bob")).to_have_count(0)
    page.set_viewport_size(NARROW)
    assert page.evaluate(OVER) == []


# What could be pressed to change something: forms, and links to them.
ACTS = """() => {
    const isOffered = (it) => it.type === "submit" && !it.matches(":disabled");
    const forms = [...document.querySelectorAll("main form[method=post]")]
        .filter((form) => [...form.elements].some(isOffered))
        .map((form) => form.getAttribute("action") || location.pathname);
    const links = [...document.querySelectorAll("main a[href]")].map((link) => link.pathname)
        .filter((path) => /[/](new|edit|set|rotate|remove|hold|lift)[/]$/.test(path));
    return [...forms, ...links];
}"""
PAGES = (
    *("traces/", "findings/", "alerts/", "alerts/rules/", "alerts/channels/"),
    *("alerts/mutes/", "budgets/", "budgets/stops/", "budgets/lifts/", "budgets/otherwise/"),
    *("prices/", "prices/unpriced/", "problems/", "settings/"),
    *("settings/mappings/", "settings/detectors/", "settings/tools/", "settings/redaction/"),
    *("settings/storage/", "settings/storage/holds/", "settings/storage/erasures/"),
    *("settings/members/", "settings/keys/", "settings/jobs/", "audit/decisions/"),
    *("audit/reviews/", "audit/reviews/queues/", "audit/reviews/two-people/", "audit/packs/"),
    *("audit/ledger/", "audit/ledger/checkpoints/"),
)
# Who may read the audit may have it verified, and take it along.
READING = {"ledger/verify/", "ledger/take/", "packs/new/"}


def acts(page: Page) -> set[str]:
    """What may be pressed on all pages."""
    found = set()
    for address in PAGES:
        page.goto(f"/p/shop/{address}")
        found.update(page.evaluate(ACTS))
    return found


def test_an_auditor_sees_all_and_is_offered_nothing_to_change(page, owner):
    page.goto(TRACES)
    say_password(page)
    offered = acts(page)
    assert len(offered) > 20
    Project.objects.get().organisation.members.all().delete()
    Member.objects.update(role=Role.AUDITOR)
    assert acts(page) == {f"/p/shop/audit/{each}" for each in READING}
    page.goto("/p/shop/settings/")
    expect(page.get_by_text("Only owners and admins")).to_be_visible()


def test_a_login_by_a_provider_of_identities(page, owner, live_server, settings, monkeypatch):
    monkeypatch.setattr(provider_module, "_kept", {})
    settings.AGENTSCOPE_OIDC_CLIENT_ID, settings.AGENTSCOPE_OIDC_CLIENT_SECRET = CLIENT, SECRET
    settings.AGENTSCOPE_OIDC_NAME, settings.AGENTSCOPE_OIDC_PROJECT = "Keycloak", "shop"
    settings.AGENTSCOPE_OIDC_DOMAINS = ["example.com"]
    settings.AGENTSCOPE_PUBLIC_URL = live_server.url
    with running_provider() as provider:
        settings.AGENTSCOPE_OIDC_ISSUER = provider.issuer
        page.goto("/account/")
        page.set_viewport_size(NARROW)
        assert page.evaluate(OVER) == []
        page.get_by_role("link", name="Log in by Keycloak").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("You are ann, ann@example.com.")).to_be_visible()
    expect(page.get_by_role("row", name="here, now")).to_contain_text(
        "by the provider of identities"
    )
    assert "/authorize" in provider.asked
    assert Login.objects.get().user.username == "ann"
    page.goto(TRACES)
    expect(page.get_by_role("link", name="Traces", exact=True)).to_be_visible()
