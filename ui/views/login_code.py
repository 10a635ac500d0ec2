"""The second step of a login: a code, or setting up a second factor where one is required."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agentscope.accounts import pending
from agentscope.accounts.attempts import at_code
from agentscope.accounts.logins import By
from agentscope.accounts.second_factor import has_second_factor, used
from agentscope.projects.models import User
from ui.account_forms import CodeForm
from ui.login_words import wait
from ui.own import refuse_embedded
from ui.qr import Offer, confirmed, offered
from ui.views.entry import let_in, too_many

WRONG = "That code is not right. Each code works once, and for about a minute."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """Ask whoever said the right password for a code; without one that is set up, set it up."""
    refuse_embedded()
    user = pending.pending_user(request)
    if user is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    step = code_asked if has_second_factor(user) else set_up
    return step(request, user, form)


def code_asked(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse:
    """The page that asks for the code, or the way in."""
    if not form.is_valid():
        return shown(request, form)
    attempt = at_code(request, user)
    if attempt.refused_until:
        form.add_error("code", f"Too many wrong codes. Try again {wait(attempt.refused_until)}.")
        return too_many(shown(request, form), attempt)
    by = used(user, form.cleaned_data["code"])
    if by is None:
        form.add_error("code", WRONG)
        return shown(request, form)
    failures = pending.failures_before(request) + attempt.succeeded()
    return let_in(request, user, by, request.GET.get("next", ""), failures)


def shown(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """The page with its form."""
    return render(request, "entry/code.html", {"form": form})


def set_up(request: HttpRequest, user: User, form: CodeForm) -> HttpResponse:
    """Somebody who needs a second factor has none yet: set one up, and go in by it."""
    offer: Offer = offered(request, user)
    codes = confirmed(request, user, form)
    if codes is None:
        return render(request, "entry/set_up.html", {"form": form, "offer": offer})
    to, failures = request.GET.get("next", ""), pending.failures_before(request)
    response = let_in(request, user, By.CODE, to, failures)
    context = {"codes": codes, "to": response["Location"]}
    page = render(request, "entry/codes.html", context)
    page.cookies = response.cookies
    return page
