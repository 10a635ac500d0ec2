"""The way in: guessing is hopeless, sessions are new, and nobody learns who has an account."""

from __future__ import annotations

import re

import pyotp
import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from agentscope.accounts.attempts import LIMITS, Kind
from agentscope.accounts.models import RecoveryCode
from agentscope.accounts.second_factor import (
    has_second_factor,
    new_recovery_codes,
    new_secret,
    set_up,
    unlocked,
)
from agentscope.environment import https_origins
from agentscope.projects.models import User

FREE = LIMITS[Kind.ACCOUNT].free + 1  # attempts without a wait
LIST = "/p/shop/traces/"
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


@pytest.fixture
def log_in(client, alice, production):
    return lambda name, password, **said: client.post(
        "/login/", {"username": name, "password": password} | said
    )


@pytest.fixture
def totp(alice, clock):
    """Alice's authenticator, set up a while ago."""
    locked = new_secret()
    found = pyotp.TOTP(unlocked(locked))
    set_up(alice, locked, found.now())
    clock.shift(600)
    return found


def is_in(client):
    return client.get(LIST).status_code == 200


def test_after_some_wrong_passwords_the_right_one_has_to_wait(log_in, client, clock):
    for _ in range(FREE):
        assert log_in("Alice", "wrong").status_code == 200
    refused = log_in("alice", "secret")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "10"
    assert "Too many wrong passwords. Try again in 10 seconds." in refused.text
    assert 'name="password"' in refused.text
    assert log_in("bob", "wrong").status_code == 200
    clock.shift(10)
    assert log_in("alice", "secret").status_code == 302
    assert is_in(client)


def test_the_right_password_forgets_the_wrong_ones(log_in, client, clock):
    for _ in range(2):
        for _ in range(FREE - 1):
            log_in("alice", "wrong")
        assert log_in("alice", "secret").status_code == 302
        client.post("/logout/")


def test_who_logged_in_here_before_is_not_kept_out_by_strangers(log_in, client, clock):
    log_in("alice", "secret")
    client.post("/logout/")
    stranger = Client()
    said = {"username": "alice", "password": "wrong"}
    answers = [stranger.post("/login/", said).status_code for _ in range(FREE + 2)]
    assert answers[-1] == 429
    assert log_in("alice", "secret").status_code == 302


def test_what_was_left_empty_is_no_attempt(log_in, clock):
    for _ in range(FREE + 1):
        assert log_in("alice", "").status_code == 200
        assert log_in(" ", "x").status_code == 200
    assert log_in("alice", "secret").status_code == 302


def test_accounts_that_do_not_exist_are_answered_alike(log_in, client, clock, monkeypatch):
    User.objects.create_user("gone", password="secret", is_active=False)
    User.objects.create_user("of the provider")  # without a password
    hashed = []
    make = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(make, lambda self, *said: hashed.append(said) or "md5$x$y")
    answers = {}
    for name in ("alice", "nobody", "gone", "of the provider"):
        hashed.clear()
        answer = log_in(name, "wrong")
        text = re.sub(r'value="[^"]*"|X-CSRFToken": "\w+|&quot;', "", answer.text)
        answers[name] = (answer.status_code, text, len(hashed))
    assert set(answers.values()) == {answers["alice"]}
    assert answers["alice"][2] == 1


def test_the_session_is_another_one_after_a_login(log_in, client):
    client.get("/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    log_in("alice", "secret")
    assert client.cookies["sessionid"].value != before
    assert "planted" not in client.session
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "javascript:x", "/\\evil.example", "\n//e"],
)
def test_a_login_leads_nowhere_else(client, alice, production, clock, address):
    said = {"username": "alice", "password": "secret", "next": address}
    assert client.post("/login/", said)["Location"] == "/"
    client.post("/logout/")
    locked = new_secret()
    totp = pyotp.TOTP(unlocked(locked))
    set_up(alice, locked, totp.now())
    clock.shift(60)
    client.post("/login/", said)
    answer = client.post("/login/code/?next=" + address, {"code": totp.now()})
    assert answer["Location"] == "/"


def test_a_login_leads_where_it_was_asked_for(log_in):
    assert log_in("alice", "secret", next=f"{LIST}?q=x")["Location"] == f"{LIST}?q=x"


def test_a_code_is_asked_for_after_the_password(log_in, client, totp):
    answer = log_in("alice", "secret", next=LIST)
    assert answer["Location"] == "/login/code/?next=%2Fp%2Fshop%2Ftraces%2F"
    assert not is_in(client)
    assert client.get("/account/").status_code == 302
    assert client.get("/api/v1/traces").status_code == 401
    between = client.cookies["sessionid"].value
    assert "not right" in client.post(answer["Location"], {"code": "000000"}).text
    assert client.post(answer["Location"], {"code": totp.now()})["Location"] == LIST
    assert is_in(client)
    assert client.cookies["sessionid"].value != between
    thief = Client()
    thief.cookies["sessionid"] = between
    assert not is_in(thief)


def test_who_planted_the_session_is_not_at_the_second_step(log_in, client, totp):
    client.get("/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    assert log_in("alice", "secret")["Location"].startswith("/login/code/")
    assert "planted" not in client.session
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/login/code/")["Location"] == "/login/"


def test_a_code_works_once(log_in, client, totp):
    code = totp.now()
    for status in (302, 200):
        log_in("alice", "secret")
        assert client.post("/login/code/", {"code": code}).status_code == status
        client.post("/logout/")


def test_a_recovery_code_works_once(log_in, client, alice, totp):
    code = new_recovery_codes(alice)[0]
    for status in (302, 200):
        log_in("alice", "secret")
        assert client.post("/login/code/", {"code": code}).status_code == status
        client.post("/logout/")


def test_guessing_codes_is_hopeless_too(log_in, client, totp, clock):
    log_in("alice", "secret")
    for _ in range(LIMITS[Kind.CODE].free + 1):
        assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    for _ in range(2):  # a new login is no new chance
        refused = client.post("/login/code/", {"code": totp.now()})
        assert refused.status_code == 429
        assert "Too many wrong codes. Try again in 30 seconds." in refused.text
        client.cookies.clear()
        log_in("alice", "secret")


@pytest.mark.parametrize("meanwhile", ["time", "password", "inactive"])
def test_the_second_step_does_not_wait_for_ever(log_in, client, alice, totp, clock, meanwhile):
    log_in("alice", "secret")
    if meanwhile == "time":
        clock.shift(601)
    elif meanwhile == "password":
        alice.set_password("another")
    else:
        alice.memberships.update(role="admin")  # no owner who is the last
        alice.is_active = False
    alice.save()
    answer = client.post("/login/code/", {"code": totp.now()})
    assert answer["Location"] == "/login/"
    assert not is_in(client)


def test_without_the_first_step_there_is_no_second(client, alice, production):
    assert client.get("/login/code/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": "000000"})["Location"] == "/login/"


def test_where_a_second_factor_is_required_it_is_set_up_first(
    log_in, client, alice, settings, clock
):
    settings.AGENTSCOPE_REQUIRE_TOTP = True
    answer = log_in("alice", "secret", next=LIST)
    page = client.get(answer["Location"])
    assert not is_in(client)
    assert "asks everybody for a code" in page.text
    secret = SECRET.search(page.text)[1].replace(" ", "")
    assert SECRET.search(client.get(answer["Location"]).text)[1].replace(" ", "") == secret
    assert "not the code" in client.post(answer["Location"], {"code": "000000"}).text
    shown = client.post(answer["Location"], {"code": pyotp.TOTP(secret).now()})
    assert f'href="{LIST}"' in shown.text
    assert (
        len(re.findall(r"<code>[a-z2-7-]{19}</code>", shown.text)) == RecoveryCode.objects.count()
    )
    assert is_in(client)


def test_who_knows_the_password_alone_never_sees_the_secret_of_the_owner(
    log_in, client, alice, settings, clock
):
    settings.AGENTSCOPE_REQUIRE_TOTP = True
    thief, secrets = Client(), []
    for each in (thief, client):
        each.post("/login/", {"username": "alice", "password": "secret"})
        secrets.append(SECRET.search(each.get("/login/code/").text)[1].replace(" ", ""))
    assert secrets[0] != secrets[1]
    client.post("/login/code/", {"code": pyotp.TOTP(secrets[1]).now()})
    assert has_second_factor(alice)
    answer = thief.post("/login/code/", {"code": pyotp.TOTP(secrets[0]).now()})
    assert answer.status_code == 200
    assert not is_in(thief)


def test_where_it_becomes_required_logins_without_it_end(log_in, client, settings):
    log_in("alice", "secret")
    assert is_in(client)
    settings.AGENTSCOPE_REQUIRE_TOTP = True
    assert not is_in(client)
    assert client.get("/api/v1/traces").status_code == 401


def test_login_and_logout_cannot_be_called_by_other_sites(alice, production):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login/", {"username": "alice", "password": "secret"}).status_code == 403
    assert client.post("/login/code/", {"code": "000000"}).status_code == 403
    client.force_login(alice)
    assert client.post("/logout/").status_code == 403
    assert client.get("/logout/").status_code == 405


def test_a_logout_ends_the_session(log_in, client):
    log_in("alice", "secret")
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(thief)
    client.post("/logout/")
    assert not is_in(thief)


@pytest.mark.parametrize("host", ["agentscope.example.com", "agentscope.example.com:8443"])
def test_login_works_behind_a_proxy_that_speaks_https(alice, production, settings, host):
    settings.ALLOWED_HOSTS = ["agentscope.example.com"]
    settings.CSRF_TRUSTED_ORIGINS = https_origins(settings.ALLOWED_HOSTS)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(enforce_csrf_checks=True, headers={"host": host, "x-forwarded-proto": "https"})
    client.get("/login/")
    said = {"username": "alice", "password": "secret"}
    said["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    foreign = {"origin": "https://evil.example"}
    assert client.post("/login/", said, headers=foreign).status_code == 403
    assert client.post("/login/", said, headers={"origin": f"https://{host}"}).status_code == 302


def test_cookies_are_sent_by_https_only_where_there_is_https(log_in, client, settings):
    settings.SESSION_COOKIE_SECURE = True
    log_in("alice", "secret")
    for name in ("sessionid", "known"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize("weak", ["short", "password123", "alice-alice"])
def test_weak_passwords_are_refused_where_they_are_set(weak):
    with pytest.raises(ValidationError):
        validate_password(weak, User(username="alice-alice"))


@pytest.mark.django_db
def test_where_nobody_logs_in_there_is_no_login(client, embedded):
    assert client.get("/login/")["Location"] == "/"
    assert client.get("/login/code/").status_code == 404
    assert client.get("/account/").status_code == 404
