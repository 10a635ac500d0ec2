"""Guessing is made hopeless over all processes, and nobody keeps somebody else out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from agentscope.accounts.attempts import (
    FORGOTTEN_AFTER,
    LIMITS,
    Kind,
    Limit,
    at_code,
    at_password,
    forget_old,
)
from agentscope.accounts.known import COOKIE, make_known
from agentscope.accounts.models import Failures
from agentscope.projects.models import User
from tests.agentscope.accounts.conftest import request_from

FREE = LIMITS[Kind.ACCOUNT].free
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


def is_refused(name="alice", address="192.0.2.1"):
    return at_password(request_from(address), name).refused_until is not None


def guess_until_refused(name="alice", address="192.0.2.1"):
    """How many tries were free. Fails if far too many are."""
    for tries in range(10 * FREE):
        if is_refused(name, address):
            return tries
    raise AssertionError("nobody is ever refused")


def test_waits_double_up_to_the_longest():
    limit = Limit(2, timedelta(seconds=10), timedelta(seconds=60))
    waits = [limit.wait(failures).total_seconds() for failures in range(8)]
    assert waits == [0, 0, 0, 10, 20, 40, 60, 60]
    assert limit.wait(10**6) == timedelta(seconds=60)


def test_after_some_wrong_passwords_the_next_one_has_to_wait(alice, clock):
    assert guess_until_refused() == FREE + 1
    clock.shift(10 * SECOND - timedelta(milliseconds=1))
    assert is_refused()
    clock.shift(timedelta(milliseconds=1))
    assert not is_refused()
    clock.shift(19 * SECOND)
    assert is_refused()


def test_what_is_refused_does_not_make_the_wait_longer(alice, clock):
    guess_until_refused()
    until = at_password(request_from(), "alice").refused_until
    assert [at_password(request_from(), "alice").refused_until for _ in range(50)] == [until] * 50


def test_no_wait_is_longer_than_some_minutes_whatever_an_attacker_does(alice, clock):
    for _ in range(100):
        guess_until_refused()
        until = at_password(request_from(), "alice").refused_until
        assert until - timezone.now() <= LIMITS[Kind.ADDRESS].longest
        clock.move_to(until)


def test_case_and_address_do_not_help(alice, clock):
    for number in range(FREE + 1):
        assert not is_refused("aLiCe" if number % 2 else "Alice", f"192.0.2.{number}")
    assert is_refused("ALICE", "198.51.100.1")
    assert not is_refused("bob", "198.51.100.1")


@pytest.mark.parametrize(
    "spelt",
    [
        "\uff41lice",
        "\U0001d41a\U0001d425\U0001d422\U0001d41c\U0001d41e",
        "ali\u217de",
        "ALIC\u2147",
    ],
)
def test_other_letters_for_the_same_name_do_not_help(alice, clock, spelt):
    assert User.normalize_username(spelt).lower() == "alice"
    guess_until_refused()
    assert is_refused(spelt, "198.51.100.1")


def test_one_address_cannot_try_one_password_on_many_accounts(db, clock):
    free = LIMITS[Kind.ADDRESS].free
    tries = [is_refused(f"user {number}") for number in range(free + 2)]
    assert tries == [False] * (free + 1) + [True]
    assert not is_refused("user 0", "192.0.2.2")


def test_a_network_of_ipv6_is_one_address(db, clock):
    for number in range(LIMITS[Kind.ADDRESS].free + 1):
        assert not is_refused(f"user {number}", f"2001:db8::{number:x}")
    assert is_refused("another", "2001:db8::ffff:1")
    assert not is_refused("another", "2001:db8:0:1::1")


def test_a_success_forgets_the_failures_of_the_account(alice, clock):
    for _ in range(3):
        for _ in range(FREE - 1):
            at_password(request_from(), "alice")
        assert at_password(request_from(), "alice").succeeded() == FREE - 1
    clock.shift(SECOND)
    assert guess_until_refused() == FREE + 1


def test_own_logins_do_not_pay_for_guesses_at_others(alice, clock):
    free = LIMITS[Kind.ADDRESS].free
    for number in range(free + 1):
        assert not is_refused(f"victim {number}")
        if number < free:
            at_password(request_from(), "alice").succeeded()
    assert is_refused("alice")


def test_the_owner_of_a_known_browser_is_not_kept_out(alice, clock):
    response = HttpResponse()
    make_known(request_from(), response, alice)
    guess_until_refused()
    own = request_from("198.51.100.7")
    own.COOKIES[COOKIE] = response.cookies[COOKIE].value
    assert at_password(own, "alice").refused_until is None
    free = LIMITS[Kind.BROWSER].free
    tries = [at_password(own, "alice").refused_until for _ in range(free + 1)]
    assert tries[:-1] == [None] * free
    assert tries[-1] is not None  # whoever stole it guesses no more


def test_a_browser_is_known_for_its_owner_only_and_cannot_be_made_up(alice, clock):
    bob = User.objects.create_user("bob", password="secret")
    response = HttpResponse()
    make_known(request_from(), response, bob)
    guess_until_refused()
    said = response.cookies[COOKIE].value
    for cookie in (said, said.replace(str(bob.pk), str(alice.pk), 1), f"{alice.pk}.x", ""):
        request = request_from()
        request.COOKIES[COOKIE] = cookie
        assert at_password(request, "alice").refused_until is not None


def test_accounts_that_do_not_exist_are_counted_alike(alice, clock, django_assert_num_queries):
    assert guess_until_refused("alice", "192.0.2.3") == guess_until_refused("bob", "192.0.2.4")
    for name in ("carol", "alice"):
        clock.shift(timedelta(days=2))
        with django_assert_num_queries(7):
            at_password(request_from("192.0.2.5"), name)


def test_what_people_type_as_a_name_is_not_kept(db):
    at_password(request_from(), "my password")
    at_password(request_from(), "\0")
    assert "password" not in str(list(Failures.objects.values("digest", "address")))


def test_codes_are_counted_by_themselves(alice, clock):
    for _ in range(LIMITS[Kind.CODE].free + 1):
        assert at_code(request_from(), alice).refused_until is None
    assert at_code(request_from(), alice).refused_until == timezone.now() + 30 * SECOND
    assert not is_refused()


def test_what_is_old_is_forgotten(alice, clock):
    guess_until_refused()
    clock.shift(FORGOTTEN_AFTER)
    assert forget_old() == 0
    clock.shift(SECOND)
    assert guess_until_refused() == FREE + 1
    clock.shift(FORGOTTEN_AFTER + SECOND)
    assert forget_old() == Failures.objects.count() + 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_further_than_one_after_the_other():
    User.objects.create_user("alice", password="secret")

    def guess(number):
        try:
            return is_refused("alice", f"192.0.2.{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        refused = list(threads.map(guess, range(24)))
    assert refused.count(False) == FREE + 1
