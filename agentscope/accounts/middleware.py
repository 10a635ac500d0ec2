"""Notes which logins are in use, and ends those that are not enough any more."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from agentscope.accounts.logins import lacks_second_factor, touch
from agentscope.projects.models import User


class Logins:
    """Middleware behind Django's AuthenticationMiddleware. Where nobody logs in it does nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not settings.AGENTSCOPE_EMBEDDED and isinstance(request.user, User):
            if lacks_second_factor(request, request.user):
                auth.logout(request)
            else:
                touch(request, request.user)
        return self.get_response(request)
