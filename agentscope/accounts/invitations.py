"""Inviting people into a project, or all projects of its organisation: by a link with a token that
works once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from agentscope.accounts.models import Invitation
from agentscope.projects.changes import COMMAND_LINE, note_change
from agentscope.projects.members import role_everywhere, role_of
from agentscope.projects.membership import add_everywhere, projects_of_all
from agentscope.projects.models import (
    Key,
    Member,
    Organisation,
    OrganisationMember,
    Project,
    User,
)
from agentscope.projects.roles import HELD, NotAllowed, Right, Role, check
from agentscope.projects.write import add_member

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 100  # invitations that wait in a project
LONGEST_EMAIL = 254  # characters: User.email
TOKEN_BYTES = 32
NO_SAY = "Only members of the organisation may invite to all of its projects."


class BadInvitation(ValueError):
    """Errors by the name of the input that is to blame: `email`, `role` or `everywhere`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


class Gone(ValueError):
    """The invitation was accepted, taken back or expired meanwhile, or who invited may no more."""


def open_ones() -> QuerySet[Invitation]:
    """Invitations that can be accepted."""
    found = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return found.filter(expires_at__gt=timezone.now()).select_related("project__organisation")


def invitations_of(project: Project) -> QuerySet[Invitation]:
    """Those to a project that wait, also by way of its organisation, the newest first."""
    of_all = Q(everywhere=True, project__organisation=project.organisation_id)
    return open_ones().filter(Q(project=project) | of_all).order_by("-created_at", "-pk")


@transaction.atomic
def invite(
    project: Project,
    email: str,
    role: str,
    who: str,
    by: Role | None,
    *,
    everywhere: bool = False,
) -> tuple[Invitation, str]:
    """Invite an address; the invitation and its token, which cannot be had again. One that the
    address had before to the same is taken back. `who` invites, being `by` in the project, or with
    `everywhere` in its organisation; None: nothing. Raises BadInvitation."""
    email = email.strip()
    check_invitation(project, email, role, by, everywhere)
    Organisation.objects.select_for_update(of=("self",)).get(projects=project)  # one at a time
    waiting = invitations_of(project)
    same = waiting.filter(email__iexact=email, everywhere=everywhere)
    same.update(revoked_at=timezone.now())
    if waiting.count() >= MOST_OPEN:
        raise BadInvitation(email=f"{MOST_OPEN} invitations wait already: take some back first.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        project=project,
        everywhere=everywhere,
        email=email,
        role=role,
        digest=digest_of(token),
        invited_by=who,
        expires_at=timezone.now() + GOOD_FOR,
    )
    tell(invitation, who, f"Invited {email} as {Role(role).label}{to_all(invitation)}")
    return invitation, token


def check_invitation(
    project: Project, email: str, role: str, by: Role | None, everywhere: bool
) -> None:
    """Raises BadInvitation."""
    if by is None:
        raise BadInvitation(everywhere=NO_SAY)
    try:
        validate_email(email)
    except ValidationError:
        raise BadInvitation(email="Write an address of e-mail, as ann@example.com.") from None
    if len(email) > LONGEST_EMAIL:
        raise BadInvitation(email=f"An address has at most {LONGEST_EMAIL} characters.")
    if role not in Role.values:
        raise BadInvitation(role="Choose one of the roles.")
    try:
        check(by, right_to_make(role))
    except NotAllowed as refused:
        raise BadInvitation(role=str(refused)) from refused
    if is_member(project, email, everywhere):
        raise BadInvitation(email="Somebody with this address is a member already.")


def is_member(project: Project, email: str, everywhere: bool) -> bool:
    """Whether somebody of that address would stay what they are."""
    mine = OrganisationMember.objects.filter(organisation=project.organisation_id)
    if mine.filter(user__email__iexact=email).exists():
        return True
    here = Member.objects.filter(project=project, user__email__iexact=email)
    return not everywhere and here.exists()


def tell(invitation: Invitation, who: str, what: str, **more: str) -> None:
    """Into the ledger of each project that it is about."""
    said = {"email": invitation.email, "role": invitation.role} | more
    project = invitation.project
    reached = projects_of_all(project.organisation) if invitation.everywhere else [project]
    for each in reached:
        note_change("member", each.pk, who, what, said)


def to_all(invitation: Invitation) -> str:
    """Where it lets in, as the end of a sentence in the ledger of a project."""
    return f" in {invitation.where}" if invitation.everywhere else ""


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


def invitation_of(token: str) -> Invitation | None:
    """The invitation with this token, if it can be accepted."""
    found = open_ones().filter(digest=digest_of(token)).first()
    return found if found and still_stands(found) else None


def invitations_for(email: str) -> list[Invitation]:
    """Those that whoever has an address can accept, in all projects."""
    found = open_ones().filter(email__iexact=email)
    return [each for each in found if is_same_address(each.email, email) and still_stands(each)]


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses differ in capitals at most. Of ASCII alone: to databases an i without
    its dot is an “I” in small letters, and who has such an address is somebody else."""
    return one.encode().lower() == other.encode().lower()


def still_stands(invitation: Invitation) -> bool:
    """Whether who invited could do so today: whoever is let go does not come back by a link that
    they kept."""
    role = inviter(invitation)
    return role is not None and right_to_make(invitation.role) in HELD[role]


def inviter(invitation: Invitation) -> Role | None:
    """What who invited is today, in the project or, where they invited to all of it, in its
    organisation. No account is called as the command line is, or as a key."""
    by, project = invitation.invited_by, invitation.project
    if by == COMMAND_LINE:
        return Role.OWNER
    now = timezone.now()
    admins = Key.objects.filter(project=project, scope=Key.Scope.ADMIN, revoked_at=None)
    if any(by == each.shown and not each.is_expired(now) for each in admins):
        return Role.ADMIN
    user = User.objects.filter(username=by, is_active=True).first()
    if user is None:
        return None
    if invitation.everywhere:
        return role_everywhere(user, project.organisation_id)
    return role_of(user, project)


def right_to_make(role: str) -> Right:
    """What it takes to invite somebody as that."""
    return Right.OWN if role == Role.OWNER else Right.MANAGE


@transaction.atomic
def revoke(project: Project, number: int, who: str) -> bool:
    """Take an invitation back; whether it was there to be taken back."""
    found = invitations_of(project).select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        return False
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    tell(found, who, f"Took back the invitation of {found.email}{to_all(found)}")
    return True


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Role:
    """Make the user a member; what they are now. Who is one already stays what they are. Raises
    Gone."""
    found = taken(invitation)
    found.accepted_at, found.accepted_by = timezone.now(), user
    found.save(update_fields=["accepted_at", "accepted_by"])
    role = made_member(found, user)
    name = user.get_username()
    what = f"{name} accepted the invitation of {found.email}, and is {role.label} now"
    tell(found, name, f"{what}{to_all(found)}", role=role, invited_by=found.invited_by)
    return role


def taken(invitation: Invitation) -> Invitation:
    """The same, so that nobody else accepts it meanwhile. Raises Gone."""
    found = open_ones().select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if found is None or not still_stands(found):
        raise Gone
    return found


def made_member(invitation: Invitation, user: User) -> Role:
    """What somebody is once they accepted."""
    role, project = Role(invitation.role), invitation.project
    if invitation.everywhere:
        return Role(add_everywhere(project.organisation, user, role).role)
    return role_of(user, project) or Role(add_member(project, user, role).role)


@transaction.atomic
def accept_as_new(invitation: Invitation, user: User) -> Role:
    """Make the account and the membership, both or none; what they are now. Raises Gone, also for
    the second of two clicks, which would make the same account."""
    taken(invitation)
    user.email = invitation.email
    user.save()
    return accept(invitation, user)
