"""Setting up the own second factor, switching it off, and new recovery codes."""

from __future__ import annotations

import time

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agentscope.accounts.attempts import at_code
from agentscope.accounts.logins import BY, By
from agentscope.accounts.required import is_required_of
from agentscope.accounts.second_factor import (
    has_second_factor,
    new_recovery_codes,
    switch_off,
    used,
)
from ui.account_forms import AgainForm, CodeForm, OffForm, prefixed
from ui.login_words import wait
from ui.own import OwnRequest, own_page
from ui.qr import confirmed, offered
from ui.views.account import done, password_is_right, shown

REPLACING = "replacing_factor"  # where the session keeps until when another device may be set up
SECONDS = 600  # that this may take
WRONG_CODE = "That code is not right, or it was used already."


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def set_up(request: OwnRequest) -> HttpResponse:
    """Show a secret, and ask for codes of it once one of them confirms it."""
    if not may_set_up(request):
        return redirect("account")
    form = CodeForm(request.POST or None)
    offer = offered(request, request.user)
    codes = confirmed(request, request.user, form)
    if codes is None:
        return render(request, "account/set_up.html", {"form": form, "offer": offer})
    request.session[BY] = By.CODE.value
    request.session.pop(REPLACING, None)
    return codes_shown(request, codes)


def may_set_up(request: OwnRequest) -> bool:
    """Whether the user has none yet, or has just shown the one that is to be replaced."""
    is_replacing = request.session.get(REPLACING, 0) > time.time()
    is_open = is_replacing or not has_second_factor(request.user)
    return is_open and request.user.has_usable_password()


def codes_shown(request: OwnRequest, codes: list[str]) -> HttpResponse:
    """The only page that ever shows these recovery codes."""
    return render(request, "account/codes.html", {"codes": codes, "to": reverse("account")})


@require_POST
@own_page
def off(request: OwnRequest) -> HttpResponse:
    """Ask for no codes any more, if password and code are right. Where a second factor is required
    it stays, until another device is set up in its place."""
    form = prefixed(OffForm, "off", request.POST)
    if not (form.is_valid() and password_is_right(request, form, "password")):
        return shown(request, off=form)
    if not code_is_right(request, form):
        return shown(request, off=form)
    if is_required_of(request.user):
        request.session[REPLACING] = time.time() + SECONDS
        return redirect("second-factor")
    switch_off(request.user, request.user.get_username())
    return done("off")


def code_is_right(request: OwnRequest, form: Form) -> bool:
    """Whether the form has a code that lets its user in; else it says why not."""
    attempt = at_code(request, request.user)
    if attempt.refused_until:
        form.add_error("code", f"Too many wrong codes. Try again {wait(attempt.refused_until)}.")
        return False
    if used(request.user, form.cleaned_data["code"]) is None:
        form.add_error("code", WRONG_CODE)
        return False
    attempt.succeeded()
    return True


@require_POST
@own_page
def recovery_codes(request: OwnRequest) -> HttpResponse:
    """Ten new recovery codes, if the password is right; the old ones work no more."""
    form = prefixed(AgainForm, "again", request.POST)
    if not has_second_factor(request.user):
        return redirect("account")
    if not (form.is_valid() and password_is_right(request, form, "password")):
        return shown(request, again=form)
    return codes_shown(request, new_recovery_codes(request.user))
