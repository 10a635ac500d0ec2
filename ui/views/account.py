"""The own account: password, second factor, and where one is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.forms import PasswordChangeForm
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agentscope.accounts.attempts import at_password_again
from agentscope.accounts.logins import By, end, logins_of, others
from agentscope.accounts.models import Login, SecondFactor
from agentscope.accounts.passwords import change_password
from agentscope.accounts.required import is_required_of
from agentscope.accounts.second_factor import recovery_codes_left
from ui.account_forms import AgainForm, OffForm, prefixed
from ui.login_words import browser, wait
from ui.own import OwnRequest, own_page

WRONG_PASSWORD = "That is not your password."  # noqa: S105 (a sentence)


@dataclass(frozen=True, slots=True)
class LoginLine:
    """A login in words."""

    login: Login
    browser: str
    by: str
    is_this: bool


@require_safe
@own_page
def account(request: OwnRequest) -> HttpResponse:
    """All of it."""
    return shown(request)


def shown(request: OwnRequest, **forms: Form) -> HttpResponse:
    """The page, with forms that could not be saved."""
    user = request.user
    context: dict[str, Any] = {
        "password": PasswordChangeForm(user),
        "off": prefixed(OffForm, "off"),
        "again": prefixed(AgainForm, "again"),
        "factor": SecondFactor.objects.filter(user=user).first(),
        "codes_left": recovery_codes_left(user),
        "is_required": is_required_of(user),
        "logins": [line_of(request, login) for login in logins_of(user)],
        "done": request.GET.get("done"),
    }
    return render(request, "account/page.html", context | forms)


def line_of(request: OwnRequest, login: Login) -> LoginLine:
    """A login in words."""
    is_this = login.session_id == request.session.session_key
    by = By(login.by).label.lower() if login.by in By.values else ""
    return LoginLine(login, browser(login.browser), by, is_this)


def done(what: str) -> HttpResponse:
    """The page, which says what was done."""
    return redirect(f"{reverse('account')}?done={what}")


@require_POST
@own_page
def password(request: OwnRequest) -> HttpResponse:
    """Change the own password; all other logins end."""
    form = PasswordChangeForm(request.user, request.POST)
    if not password_is_right(request, form, "old_password"):
        return shown(request, password=form)
    if not form.is_valid():
        return shown(request, password=form)
    change_password(request, request.user, form.cleaned_data["new_password1"])
    return done("password")


def password_is_right(request: OwnRequest, form: Form, name: str) -> bool:
    """Whether the own password was said under this name of a form; else the form says why not."""
    said = request.POST.get(name, "")
    if not said:
        return form.is_valid()
    attempt = at_password_again(request, request.user)
    if attempt.refused_until:
        form.errors.clear()
        form.add_error(name, f"Too many wrong passwords. Try again {wait(attempt.refused_until)}.")
        return False
    if not request.user.check_password(said):
        form.errors.pop(name, None)
        form.add_error(name, WRONG_PASSWORD)
        return False
    attempt.succeeded()
    return True


@require_POST
@own_page
def end_logins(request: OwnRequest) -> HttpResponse:
    """End one of the own logins, or all others."""
    user, number = request.user, request.POST.get("login", "")
    found = others(request, user)
    chosen = [login for login in found if number in ("", str(login.pk))]
    end(user, chosen, user.get_username())
    return done("ended")
