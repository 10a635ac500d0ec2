"""Invitations of a project, and where its members are logged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.accounts import letters, logins
from agentscope.accounts.invitations import BadInvitation, invitations_of, invite, revoke
from agentscope.accounts.letters import NotSent
from agentscope.projects.models import Member, Project
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, who
from ui.account_forms import InvitationForm


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an invitation."""

    email: str
    link: str  # if it was not sent
    reason: str  # why it was not


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def invitations(request: PageRequest) -> HttpResponse:
    """Those that wait, and a form for one more."""
    form = InvitationForm(request.POST or None)
    sent = None
    if request.method == "POST":
        refuse_where_nobody_logs_in()
        sent = invited(request, form) if form.is_valid() else None
    context = {
        "page": "settings",
        "tab": "invitations",
        "form": form if sent is None else InvitationForm(),
        "sent": sent,
        **listed(request.project),
        "done": request.GET.get("done"),
        "nobody_logs_in": settings.AGENTSCOPE_EMBEDDED,
    }
    return render(request, "account/invitations.html", context)


def refuse_where_nobody_logs_in() -> None:
    """Raises Http404."""
    if settings.AGENTSCOPE_EMBEDDED:
        raise Http404("nobody logs in here")


def listed(project: Project) -> dict[str, Any]:
    """What templates show of a project: its invitations, and its members with their logins. For
    account/_invitations.html and account/_member_logins.html."""
    alive = Q(user__logins__session__expire_date__gt=timezone.now())
    members = Member.objects.filter(project=project).select_related("user")
    return {
        "invitations": invitations_of(project),
        "members": members.annotate(
            logins=Count("user__logins", filter=alive),
            seen_at=Max("user__logins__seen_at", filter=alive),
        ).order_by("user__username"),
    }


def invited(request: PageRequest, form: InvitationForm) -> Sent | None:
    """Invite whom the form names. Nothing, with the reason in the form, if that cannot be."""
    try:
        invitation, token = invite(
            request.project, **form.cleaned_data, who=who(request), by=request.role
        )
    except BadInvitation as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return None
    try:
        letters.send(invitation, token)
    except NotSent as why:
        return Sent(invitation.email, letters.link_of(token), str(why))
    return Sent(invitation.email, "", "")


@require_POST
@form_page(needs=Right.MANAGE)
def take_back(request: PageRequest) -> HttpResponse:
    """Let the link of an invitation work no more."""
    number = request.POST.get("invitation", "")
    found = [each for each in invitations_of(request.project) if str(each.pk) == number]
    for each in found:
        revoke(request.project, each.pk, who(request))
    return done(request, "revoked")


@require_POST
@form_page(needs=Right.MANAGE)
def end_logins(request: PageRequest) -> HttpResponse:
    """End all logins of a member."""
    members = Member.objects.filter(project=request.project).select_related("user")
    number = request.POST.get("user", "")
    for member in (each for each in members if str(each.user_id) == number):
        found = logins.logins_of(member.user)
        logins.end(member.user, list(found), who(request))
    return done(request, "ended")


def done(request: PageRequest, what: str) -> HttpResponse:
    """The page, which says what was done."""
    return redirect(f"{reverse('invitations', args=[request.project.name])}?done={what}")
