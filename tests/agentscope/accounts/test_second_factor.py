"""Codes work once and in their time; recovery codes once; the secret is nowhere to be read."""

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command

from agentscope.accounts import second_factor
from agentscope.accounts.logins import By
from agentscope.accounts.models import RecoveryCode, SecondFactor
from agentscope.accounts.second_factor import (
    STEP,
    WrongCode,
    has_second_factor,
    new_recovery_codes,
    new_secret,
    recovery_codes_left,
    set_up,
    switch_off,
    unlocked,
    used,
)
from agentscope.projects.changes import changes_of


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


@pytest.fixture
def totp(alice, clock):
    """An authenticator that was set up a while ago."""
    locked = new_secret()
    found = pyotp.TOTP(unlocked(locked))
    set_up(alice, locked, found.now())
    clock.shift(600)
    return found


def test_a_code_works_once(alice, totp):
    code = totp.now()
    assert used(alice, code) == By.CODE
    assert used(alice, code) is None


def test_the_code_that_confirmed_it_does_not_work_again(alice, clock):
    locked = new_secret()
    code = pyotp.TOTP(unlocked(locked)).now()
    set_up(alice, locked, code)
    assert used(alice, code) is None


@pytest.mark.parametrize(("steps", "works"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_half_a_minute(alice, totp, clock, steps, works):
    code = totp.at(second_factor.time.time() + steps * STEP)
    assert (used(alice, code) == By.CODE) is works


def test_after_a_code_no_older_one_works(alice, totp):
    now = second_factor.time.time()
    assert used(alice, totp.at(now)) == By.CODE
    assert used(alice, totp.at(now - STEP)) is None
    assert used(alice, totp.at(now + STEP)) == By.CODE


@pytest.mark.parametrize("said", ["", "000000", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "ä" * 6])
def test_what_is_no_code_is_none(alice, totp, said):
    assert said != totp.now()
    assert used(alice, said) is None


def test_codes_may_be_typed_with_gaps(alice, totp):
    code = totp.now()
    assert used(alice, f" {code[:3]} {code[3:]} ") == By.CODE


def test_a_wrong_code_confirms_nothing(alice, clock):
    locked = new_secret()
    wrong = f"{(int(pyotp.TOTP(unlocked(locked)).now()) + 1) % 10**6:06}"
    with pytest.raises(WrongCode):
        set_up(alice, locked, wrong)
    assert not has_second_factor(alice)


def test_recovery_codes_work_once_each_and_only_for_their_owner(alice, totp, django_user_model):
    bob = django_user_model.objects.create_user("bob")
    codes = new_recovery_codes(alice)
    assert len(set(codes)) == 10
    assert used(bob, codes[0]) is None
    assert used(alice, codes[0].upper()) == By.RECOVERY
    assert used(alice, codes[0]) is None
    assert used(alice, codes[1].replace("-", " ")) == By.RECOVERY
    assert recovery_codes_left(alice) == 8
    new_recovery_codes(alice)
    assert used(alice, codes[2]) is None


def test_nothing_secret_can_be_read_in_the_database(alice, totp):
    codes = new_recovery_codes(alice)
    kept = str(list(SecondFactor.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert totp.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert totp.secret in unlocked(SecondFactor.objects.get().secret)


def test_under_another_key_recovery_codes_still_work(alice, totp, settings):
    codes = new_recovery_codes(alice)
    settings.SECRET_KEY = "another"
    assert used(alice, totp.now()) is None
    assert used(alice, codes[0]) == By.RECOVERY


def test_it_is_switched_off_with_all_its_codes(alice, totp, project):
    assert switch_off(alice, "alice")
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert not switch_off(alice, "alice")
    said = [change.what for change in changes_of(project.pk, None, 9)]
    assert said == ["Switched off the second factor of alice", "Set up a second factor"]


def test_the_command_switches_it_off(alice, totp, project, capsys):
    call_command("forget_second_factor", "alice")
    assert "by password alone" in capsys.readouterr().out
    assert changes_of(project.pk, None, 1)[0].who == "command line"
    for name in ("alice", "nobody"):
        with pytest.raises(CommandError):
            call_command("forget_second_factor", name)
