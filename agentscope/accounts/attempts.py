"""Guessing is made hopeless, in all processes together, and nobody can lock somebody else out.

An attempt counts as failed before it is looked at, and no more once it succeeded: a hundred at the
same time get no further than a hundred one after the other. What is refused does not count, so a
wait is over when it was said to be.

Passwords are counted by account and by address. A browser from which somebody logged in before has
a count of its own instead: strangers who guess do not keep its owner out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from agentscope.accounts.known import known_browser
from agentscope.accounts.models import Failures
from agentscope.accounts.place import address_of, line_of
from agentscope.projects.models import User

MOST_DOUBLED = 16  # times: longer than any wait
FORGOTTEN_AFTER = timedelta(days=1)  # without a further failure


class Kind(models.TextChoices):
    """What failures are counted by."""

    ACCOUNT = "account", "wrong passwords"
    BROWSER = "browser", "wrong passwords in a browser that is known"
    ADDRESS = "address", "wrong passwords from one address"
    CODE = "code", "wrong codes"
    AGAIN = "again", "wrong passwords while logged in"


@dataclass(frozen=True, slots=True)
class Limit:
    """After `free` failures each further one doubles the wait, from `first` to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after so many failures."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta()
        doubled: int = 2 ** min(beyond - 1, MOST_DOUBLED)
        return min(self.first * doubled, self.longest)


# Whoever is at CODE knows the password, and whoever is at AGAIN is logged in: nobody else has to
# wait for it, so it may be long.
LIMITS = {
    Kind.ACCOUNT: Limit(5, timedelta(seconds=10), timedelta(minutes=5)),
    Kind.BROWSER: Limit(5, timedelta(seconds=10), timedelta(minutes=5)),
    Kind.ADDRESS: Limit(20, timedelta(seconds=10), timedelta(minutes=15)),
    Kind.CODE: Limit(5, timedelta(seconds=30), timedelta(hours=1)),
    Kind.AGAIN: Limit(5, timedelta(seconds=30), timedelta(hours=1)),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose failures are counted."""

    kind: Kind
    name: str

    @property
    def digest(self) -> bytes:
        return sha256(f"{self.kind}:{self.name}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, or that is refused."""

    subjects: tuple[Subject, ...]
    refused_until: datetime | None

    @transaction.atomic
    def succeeded(self) -> int:
        """It did not fail; how many before it did. The address keeps its other failures, or who
        has an account could guess at those of others for ever."""
        mine = Failures.objects.filter(digest__in=[each.digest for each in self.subjects])
        mine.filter(kind=Kind.ADDRESS).update(count=F("count") - 1, until=None)
        others = mine.exclude(kind=Kind.ADDRESS)
        before = sum(others.values_list("count", flat=True)) - 1
        others.delete()
        return max(before, 0)


def at_password(request: HttpRequest, name: str) -> Attempt:
    """Somebody says the password of an account, which may not exist: that makes no difference. Nor
    does another spelling that Django takes for the same name (NFKC), as letters of full width."""
    name = User.normalize_username(name)
    user = User.objects.filter(username=name).first() if "\0" not in name else None
    address = address_of(request)
    browser = known_browser(request, user)
    if browser:
        return attempt([Subject(Kind.BROWSER, browser)], user, address)
    subjects = [Subject(Kind.ACCOUNT, name.casefold())]
    if address:
        subjects.append(Subject(Kind.ADDRESS, line_of(address)))
    return attempt(subjects, user, address)


def at_code(request: HttpRequest, user: User) -> Attempt:
    """Somebody who said the right password says a code."""
    return attempt([Subject(Kind.CODE, str(user.pk))], user, address_of(request))


def at_password_again(request: HttpRequest, user: User) -> Attempt:
    """Somebody who is logged in says the password once more, to change something."""
    return attempt([Subject(Kind.AGAIN, str(user.pk))], user, address_of(request))


@transaction.atomic
def attempt(subjects: Sequence[Subject], user: User | None, address: str) -> Attempt:
    """Count an attempt, unless one of its subjects has to wait."""
    now = timezone.now()
    rows = locked(subjects)
    until = max((row.until for row in rows if row.until and row.until > now), default=None)
    if until is None:
        for row in rows:
            count(row, user, address, now)
    return Attempt(tuple(subjects), until)


def locked(subjects: Sequence[Subject]) -> list[Failures]:
    """What is counted of these, made if need be. Always in one order, so that two attempts do not
    wait for each other."""
    wanted = sorted(subjects, key=lambda each: each.digest)
    Failures.objects.bulk_create(
        [Failures(digest=each.digest, kind=each.kind) for each in wanted], ignore_conflicts=True
    )
    found = Failures.objects.filter(digest__in=[each.digest for each in wanted])
    return list(found.select_for_update().order_by("digest"))


def count(row: Failures, user: User | None, address: str, now: datetime) -> None:
    """One more failure."""
    if now - row.failed_at > FORGOTTEN_AFTER:
        row.count = row.told = 0
    row.count += 1
    wait = LIMITS[Kind(row.kind)].wait(row.count)
    row.failed_at, row.until = now, now + wait if wait else None
    # An address is nobody's: what was tried from it is told of the accounts that were tried.
    row.user, row.address = (None if row.kind == Kind.ADDRESS else user), address
    row.save()


def forget_old() -> int:
    """Delete what does not count any more; how many."""
    old = Failures.objects.filter(failed_at__lt=timezone.now() - FORGOTTEN_AFTER)
    return old.delete()[0]
