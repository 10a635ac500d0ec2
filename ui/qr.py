"""A second factor to set up: its secret as a QR code and as text, and the code that confirms it.

The secret waits in the session, locked, until then: whoever knows the password alone sees another
one, in a session of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.http import HttpRequest

from agentscope.accounts.attempts import at_code
from agentscope.accounts.second_factor import (
    WrongCode,
    address_for,
    new_secret,
    set_up,
    unlocked,
)
from agentscope.channels.locked import CannotUnlock
from agentscope.projects.models import User
from ui.account_forms import CodeForm
from ui.login_words import wait

OFFERED = "offered_secret"  # where the session keeps it
QUIET = 4  # empty modules around a QR code (ISO/IEC 18004)
GROUP = 4  # characters of the secret that are read at once
WRONG = "That is not the code of this moment. Is the clock of the device right?"


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to set up."""

    secret: str  # in groups, to be typed
    address: str  # otpauth://…
    size: int  # modules of the QR code, with the empty ones around
    path: str  # of an SVG: its dark modules


def offered(request: HttpRequest, user: User) -> Offer:
    """The secret that is offered in this session; made if there is none."""
    try:
        secret = unlocked(request.session[OFFERED])
    except (KeyError, CannotUnlock):
        request.session[OFFERED] = new_secret()
        secret = unlocked(request.session[OFFERED])
    address = address_for(user, secret)
    matrix = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
    groups = (secret[start : start + GROUP] for start in range(0, len(secret), GROUP))
    return Offer(" ".join(groups), address, len(matrix) + 2 * QUIET, path_of(matrix))


def path_of(matrix: list[bytes]) -> str:
    """The dark modules as squares of an SVG path."""
    return "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )


def confirmed(request: HttpRequest, user: User, form: CodeForm) -> list[str] | None:
    """Recovery codes, once the secret that is offered was confirmed by a code of it. Nothing, with
    the reason in the form, if it was not."""
    if not form.is_valid():
        return None
    attempt = at_code(request, user)
    if attempt.refused_until:
        form.add_error("code", f"Too many wrong codes. Try again {wait(attempt.refused_until)}.")
        return None
    try:
        codes = set_up(user, request.session[OFFERED], form.cleaned_data["code"])
    except WrongCode:
        form.add_error("code", WRONG)
        return None
    attempt.succeeded()
    del request.session[OFFERED]
    return codes
