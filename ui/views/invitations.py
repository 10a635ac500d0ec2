"""Invitations of a project and of its organisation, and where those who see it are logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.accounts import ending, letters
from agentscope.accounts.invitations import BadInvitation, invitations_of, invite, revoke
from agentscope.accounts.letters import Sent
from agentscope.accounts.models import Invitation, Login
from agentscope.projects.members import Person, people_of
from agentscope.projects.roles import HELD, NotAllowed, Right, Role
from ui.access import PageRequest, form_page, who
from ui.account_forms import InvitationForm
from ui.in_organisation import (
    organisation_of,
    refuse_where_nobody_logs_in,
    role_in_organisation,
)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Somebody who sees the project, and where they are logged in."""

    person: Person
    logins: int = 0
    seen_at: datetime | None = None
    why_not: str = ""  # may whoever looks not end them


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def invitations(request: PageRequest) -> HttpResponse:
    """Those that wait, and a form for one more."""
    if settings.AGENTSCOPE_EMBEDDED:
        return nobody_logs_in(request)
    form = form_of(request, request.POST or None)
    sent = invited(request, form) if request.method == "POST" and form.is_valid() else None
    mine = role_in_organisation(request)
    context = {
        "page": "settings",
        "tab": "invitations",
        "form": form if sent is None else form_of(request, None),
        "sent": sent,
        "lines": [(each, may_take_back(each, mine)) for each in invitations_of(request.project)],
        "people": logged_in(request),
        "done": request.GET.get("done"),
    }
    return render(request, "account/invitations.html", context)


def nobody_logs_in(request: PageRequest) -> HttpResponse:
    """The page where there are no accounts. Raises Http404 for who invites there."""
    if request.method == "POST":
        refuse_where_nobody_logs_in()
    context = {"page": "settings", "tab": "invitations", "nobody_logs_in": True}
    return render(request, "account/invitations.html", context)


def form_of(request: PageRequest, said: Any) -> InvitationForm:
    """The form, as the user may fill it in."""
    organisation = organisation_of(request)
    return InvitationForm(said, request.role, role_in_organisation(request), organisation.name)


def may_take_back(invitation: Invitation, by: Role | None) -> bool:
    """Whether somebody who manages the project, and is `by` in its organisation, may."""
    return not invitation.everywhere or (by is not None and Right.MANAGE in HELD[by])


def logged_in(request: PageRequest) -> list[LoggedIn]:
    """Those who see the project, by name, with their logins."""
    people = people_of(request.project)
    alive = Login.objects.filter(
        user__in=[each.user for each in people], session__expire_date__gt=timezone.now()
    )
    counted = alive.values("user").annotate(n=Count("pk"), seen=Max("seen_at"))
    found = {each["user"]: (each["n"], each["seen"]) for each in counted}
    users = [each.user for each in people if each.user.pk in found]
    reasons = ending.reasons(users, request.project, request.user, request.role)
    return [
        LoggedIn(each, *found.get(each.user.pk, (0, None)), reasons.get(each.user.pk, ""))
        for each in people
    ]


def invited(request: PageRequest, form: InvitationForm) -> Sent | None:
    """Invite whom the form names. Nothing, with the reason in the form, if that cannot be."""
    said = form.cleaned_data
    everywhere = said.get("everywhere", False)
    by = role_in_organisation(request) if everywhere else request.role
    try:
        made = invite(
            request.project, said["email"], said["role"], who(request), by, everywhere=everywhere
        )
    except BadInvitation as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return None
    return letters.sent(*made)


@require_POST
@form_page(needs=Right.MANAGE)
def take_back(request: PageRequest) -> HttpResponse:
    """Let the link of an invitation work no more."""
    number, what = request.POST.get("invitation", ""), "gone"
    mine = role_in_organisation(request)
    for each in invitations_of(request.project):
        if str(each.pk) != number:
            continue
        if not may_take_back(each, mine):
            raise PermissionDenied(f"Only who invites to {each.where} may take that back.")
        if revoke(request.project, each.pk, who(request)):
            what = "revoked"
    return done(request, what)


@require_POST
@form_page(needs=Right.MANAGE)
def end_logins(request: PageRequest) -> HttpResponse:
    """End all logins of somebody who sees the project: those may who manage all that they see."""
    number = request.POST.get("user", "")
    for each in people_of(request.project):
        if str(each.user.pk) != number:
            continue
        try:
            ending.end_all(each.user, request.project, request.user, request.role, who(request))
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused
    return done(request, "ended")


def done(request: PageRequest, what: str) -> HttpResponse:
    """The page, which says what was done."""
    return redirect(f"{reverse('invitations', args=[request.project.name])}?done={what}")
