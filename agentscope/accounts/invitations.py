"""Inviting people into a project: by a link with a token that works once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agentscope.accounts.models import Invitation
from agentscope.projects.changes import note_change
from agentscope.projects.models import Member, Project, User
from agentscope.projects.roles import NotAllowed, Right, Role, check
from agentscope.projects.write import add_member

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 100  # invitations of a project that wait
LONGEST_EMAIL = 254  # characters: User.email
TOKEN_BYTES = 32


class BadInvitation(ValueError):
    """Errors by the name of the input that is to blame: `email` or `role`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


class Gone(ValueError):
    """The invitation was accepted, taken back or expired meanwhile."""


def open_ones() -> QuerySet[Invitation]:
    """Invitations that can be accepted."""
    found = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return found.filter(expires_at__gt=timezone.now())


def invitations_of(project: Project) -> QuerySet[Invitation]:
    """Those of a project that wait, the newest first."""
    return open_ones().filter(project=project).order_by("-created_at", "-pk")


@transaction.atomic
def invite(project: Project, email: str, role: str, who: str, by: Role) -> tuple[Invitation, str]:
    """Invite an address; the invitation and its token, which cannot be had again. One that the
    address had before is taken back. `who` invites, being `by` in the project. Raises
    BadInvitation."""
    email = email.strip()
    check_invitation(project, email, role, by)
    Project.objects.select_for_update().get(pk=project.pk)  # one at a time
    invitations_of(project).filter(email__iexact=email).update(revoked_at=timezone.now())
    if invitations_of(project).count() >= MOST_OPEN:
        raise BadInvitation(email=f"{MOST_OPEN} invitations wait already: take some back first.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        project=project,
        email=email,
        role=role,
        digest=digest_of(token),
        invited_by=who,
        expires_at=timezone.now() + GOOD_FOR,
    )
    told = {"email": email, "role": role}
    note_change("member", project.pk, who, f"Invited {email} as {Role(role).label}", told)
    return invitation, token


def check_invitation(project: Project, email: str, role: str, by: Role) -> None:
    """Raises BadInvitation."""
    try:
        validate_email(email)
    except ValidationError:
        raise BadInvitation(email="Write an address of e-mail, as ann@example.com.") from None
    if len(email) > LONGEST_EMAIL:
        raise BadInvitation(email=f"An address has at most {LONGEST_EMAIL} characters.")
    if role not in Role.values:
        raise BadInvitation(role="Choose one of the roles.")
    try:
        check(by, Right.OWN if role == Role.OWNER else Right.MANAGE)
    except NotAllowed as refused:
        raise BadInvitation(role=str(refused)) from refused
    if Member.objects.filter(project=project, user__email__iexact=email).exists():
        raise BadInvitation(email="Somebody with this address is a member already.")


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


def invitation_of(token: str) -> Invitation | None:
    """The invitation with this token, if it can be accepted."""
    return open_ones().select_related("project").filter(digest=digest_of(token)).first()


@transaction.atomic
def revoke(project: Project, number: int, who: str) -> bool:
    """Take an invitation back; whether it was there to be taken back."""
    found = invitations_of(project).select_for_update().filter(pk=number).first()
    if found is None:
        return False
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    told = {"email": found.email, "role": found.role}
    note_change("member", project.pk, who, f"Took back the invitation of {found.email}", told)
    return True


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Member:
    """Make the user a member. Who is one already stays what they are. Raises Gone."""
    found = open_ones().select_for_update().filter(pk=invitation.pk).first()
    if found is None:
        raise Gone
    found.accepted_at, found.accepted_by = timezone.now(), user
    found.save(update_fields=["accepted_at", "accepted_by"])
    member = add_member(found.project, user, Role(found.role))
    name = user.get_username()
    what = f"{name} accepted the invitation of {found.email}, and is {Role(member.role).label} now"
    told = {"email": found.email, "role": member.role, "invited_by": found.invited_by}
    note_change("member", found.project_id, name, what, told)
    return member


@transaction.atomic
def accept_as_new(invitation: Invitation, user: User) -> None:
    """Make the account and the membership; both or none. Raises Gone."""
    user.email = invitation.email
    user.save()
    accept(invitation, user)
