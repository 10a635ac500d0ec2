"""Guessing passwords is made hopeless, and nobody else has to wait for it."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from agentscope.environment import https_origins
from agentscope.projects.models import User
from ui import attempts as attempts_module
from ui.attempts import MOST, REMEMBERED, WITHIN, Attempts
from ui.views import entry

FEW = 2
WHO, ANOTHER = ("alice", "10.0.0.1"), ("bob", "10.0.0.1")


def test_failures_are_counted_for_a_while():
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(MOST):
        assert not attempts.are_too_many(WHO)
        attempts.note(WHO)
    assert attempts.are_too_many(WHO)
    assert not attempts.are_too_many(ANOTHER)
    now[0] += WITHIN
    assert not attempts.are_too_many(WHO)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(attempts_module, "REMEMBERED", 100)
    attempts = Attempts()
    for number in range(250):
        attempts.note((f"user-{number}", "10.0.0.1"))
    assert len(attempts.failed) <= 100 < REMEMBERED


@pytest.fixture
def log_in(client, monkeypatch, alice, production):
    monkeypatch.setattr(entry, "attempts", Attempts())
    monkeypatch.setattr(attempts_module, "MOST", FEW)  # hashing takes its time
    return lambda name, password: client.post("/login/", {"username": name, "password": password})


def test_after_some_wrong_passwords_the_right_one_has_to_wait(log_in):
    for _ in range(FEW):
        assert log_in("Alice", "wrong").status_code == 200
    refused = log_in("alice", "secret")
    assert refused.status_code == 429
    assert "Try again in five minutes" in refused.text
    assert 'name="password"' in refused.text
    assert log_in("bob", "wrong").status_code == 200


def test_the_right_password_forgets_the_wrong_ones(log_in, client):
    for _ in range(2):
        for _ in range(FEW - 1):
            log_in("alice", "wrong")
        assert log_in("alice", "secret").status_code == 302
        client.logout()


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "javascript:x"])
def test_a_login_leads_nowhere_else(client, alice, production, address):
    said = {"username": "alice", "password": "secret", "next": address}
    assert client.post(f"/login/?next={address}", said)["Location"] == "/"


def test_login_and_logout_cannot_be_called_by_other_sites(alice, production):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login/", {"username": "alice", "password": "secret"}).status_code == 403
    client.force_login(alice)
    assert client.post("/logout/").status_code == 403
    assert client.get("/logout/").status_code == 405


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


@pytest.mark.parametrize("weak", ["short", "password123", "alice-alice"])
def test_weak_passwords_are_refused_where_they_are_set(weak):
    with pytest.raises(ValidationError):
        validate_password(weak, User(username="alice-alice"))
