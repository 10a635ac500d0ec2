"""Settings: who sees a project, and as what; by the project itself, or by its organisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.accounts.logins import BY, ONE_STEP
from agentscope.projects.members import Person, people_of
from agentscope.projects.membership import (
    require_second_factor,
    set_role,
    set_role_everywhere,
)
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import HELD, NotAllowed, Right, Role
from ui.access import PageRequest, form_page, who
from ui.in_organisation import (
    organisation_of,
    refuse_where_nobody_logs_in,
    role_in_organisation,
)
from ui.member_forms import MemberForm, roles_by

FIRST_YOURSELF = (
    "You are logged in without a second factor: set one up on your account page first, or you "
    "would be logged out by this."
)


@form_page(needs=Right.MANAGE, to_read=Right.AUDIT)
def members(request: PageRequest) -> HttpResponse:
    """All who see the project. Posting gives somebody a role in it, or takes it back."""
    if settings.AGENTSCOPE_EMBEDDED:
        return nobody_logs_in(request)
    form = MemberForm(request.POST if request.method == "POST" else None, request.role)
    change = partial(set_role, request.project)
    if form.is_valid() and is_done(request, form, change, request.role):
        return saved(request)
    return shown(request, form, None)


def nobody_logs_in(request: PageRequest) -> HttpResponse:
    """The page where there are no accounts. Raises Http404 for who makes members there."""
    if request.method == "POST":
        refuse_where_nobody_logs_in()
    context = {"page": "settings", "tab": "members", "nobody_logs_in": True}
    return render(request, "settings/members.html", context)


@require_POST
@form_page(needs=Right.AUDIT)
def everywhere(request: PageRequest) -> HttpResponse:
    """The same in all projects of the organisation, where its own members alone have a say."""
    mine = role_there(request)
    form = MemberForm(request.POST, mine, "everywhere")
    change = partial(set_role_everywhere, organisation_of(request))
    if form.is_valid() and is_done(request, form, change, mine):
        return saved(request)
    return shown(request, MemberForm(None, request.role), form)


def role_there(request: PageRequest) -> Role:
    """What the user is in the organisation. Raises PermissionDenied, Http404."""
    refuse_where_nobody_logs_in()
    mine = role_in_organisation(request)
    if mine is None:
        raise PermissionDenied("Only members of the organisation may change what holds in it.")
    return mine


@require_POST
@form_page(needs=Right.AUDIT)
def second_factor(request: PageRequest) -> HttpResponse:
    """Require a second factor of whoever sees a project of the organisation, or not any more."""
    mine, required = role_there(request), request.POST.get("required") == "yes"
    if required and request.session.get(BY, "") in ONE_STEP:
        return shown(request, MemberForm(None, request.role), None, FIRST_YOURSELF)
    try:
        require_second_factor(organisation_of(request), required, who(request), mine)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    return saved(request)


def is_done(request: PageRequest, form: MemberForm, change: Callable[..., bool], by: Role) -> bool:
    """Change what the form says; False, with the reason beside the field, if that cannot be."""
    try:
        change(*form.said, who(request), by)
    except LastOwner as problem:
        form.add_error("role", str(problem))
        return False
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    return True


def saved(request: PageRequest) -> HttpResponse:
    """The page, which says that it is saved."""
    return redirect(f"{reverse('members', args=[request.project.name])}?saved=1")


def shown(
    request: PageRequest, form: MemberForm, everywhere: MemberForm | None, problem: str = ""
) -> HttpResponse:
    """The page with its forms; `problem` is why no second factor can be required."""
    mine = role_in_organisation(request)
    if mine and Right.MANAGE in HELD[mine]:
        everywhere = everywhere or MemberForm(None, mine, "everywhere")
    people = people_of(request.project)
    context = {
        "page": "settings",
        "tab": "members",
        "form": form,
        "people": [line(each, each.own, request.role) for each in people],
        "organisation": organisation_of(request),
        "others": [line(each, each.inherited, mine) for each in people if each.inherited],
        "everywhere": everywhere,
        "problem": problem,
        "saved": request.GET.get("saved"),
    }
    return render(request, "settings/members.html", context)


def line(person: Person, role: Role | None, by: Role | None) -> dict[str, Any]:
    """Somebody in a list, and what somebody else of the role `by` may make of them there."""
    rights = HELD[by] if by else frozenset()
    needs = Right.OWN if role == Role.OWNER else Right.MANAGE
    return {"person": person, "role": role, "roles": roles_by(by) if by and needs in rights else []}
