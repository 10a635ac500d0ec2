"""Browsers from which somebody logged in before: a signed cookie that says whose it is."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from agentscope.projects.models import User

COOKIE = "known"
KEPT = timedelta(days=365)
BYTES = 16  # of the number that tells browsers apart
SALT = "agentscope.accounts.known"


def known_browser(request: HttpRequest, user: User | None) -> str:
    """Which browser of the user this is; empty if the user did not log in from it before."""
    try:
        said = TimestampSigner(salt=SALT).unsign(request.COOKIES.get(COOKIE, ""), max_age=KEPT)
    except BadSignature:
        return ""
    owner, _, number = said.partition(".")
    return number if user is not None and owner == str(user.pk) else ""


def make_known(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Remember that the user logged in from this browser."""
    number = known_browser(request, user) or secrets.token_urlsafe(BYTES)
    response.set_cookie(
        COOKIE,
        TimestampSigner(salt=SALT).sign(f"{user.pk}.{number}"),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
