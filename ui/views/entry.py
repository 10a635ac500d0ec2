"""The way in: login in one step or two, and from the bare address to a project."""

from __future__ import annotations

from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from agentscope.accounts import pending
from agentscope.accounts.attempts import Attempt, at_password
from agentscope.accounts.known import make_known
from agentscope.accounts.logins import By, enter, leave
from agentscope.projects.models import User
from ui.access import first_page, last_project, must_log_in, role_in
from ui.login_words import wait

TOO_MANY = 429
LONGEST_NAME = 150  # characters of an account's name


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the project that was looked at last."""
    if must_log_in(request):
        return redirect_to_login("/", reverse("login"))
    project = last_project(request)
    if project is None:
        return render(request, "entry/no_project.html")
    return redirect(first_page(role_in(request, project), project))


class Login(LoginView):
    """Name and password. Who guesses too often has to wait."""

    template_name = "entry/login.html"
    next_page = "/"
    redirect_authenticated_user = True

    def get_context_data(self, **said: Any) -> dict[str, Any]:
        """What the page shows; also how the provider of identities is called, if there is one."""
        if settings.AGENTSCOPE_OIDC_ISSUER:
            said["provider"] = settings.AGENTSCOPE_OIDC_NAME
        return super().get_context_data(**said)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Where nobody logs in this leads to the projects."""
        if settings.AGENTSCOPE_EMBEDDED:
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at a password, unless there were too many wrong ones. Hashing it is slow."""
        name, password = (request.POST.get(each, "") for each in ("username", "password"))
        if not name.strip() or not password:
            return super().post(request, *args, **kwargs)
        self.attempt = at_password(request, name.strip()[:LONGEST_NAME])
        if self.attempt.refused_until is None:
            return super().post(request, *args, **kwargs)
        words = f"Too many wrong passwords. Try again {wait(self.attempt.refused_until)}."
        context = self.get_context_data(form=AuthenticationForm(request), too_many=words)
        return too_many(self.render_to_response(context), self.attempt)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right."""
        user, failures = form.get_user(), self.attempt.succeeded()
        assert isinstance(user, User)  # noqa: S101 (AUTH_USER_MODEL)
        return first_step_done(self.request, user, self.get_success_url(), failures)


def too_many(response: HttpResponse, attempt: Attempt) -> HttpResponse:
    """A page that says to wait, with the status and the header that say so to programs."""
    response.status_code = TOO_MANY
    if attempt.refused_until:
        seconds = ceil((attempt.refused_until - timezone.now()).total_seconds())
        response.headers["Retry-After"] = str(max(seconds, 1))
    return response


def first_step_done(
    request: HttpRequest, user: User, to: str, failures: int, by: By = By.PASSWORD
) -> HttpResponse:
    """Let somebody in who has shown who they are, or ask for a code first."""
    if not pending.needs_second_step(user):
        return let_in(request, user, by, to, failures)
    pending.begin(request, user, failures)
    return redirect(f"{reverse('login-code')}?{urlencode({'next': to})}")


def let_in(request: HttpRequest, user: User, by: By, to: str, failures: int = 0) -> HttpResponse:
    """Log somebody in, and go where they wanted."""
    enter(request, user, by, failures)
    response = redirect(safe(request, to))
    make_known(request, response, user)
    return response


def safe(request: HttpRequest, to: str) -> str:
    """Where to go after a login: a page of ours, else the first one."""
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if is_ours else "/"


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End this login."""
    leave(request)
    return redirect("login")
