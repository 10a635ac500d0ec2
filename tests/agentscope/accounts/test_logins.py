"""Logins: told to ledgers, seen while they last, and over when somebody ends them."""

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from agentscope.accounts import logins, tasks, told
from agentscope.accounts.attempts import at_code, at_password
from agentscope.accounts.logins import By, end, enter, logins_of
from agentscope.accounts.models import Failures, Login
from agentscope.projects.changes import INSTALLATION, changes_of
from agentscope.projects.models import Project, User
from tests.agentscope.accounts.conftest import request_from

AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def sentences(ledger):
    return [(each.who, each.what) for each in changes_of(ledger, None, 99)]


def test_a_login_is_told_to_the_projects_of_the_user_and_to_the_installation(alice, project):
    other = Project.objects.create(name="other")
    enter(request_from(**AGENT), alice, By.CODE, 3)
    wanted = [("alice", "Logged in by password and code, after 3 failed attempts")]
    assert sentences(project.pk) == sentences(INSTALLATION) == wanted
    assert sentences(other.pk) == []
    (change,) = changes_of(project.pk, None, 9)
    assert change.details == {
        "by": "code",
        "address": "192.0.2.1",
        "browser": AGENT["user-agent"],
        "failures": 3,
    }


def test_the_session_is_another_one_and_keeps_nothing_of_before(alice):
    request = request_from()
    request.session["planted"] = True
    request.session.save()
    before = request.session.session_key
    enter(request, alice, By.PASSWORD)
    assert request.session.session_key != before
    assert "planted" not in request.session
    assert not Session.objects.filter(session_key=before).exists()


def test_a_login_that_is_ended_lets_nobody_in(alice, project):
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(alice)
        assert client.get("/account/").status_code == 200
    ended = logins_of(alice).get(session_id=there.session.session_key)
    assert end(alice, [ended], "ada") == 1
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert sentences(project.pk) == [("ada", "Ended 1 login of alice")]


def test_nobody_ends_logins_of_somebody_else(alice):
    bob = User.objects.create_user("bob", password="secret")
    enter(request_from(), bob, By.PASSWORD)
    assert end(alice, list(Login.objects.all()), "alice") == 0
    assert logins_of(bob).count() == 1


def test_a_login_is_seen_at_most_once_a_minute(alice, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(logins, "_touched", {})
    now = [100.0]
    monkeypatch.setattr(logins.time, "monotonic", lambda: now[0])
    request = request_from()
    enter(request, alice, By.PASSWORD)
    with django_assert_num_queries(1):
        logins.touch(request, alice)
        logins.touch(request, alice)
    now[0] += logins.TOUCH_EVERY
    request.META["REMOTE_ADDR"] = "192.0.2.77"
    logins.touch(request, alice)
    assert logins_of(alice).get().address == "192.0.2.77"


def test_what_is_remembered_of_sessions_is_bounded(alice, monkeypatch):
    monkeypatch.setattr(logins, "_touched", {str(number): 0.0 for number in range(logins.TOUCHED)})
    request = request_from()
    enter(request, alice, By.PASSWORD)
    logins.touch(request, alice)
    assert len(logins._touched) == 1


def test_a_session_from_before_there_were_rows_has_one_once_it_is_used(alice, client):
    client.force_login(alice)
    assert logins_of(alice).count() == 0
    client.get("/account/", headers=AGENT)
    assert "Firefox" in logins_of(alice).get().browser


def test_sessions_that_are_over_are_not_listed_and_then_deleted(alice):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        enter(request_from(), alice, By.PASSWORD)
        clock.shift(15 * 86_400)
        assert logins_of(alice).count() == 0
        assert Login.objects.count() == 1
        tasks.forget()
    assert (Login.objects.count(), Session.objects.count()) == (0, 0)


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


def test_failures_are_told_a_moment_later_and_not_each(alice, project, clock):
    for _ in range(3):
        at_password(request_from(), "alice")
    tasks.tell()
    assert sentences(project.pk) == []  # the last may still be looked at
    clock.shift(told.SETTLED.total_seconds() + 1)
    tasks.tell()
    tasks.tell()
    assert sentences(project.pk) == [
        ("alice", "3 wrong passwords for alice, since the last right one")
    ]
    (change,) = changes_of(project.pk, None, 9)
    assert change.details == {"failures": 3, "address": "192.0.2.1", "counted_by": "account"}


def test_who_guesses_for_days_does_not_fill_a_ledger(alice, project, clock):
    for _ in range(100):
        assert at_password(request_from(), "alice").refused_until is None
        clock.shift(3600)
        tasks.tell()
    told = [change.details["failures"] for change in changes_of(project.pk, None, 99)]
    assert told == [64, 32, 16, 8, 4, 2, 1]


def test_names_without_an_account_are_told_to_nobody(alice, project, clock):
    at_password(request_from(), "nobody")
    clock.shift(60)
    assert told.tell_failures() == 0
    assert Failures.objects.count() == 2


def test_wrong_codes_are_told_too(alice, project, clock):
    at_code(request_from(), alice)
    clock.shift(60)
    assert told.tell_failures() == 1
    assert sentences(project.pk) == [("alice", "1 wrong code for alice, since the last right one")]
