"""The own account: password, second factor, and where one is logged in."""

from __future__ import annotations

import re

import pyotp
import pytest
import time_machine
from django.test import Client

from agentscope.accounts.attempts import LIMITS, Kind
from agentscope.accounts.models import RecoveryCode, SecondFactor
from agentscope.accounts.second_factor import has_second_factor
from agentscope.projects.changes import INSTALLATION, changes_of
from agentscope.projects.models import User
from tests.test_every_route import OWN

PASSWORD = "correct horse battery"
NEW = {"old_password": PASSWORD, "new_password1": "a b c d e f", "new_password2": "a b c d e f"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


@pytest.fixture
def alice(alice, production):
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def logged_in(**options):
    client = Client(**options)
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    return client


@pytest.fixture
def mine(alice, clock):
    return logged_in()


@pytest.fixture
def totp(mine, clock):
    """Set up by the pages."""
    page = mine.get("/account/second-factor/")
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")
    found = pyotp.TOTP(secret)
    shown = mine.post("/account/second-factor/", {"code": found.now()})
    assert "they are not shown again" in shown.text
    clock.shift(600)
    return found


@pytest.mark.parametrize("route", sorted(OWN))
def test_it_asks_for_a_login_and_for_a_token(alice, route):
    for method in (Client().get, Client().post):
        answer = method(f"/{route}")
        assert answer.status_code in (302, 405)
        assert answer.get("Location", "/login/").startswith("/login/")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(alice)
    assert careful.post(f"/{route}").status_code in (403, 405)


def test_times_of_logins_say_that_they_are_utc(mine, clock):
    clock.shift(600)
    logged_in()
    page = mine.get("/account/").text
    assert page.count("2026-03-01 12:10 UTC") == 2
    assert "2026-03-01 12:00 UTC" in page


@pytest.mark.parametrize("route", sorted(OWN))
def test_where_nobody_logs_in_it_is_not_there(client, embedded, db, route):
    for method in (client.get, client.post):
        assert method(f"/{route}").status_code in (404, 405)


def test_another_password_ends_all_other_logins(mine, alice):
    other = logged_in()
    before = mine.cookies["sessionid"].value
    answer = mine.post("/account/password/", NEW)
    assert answer["Location"] == "/account/?done=password"
    assert mine.cookies["sessionid"].value != before
    assert "all your other logins have ended" in mine.get(answer["Location"]).text
    assert other.get("/account/").status_code == 302
    assert Client().post("/login/", {"username": "alice", "password": PASSWORD}).status_code == 200
    said = [change.what for change in changes_of(INSTALLATION, None, 2)]
    assert said == ["Changed the own password", "Ended 1 login of alice: another password"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"old_password": "wrong"}, "That is not your password."),
        ({"old_password": ""}, "This field is required."),
        ({"new_password2": "another one"}, "The two password fields didn"),
        ({"new_password1": "short", "new_password2": "short"}, "This password is too short."),
    ],
)
def test_a_password_that_cannot_be_set_says_why(mine, alice, wrong, said):
    page = mine.post("/account/password/", NEW | wrong)
    assert page.status_code == 200
    assert said in page.text
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_who_stole_a_session_does_not_guess_the_password(mine):
    for _ in range(LIMITS[Kind.AGAIN].free + 1):
        assert (
            "not your password" in mine.post("/account/password/", NEW | {"old_password": "x"}).text
        )
    refused = mine.post("/account/password/", NEW)
    assert "Too many wrong passwords. Try again in 30 seconds." in refused.text


def test_a_second_factor_is_set_up_by_a_code(mine, alice, totp):
    assert has_second_factor(alice)
    page = mine.get("/account/")
    assert "On since 1 March 2026" in page.text
    assert "10 of 10 recovery codes left" in page.text
    assert mine.get("/account/second-factor/")["Location"] == "/account/"


def test_the_qr_code_is_a_picture_that_the_policy_allows(mine):
    page = mine.get("/account/second-factor/").text
    picture = re.search(r'<svg class="qr".*?</svg>', page, re.DOTALL)[0]
    assert "style" not in picture
    assert re.search(r'd="(M\d+ \d+h1v1h-1z)+"', picture)


def test_it_is_switched_off_by_password_and_code_together(mine, alice, totp):
    code = totp.now()
    for wrong in ({"password": "x"}, {"code": "000000"}, {"code": ""}, {"password": ""}):
        said = {"password": PASSWORD, "code": code} | wrong
        page = mine.post("/account/second-factor/off/", said)
        assert page.status_code == 200
        assert "<details open>" in page.text
        assert has_second_factor(alice)
    answer = mine.post("/account/second-factor/off/", {"password": PASSWORD, "code": code})
    assert "your password alone lets you in" in mine.get(answer["Location"]).text
    assert not has_second_factor(alice)
    assert not RecoveryCode.objects.exists()


def test_where_it_is_required_it_stays_on(mine, alice, totp, settings):
    settings.AGENTSCOPE_REQUIRE_TOTP = True
    assert "cannot be switched off" in mine.get("/account/").text
    before = alice.second_factor.secret
    assert mine.get("/account/second-factor/")["Location"] == "/account/"
    answer = mine.post("/account/second-factor/off/", {"password": PASSWORD, "code": totp.now()})
    assert answer["Location"] == "/account/second-factor/"
    page = mine.get(answer["Location"]).text
    assert SecondFactor.objects.get().secret == before
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    mine.post("/account/second-factor/", {"code": pyotp.TOTP(secret).now()})
    assert SecondFactor.objects.get().secret != before
    assert mine.get("/account/second-factor/")["Location"] == "/account/"


def test_recovery_codes_are_made_anew_by_password(mine, alice, totp):
    before = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert "not your password" in mine.post("/account/second-factor/codes/", {"password": "x"}).text
    shown = mine.post("/account/second-factor/codes/", {"password": PASSWORD})
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", shown.text)) == 10
    assert not before & set(RecoveryCode.objects.values_list("digest", flat=True))


def test_without_a_second_factor_there_are_no_recovery_codes(mine, alice):
    mine.post("/account/second-factor/codes/", {"password": PASSWORD})
    assert not RecoveryCode.objects.exists()


def test_logins_are_listed_and_ended(mine):
    others = [logged_in(headers={"user-agent": FIREFOX}) for _ in range(3)]
    page = mine.get("/account/").text
    assert page.count("Firefox on Windows") == 6  # the row, and its button for those who hear it
    assert "here, now" in page
    number = re.findall(r'name="login" value="(\d+)"', page)[0]
    mine.post("/account/logins/end/", {"login": number})
    assert sorted(each.get("/account/").status_code for each in others) == [200, 200, 302]
    mine.post("/account/logins/end/")
    assert [each.get("/account/").status_code for each in others] == [302] * 3
    assert mine.get("/account/").status_code == 200


@pytest.mark.parametrize("number", ["x", "0", "9" * 40, "-1"])
def test_what_is_no_login_ends_none(mine, number):
    other = logged_in()
    mine.post("/account/logins/end/", {"login": number})
    assert other.get("/account/").status_code == 200


def test_logins_of_somebody_else_are_not_ended(mine, alice, db):
    bob = User.objects.create_user("bob", password=PASSWORD)
    his = Client()
    his.post("/login/", {"username": "bob", "password": PASSWORD})
    mine.post("/account/logins/end/", {"login": str(bob.logins.get().pk)})
    assert his.get("/account/").status_code == 200


def test_what_a_browser_says_of_itself_is_escaped(mine):
    logged_in(headers={"user-agent": "<script>Firefox</script>"})
    page = mine.get("/account/").text
    assert "<script>Firefox" not in page
    assert page.count("Firefox") == 2
