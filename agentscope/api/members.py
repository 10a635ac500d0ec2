"""Members of a project and invitations to it, read and changed by machine: with a key of the scope
`admin`, which may what an admin of the project may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from agentscope.accounts import letters
from agentscope.accounts.ending import end_all
from agentscope.accounts.invitations import BadInvitation, invitations_of, invite, revoke
from agentscope.accounts.models import Invitation
from agentscope.api import parameters
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import bad, check_known, is_storable, json_body, text
from agentscope.api.managed import GONE, NOTHING, changing, created, who
from agentscope.api.members_shapes import (
    InvitationShape,
    InvitationsShape,
    MadeInvitationShape,
    MemberShape,
    MembersShape,
    NewInvitationShape,
    NewRoleShape,
)
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.projects.members import Person, people_of
from agentscope.projects.membership import set_role
from agentscope.projects.models import Key, User
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import NotAllowed, Right, Role

TAKEN = [*parameters.PROJECT, FORMAT]
MEMBER = ("user", "role", "by_project", "by_organisation")
INVITATION = ("id", "email", "role", "everywhere", "invited_by", "created_at", "expires_at")


class PeopleView(ProjectView):
    """A view of who may see the project, for keys with the scope `admin`."""

    takes = TAKEN
    reads: ClassVar[Sequence[Key.Scope]] = (Key.Scope.ADMIN,)
    changes: ClassVar[Sequence[Key.Scope]] = (Key.Scope.ADMIN,)
    read_needs: ClassVar[Right] = Right.AUDIT
    change_needs: ClassVar[Right] = Right.MANAGE

    def person(self, name: str) -> Person:
        """Somebody who sees the project. Raises Refused."""
        for each in people_of(self.project):
            if each.user.username == name:
                return each
        raise Refused(NOT_FOUND, "Nobody of that name sees this project.")


class MembersView(PeopleView):
    @described("list_members", {200: MembersShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """All who see the project, by name, and why."""
        bodies = [member_body(each) for each in people_of(self.project)]
        if is_csv(request.query_params):
            return csv_answer("members", MEMBER, ([body[x] for x in MEMBER] for body in bodies))
        return json_answer({"members": bodies, "total": len(bodies)})


class MemberView(PeopleView):
    takes = parameters.PROJECT

    @described("read_member", {200: MemberShape})
    def get(self, request: Request, user: str) -> HttpResponse:
        """One who sees the project."""
        return json_answer(member_body(self.person(user)))

    @changing("set_role", NewRoleShape, {200: MemberShape})
    def put(self, request: Request, user: str) -> HttpResponse:
        """Give somebody who has an account a role in the project, or another one."""
        said, found = json_body(request), account(user)
        check_known(said, ("role",))
        with naming_parts():
            set_role(self.project, found, role_of(said), who(request), self.role)
        return json_answer(member_body(self.person(user)))

    @changing("remove_member", None, NOTHING)
    def delete(self, request: Request, user: str) -> HttpResponse:
        """Take back what the project says of somebody: what its organisation says, stays."""
        person = self.person(user)
        if person.own is None:
            why = "That is a member of the organisation, not of the project itself."
            raise Refused(NOT_FOUND, why)
        with naming_parts():
            set_role(self.project, person.user, None, who(request), self.role)
        return HttpResponse(status=GONE)


class LoginsView(PeopleView):
    takes = parameters.PROJECT

    @changing("end_logins", None, NOTHING)
    def delete(self, request: Request, user: str) -> HttpResponse:
        """End all logins of somebody who sees the project: they are out at their next click. Who
        asks must manage all projects that they see; a key manages its own alone."""
        asking = AnonymousUser() if self.key else request._request.user
        with naming_parts():
            end_all(self.person(user).user, self.project, asking, self.role, who(request))
        return HttpResponse(status=GONE)


class InvitationsView(PeopleView):
    read_needs = Right.MANAGE

    @described("list_invitations", {200: InvitationsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """Those that wait, the newest first; also those to all projects of the organisation."""
        bodies = [invitation_body(each) for each in invitations_of(self.project)]
        if is_csv(request.query_params):
            lines = ([body[name] for name in INVITATION] for body in bodies)
            return csv_answer("invitations", INVITATION, lines)
        return json_answer({"invitations": bodies, "total": len(bodies)})

    @changing("invite", NewInvitationShape, {201: MadeInvitationShape})
    def post(self, request: Request) -> HttpResponse:
        """Invite an address. The link is mailed; if it cannot be, the answer has it, this once."""
        said = json_body(request)
        check_known(said, ("email", "role"))
        if settings.AGENTSCOPE_EMBEDDED:
            raise Refused(BAD_REQUEST, "Nobody logs in to this installation: there are no members.")
        with naming_parts():
            role = role_of(said)
            made, token = invite(self.project, text(said, "email"), role, who(request), self.role)
        sent = letters.sent(made, token)
        return created(invitation_body(made) | {"link": sent.link, "not_sent": sent.reason})


class InvitationView(PeopleView):
    takes = parameters.PROJECT
    read_needs = Right.MANAGE

    def known(self, number: int) -> Invitation:
        """An invitation that waits. Raises Refused."""
        number = min(number, parameters.LARGEST_ID)
        found = invitations_of(self.project).filter(pk=number).first()
        if found is None:
            raise Refused(NOT_FOUND, f"No invitation {number} waits in this project.")
        return found

    @described("read_invitation", {200: InvitationShape})
    def get(self, request: Request, invitation_id: int) -> HttpResponse:
        """One that waits."""
        return json_answer(invitation_body(self.known(invitation_id)))

    @changing("take_back_invitation", None, NOTHING)
    def delete(self, request: Request, invitation_id: int) -> HttpResponse:
        """Let its link work no more."""
        found = self.known(invitation_id)
        if found.everywhere:
            why = f"Only members of the organisation may take back what invites to {found.where}"
            raise Refused(HTTPStatus.FORBIDDEN, f"{why}: on the page of the invitations.")
        revoke(self.project, found.pk, who(request))
        return HttpResponse(status=GONE)


@contextmanager
def naming_parts() -> Iterator[None]:
    """What cannot be is told by the name of its part. Raises Refused."""
    try:
        yield
    except BadInvitation as error:
        ((name, sentence),) = error.errors.items()
        is_forbidden = isinstance(error.__cause__, NotAllowed)
        status = HTTPStatus.FORBIDDEN if is_forbidden else BAD_REQUEST
        raise Refused(status, sentence if is_forbidden else f"{name}: {sentence}") from error
    except LastOwner as error:
        raise Refused(BAD_REQUEST, f"role: {error}") from error
    except NotAllowed as error:
        raise Refused(HTTPStatus.FORBIDDEN, str(error)) from error


def account(name: str) -> User:
    """Somebody who can log in. Raises Refused."""
    found = User.objects.filter(username=name, is_active=True) if is_storable(name) else None
    user = found.first() if found is not None else None
    if user is None:
        raise Refused(NOT_FOUND, "There is no account of that name.", "Invite its owner.")
    return user


def role_of(said: Mapping[str, Any]) -> Role:
    """As what. Raises Refused."""
    found = text(said, "role")
    if found not in Role.values:
        raise bad("role", found, f"one of {', '.join(Role.values)}")
    return Role(found)


def member_body(person: Person) -> dict[str, Any]:
    """Somebody as MemberShape."""
    said = (person.user.username, person.role, person.own, person.inherited)
    return dict(zip(MEMBER, said, strict=True))


def invitation_body(invitation: Invitation) -> dict[str, Any]:
    """An invitation as InvitationShape."""
    return {name: getattr(invitation, "pk" if name == "id" else name) for name in INVITATION}
