"""Between two steps of a login: the password was right, and a code is asked for."""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from agentscope.accounts.required import is_required_of
from agentscope.accounts.second_factor import has_second_factor
from agentscope.projects.models import User

PENDING = "pending"
SECONDS = 600


def needs_second_step(user: User) -> bool:
    """Whether a password alone does not let somebody in."""
    return has_second_factor(user) or is_required_of(user)


def begin(request: HttpRequest, user: User, failures: int) -> None:
    """The first step is done. It gives no rights, and the session is a new one."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "until": time.time() + SECONDS,
        "hash": user.get_session_auth_hash(),
        "failures": failures,
    }


def pending_user(request: HttpRequest) -> User | None:
    """Who did the first step in this session, in the last ten minutes, with a password that is
    still the right one."""
    said = request.session.get(PENDING)
    if not said or said["until"] < time.time():
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or not constant_time_compare(said["hash"], user.get_session_auth_hash()):
        return None
    return user


def failures_before(request: HttpRequest) -> int:
    """How many wrong passwords there were before the right one."""
    return int(request.session.get(PENDING, {}).get("failures", 0))
