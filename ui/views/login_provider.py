"""Logging in by a provider of identities (OpenID Connect): to it, and back with its answer."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agentscope.accounts import provider
from agentscope.accounts.identities import person_of
from agentscope.accounts.logins import By
from agentscope.accounts.provider import Asked, Refused
from ui.own import refuse_embedded
from ui.views.entry import let_in

ASKED = "asked"  # where the session keeps what it asked a provider with
MOST_ASKED = 5  # logins that a session may have begun, in several tabs
SECONDS = 600  # that a login at the provider may take
FORBIDDEN = 403
LONGEST_NEXT, LONGEST_REASON = 1000, 200  # characters


def refuse_unless_configured() -> None:
    """Raises Http404."""
    refuse_embedded()
    if not provider.is_configured():
        raise Http404("no provider is configured")


def answer_at() -> str:
    """Where the provider sends people back to: as browsers see us, whatever is in front."""
    return f"{settings.AGENTSCOPE_PUBLIC_URL}{reverse('provider-answer')}"


@never_cache
@require_safe
def to_provider(request: HttpRequest) -> HttpResponse:
    """Off to the provider. What comes back must know what this session asked with."""
    refuse_unless_configured()
    if request.user.is_authenticated:
        return redirect("home")
    asked = provider.ask()
    try:
        address = provider.address_to(asked, answer_at())
    except Refused as refused:
        return failed(request, refused)
    begun: list[dict[str, Any]] = request.session.get(ASKED, [])
    one = {
        "asked": [asked.state, asked.nonce, asked.verifier],
        "next": request.GET.get("next", "")[:LONGEST_NEXT],
        "until": time.time() + SECONDS,
    }
    request.session[ASKED] = [*begun, one][-MOST_ASKED:]
    return redirect(address)


@never_cache
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or an error."""
    refuse_unless_configured()
    try:
        one = begun_here(request)
        code = code_of(request)
        user = person_of(provider.claims_for(code, Asked(*one["asked"]), answer_at()))
    except Refused as refused:
        return failed(request, refused)
    return let_in(request, user, By.PROVIDER, one["next"])


def begun_here(request: HttpRequest) -> dict[str, Any]:
    """What this session asked with, which is used up by that. Raises Refused: an answer that
    somebody else asked for would log people in as another."""
    begun: list[dict[str, Any]] = request.session.get(ASKED, [])
    state = request.GET.get("state", "")
    mine = [one for one in begun if constant_time_compare(one["asked"][0], state)]
    request.session[ASKED] = [one for one in begun if one not in mine]
    if not mine or mine[0]["until"] < time.time():
        raise Refused("This login was not begun here, or took too long. Log in again.")
    return mine[0]


def code_of(request: HttpRequest) -> str:
    """The code that the provider answers with. Raises Refused."""
    said, name = request.GET, settings.AGENTSCOPE_OIDC_NAME
    if said.get("iss", settings.AGENTSCOPE_OIDC_ISSUER) != settings.AGENTSCOPE_OIDC_ISSUER:
        raise Refused("Another provider answered than the one that was asked. Log in again.")
    if "error" in said:
        reason = (said.get("error_description") or said["error"])[:LONGEST_REASON]
        raise Refused(f"{name} did not let you in: {reason}")
    if not said.get("code"):
        raise Refused(f"{name} did not say who you are. Log in again.")
    return said["code"]


def failed(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page that says why not."""
    return render(request, "entry/provider.html", {"why": str(refused)}, status=FORBIDDEN)
