"""Accepting an invitation: with a new account, or as who is logged in."""

from __future__ import annotations

from django.contrib.auth.forms import UserCreationForm
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agentscope.accounts.invitations import Gone, accept, accept_as_new, invitation_of
from agentscope.accounts.logins import By
from agentscope.accounts.models import Invitation
from agentscope.projects.models import User
from ui.access import first_page
from ui.own import refuse_embedded
from ui.views.entry import first_step_done

NOT_FOUND = 404


class NewAccountForm(UserCreationForm):  # type: ignore[type-arg]
    """A name and a password, as the validators want it."""

    class Meta:
        model = User
        fields = ("username",)
        labels = {"username": "Name"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is invited to, and how to accept."""
    refuse_embedded()
    invitation = invitation_of(token)
    if invitation is None:
        return gone(request)
    try:
        if isinstance(request.user, User):
            return join(request, invitation, request.user)
        return make_account(request, invitation)
    except Gone:
        return gone(request)


def gone(request: HttpRequest) -> HttpResponse:
    """The page for links that work no more, or never did."""
    return render(request, "entry/invitation_gone.html", status=NOT_FOUND)


def join(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Join as who is logged in."""
    if request.method != "POST":
        return render(request, "entry/join.html", {"invitation": invitation})
    return redirect(first_page(accept(invitation, user), invitation.project))


def make_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Make an account, and log in by it."""
    form = NewAccountForm(request.POST or None, instance=User(email=invitation.email))
    if not form.is_valid():
        return render(request, "entry/invited.html", {"invitation": invitation, "form": form})
    user = form.save(commit=False)
    try:
        role = accept_as_new(invitation, user)
    except IntegrityError:  # somebody else took the name since the form was looked at
        form.add_error("username", "Somebody has that name already: choose another one.")
        return render(request, "entry/invited.html", {"invitation": invitation, "form": form})
    to = first_page(role, invitation.project)
    return first_step_done(request, user, to, 0, By.INVITATION)
