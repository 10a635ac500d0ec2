"""A second factor beside the password: codes of an authenticator (TOTP, RFC 6238), and recovery
codes for whoever lost it."""

from __future__ import annotations

import secrets
import time
from base64 import b32encode
from hashlib import sha256

import pyotp
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agentscope.accounts import told
from agentscope.accounts.logins import By
from agentscope.accounts.models import RecoveryCode, SecondFactor
from agentscope.channels.locked import CannotUnlock, lock, unlock
from agentscope.projects.models import User

PURPOSE = b"agentscope second factor 1"  # of the key that encrypts secrets
clock = time.time
STEP = 30  # seconds that a code is shown
AROUND = (-1, 0, 1)  # steps of which codes are taken: clocks differ, and people type slowly
DIGITS = 6  # of a code
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # of randomness in each
ISSUER = "AgentScope"


class WrongCode(ValueError):
    """The code is not the one of this moment."""


def has_second_factor(user: User) -> bool:
    """Whether a code is asked for beside the password."""
    return SecondFactor.objects.filter(user=user).exists()


def new_secret() -> str:
    """A secret for an authenticator, locked, to be kept until it is confirmed."""
    return lock({"secret": pyotp.random_base32()}, PURPOSE)


def unlocked(locked: str) -> str:
    """The secret. Raises CannotUnlock."""
    return unlock(locked, PURPOSE)["secret"]


def address_for(user: User, secret: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.get_username(), issuer_name=ISSUER)


@transaction.atomic
def set_up(user: User, locked: str, code: str) -> list[str]:
    """Ask for codes of this secret from now on; new recovery codes. Raises WrongCode, CannotUnlock.
    What was set up before is replaced."""
    step = step_of(unlocked(locked), code, after=0)
    if step is None:
        raise WrongCode
    SecondFactor.objects.update_or_create(
        user=user, defaults={"secret": locked, "since": timezone.now(), "last_step": step}
    )
    codes = replace_recovery_codes(user)
    told.of_account(user, "Set up a second factor", {})
    return codes


def step_of(secret: str, code: str, after: int) -> int | None:
    """Of which step a code is, if it is one of now and of a later step than `after`. All codes are
    compared, each in a time that tells nothing."""
    now, totp = int(clock()) // STEP, pyotp.TOTP(secret)
    steps = [now + each for each in AROUND]
    matching = [step for step in steps if constant_time_compare(totp.generate_otp(step), code)]
    return next((step for step in matching if step > after), None)


def used(user: User, said: str) -> By | None:
    """By what somebody gets in who says this: a code or a recovery code, which is thereby used up.
    Nothing if it is neither."""
    plain = "".join(said.split()).replace("-", "")
    if len(plain) == DIGITS:
        return By.CODE if use_code(user, plain) else None
    return By.RECOVERY if use_recovery_code(user, plain) else None


def use_code(user: User, code: str) -> bool:
    """Whether the code is right and was not used before; nor was a later one."""
    factor = SecondFactor.objects.filter(user=user).first()
    try:
        step = factor and step_of(unlocked(factor.secret), code, factor.last_step)
    except CannotUnlock:
        return False
    older = SecondFactor.objects.filter(user=user, last_step__lt=step or 0)
    return older.update(last_step=step or 0) == 1  # of two at a time one is too late


def use_recovery_code(user: User, code: str) -> bool:
    """Whether it is a recovery code that was not used before."""
    unused = RecoveryCode.objects.filter(user=user, digest=digest_of(user, code), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten recovery codes in place of those that the user had."""
    codes = replace_recovery_codes(user)
    told.of_account(user, "Made new recovery codes", {})
    return codes


def replace_recovery_codes(user: User) -> list[str]:
    """Ten codes, which cannot be had again; those of before are deleted."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=digest_of(user, code)) for code in codes
    )
    return codes


def recovery_code() -> str:
    """Sixteen letters and digits in groups of four."""
    plain = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def digest_of(user: User, code: str) -> bytes:
    """What is kept of a recovery code."""
    return sha256(f"{user.pk}:{code.lower().replace('-', '')}".encode()).digest()


def recovery_codes_left(user: User) -> int:
    """How many of them were not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def switch_off(user: User, who: str) -> bool:
    """Ask for no code any more; whether any was asked for. `who` does it."""
    RecoveryCode.objects.filter(user=user).delete()
    if not SecondFactor.objects.filter(user=user).delete()[0]:
        return False
    told.of_account(user, f"Switched off the second factor of {user}", {}, who)
    return True
