"""Letting people in and out: each login is a session of its own, which can be seen and ended."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agentscope.accounts import told
from agentscope.accounts.models import Login
from agentscope.accounts.place import address_of
from agentscope.accounts.required import is_required_of
from agentscope.projects.models import User

BY = "by"  # where a session keeps how its user got in
LONGEST_BROWSER = 300  # characters
TOUCH_EVERY = 60.0  # seconds
TOUCHED = 10_000  # sessions of which a process remembers that it touched them
BACKEND = "django.contrib.auth.backends.ModelBackend"


class By(models.TextChoices):
    """How somebody got in."""

    PASSWORD = "password"  # noqa: S105 (a word)
    CODE = "code", "password and code"
    RECOVERY = "recovery", "password and recovery code"
    PROVIDER = "provider", "the provider of identities"
    INVITATION = "invitation"


ONE_STEP = {By.PASSWORD, By.INVITATION, ""}  # not enough where a second factor is required


@transaction.atomic
def enter(request: HttpRequest, user: User, by: By, failures: int = 0) -> None:
    """Log somebody in who has shown who they are. The session is a new one: whoever knew the old
    one has nothing of it. `failures` were before it."""
    request.session.flush()
    auth.login(request, user, backend=BACKEND)
    request.session[BY] = by.value
    request.session.save()
    row = row_of(request, user)
    Login.objects.create(session=session_row(request.session), **row)
    what = f"Logged in by {by.label.lower()}{after(failures)}"
    details = {each: row[each] for each in ("by", "address", "browser")}
    told.of_login(user, what, details | {"failures": failures})


def after(failures: int) -> str:
    """How many failures were before, as the end of a sentence."""
    number = "a failed attempt" if failures == 1 else f"{failures} failed attempts"
    return f", after {number}" if failures else ""


def row_of(request: HttpRequest, user: User) -> dict[str, str | User]:
    """What a login tells of where it is."""
    return {
        "user": user,
        "by": request.session.get(BY, ""),
        "address": address_of(request),
        "browser": request.headers.get("user-agent", "")[:LONGEST_BROWSER].replace("\0", ""),
    }


def session_row(session: SessionBase) -> Session:
    """The row of a session that was saved."""
    return Session.objects.get(session_key=session.session_key)


@transaction.atomic
def leave(request: HttpRequest) -> None:
    """Log out whoever asks."""
    if isinstance(request.user, User):
        told.of_login(request.user, "Logged out", {"address": address_of(request)})
    auth.logout(request)


_touched: dict[str, float] = {}


def touch(request: HttpRequest, user: User) -> None:
    """Note that a login is in use, at most once a minute and process."""
    key, now = request.session.session_key or "", time.monotonic()
    if now - _touched.get(key, -TOUCH_EVERY) < TOUCH_EVERY:
        return
    if len(_touched) >= TOUCHED:
        _touched.clear()
    _touched[key] = now
    seen = {"seen_at": timezone.now(), "address": address_of(request)}
    if not Login.objects.filter(session_id=key).update(**seen):
        add(request, user)


def add(request: HttpRequest, user: User) -> None:
    """A session that began before there were rows of logins has one from now on."""
    try:
        with transaction.atomic():
            Login.objects.create(session=session_row(request.session), **row_of(request, user))
    except (Session.DoesNotExist, IntegrityError):
        return  # it has ended meanwhile, or another process was quicker


def logins_of(user: User) -> QuerySet[Login]:
    """The logins of a person that have not ended, the one that was used last first."""
    alive = Login.objects.filter(user=user, session__expire_date__gt=timezone.now())
    return alive.order_by("-seen_at", "-pk")


@transaction.atomic
def end(user: User, logins: Iterable[Login], who: str, why: str = "") -> int:
    """End logins of a person: what they were logged in with works no more. `who` does it. How many
    have ended."""
    keys = [login.session_id for login in logins if login.user_id == user.pk]
    if not keys:
        return 0
    Session.objects.filter(session_key__in=keys).delete()
    number = "1 login" if len(keys) == 1 else f"{len(keys)} logins"
    what = f"Ended {number} of {user.get_username()}{why}"
    told.of_login(user, what, {"logins": len(keys)}, who)
    return len(keys)


def others(request: HttpRequest, user: User) -> QuerySet[Login]:
    """The logins of a person but for the one that asks."""
    return logins_of(user).exclude(session_id=request.session.session_key)


def renew(request: HttpRequest, user: User) -> None:
    """Go on in a new session, as the same login: the old number works no more."""
    login = Login.objects.filter(session_id=request.session.session_key).first()
    begun: datetime = login.begun_at if login else timezone.now()
    auth.update_session_auth_hash(request, user)
    request.session.save()
    row = row_of(request, user)
    Login.objects.create(session=session_row(request.session), begun_at=begun, **row)


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether the user got in without a second factor, though one is required."""
    return request.session.get(BY, "") in ONE_STEP and is_required_of(user)
