"""Whom a provider of identities lets in: who was here before, was invited, or belongs to a domain
or a group that settings name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from agentscope.accounts import told
from agentscope.accounts.invitations import (
    LONGEST_EMAIL,
    Gone,
    accept,
    invitations_for,
    is_same_address,
)
from agentscope.accounts.models import Identity
from agentscope.accounts.provider import Refused
from agentscope.projects.changes import note_change
from agentscope.projects.members import role_of
from agentscope.projects.models import User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_project

NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")
LONGEST_NAME = 140  # characters; a number may follow
Claims = Mapping[str, Any]


def person_of(claims: Claims) -> User:
    """The account of who logged in at the provider, made if they are let in. Raises Refused."""
    try:
        with transaction.atomic():
            user = known(claims) or by_address(claims) or newcomer(claims)
            if not user.is_active:
                raise Refused("Your account was switched off.")
            return user
    except (IntegrityError, Gone):  # the same person twice at a time, or an invitation taken back
        raise Refused("That did not work. Try again.") from None


def known(claims: Claims) -> User | None:
    """Who came by this identity before, whatever their address is now."""
    found = Identity.objects.filter(issuer=claims["iss"], subject=claims["sub"])
    identity = found.select_related("user").first()
    if identity is None:
        return None
    found.update(used_at=timezone.now())
    return identity.user


def email_of(claims: Claims) -> str:
    """The address, if the provider knows that it is theirs; else empty: anybody can claim one. One
    with a line break or half a character in it, or longer than any, is none: no mail goes there."""
    said, is_verified = str(claims.get("email", "")), claims.get("email_verified") is True
    is_one = said.isprintable() and len(said) <= LONGEST_EMAIL
    return said if is_verified and is_one else ""


def by_address(claims: Claims) -> User | None:
    """Who has an account with this address already: the identity is theirs from now on. Its
    password works no more, and its logins end: whoever made the account may have written the
    address of somebody else, and would be in theirs. Raises Refused if several have it."""
    email = email_of(claims)
    alike = User.objects.filter(email__iexact=email) if email else ()
    found = [each for each in alike if is_same_address(each.email, email)]
    if len(found) > 1:
        raise Refused(f"Several accounts have the address {email}. Tell who runs AgentScope.")
    for user in found:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        link(user, claims)
    return found[0] if found else None


def link(user: User, claims: Claims) -> None:
    """Let the user in by this identity from now on, and by no password."""
    Identity.objects.create(user=user, issuer=claims["iss"], subject=claims["sub"])
    how = {"issuer": claims["iss"], "subject": claims["sub"]}
    told.of_account(user, f"Logs in by {settings.AGENTSCOPE_OIDC_NAME} from now on", how)


def newcomer(claims: Claims) -> User:
    """A new account for whoever was invited, or is let in by settings. Raises Refused."""
    email = email_of(claims)
    invitations = invitations_for(email) if email else []
    if not invitations and not is_welcome(claims, email):
        raise Refused(why_not(claims))
    user = User(username=free_name(claims, email), email=email)
    user.set_unusable_password()
    user.save()
    for invitation in invitations:
        accept(invitation, user)
    if is_welcome(claims, email):
        join_default_project(user)
    link(user, claims)
    return user


def is_welcome(claims: Claims, email: str) -> bool:
    """Whether settings let in people of this domain, or of one of these groups."""
    domain = email.rpartition("@")[2].lower()
    groups = claims.get(settings.AGENTSCOPE_OIDC_GROUPS_CLAIM)
    mine = {str(each) for each in groups} if isinstance(groups, list) else set()
    domains = {each.lower() for each in settings.AGENTSCOPE_OIDC_DOMAINS}
    return bool(domain and domain in domains) or bool(mine & set(settings.AGENTSCOPE_OIDC_GROUPS))


def why_not(claims: Claims) -> str:
    """What to tell somebody who is not let in."""
    if claims.get("email") and not email_of(claims):
        return (
            f"{settings.AGENTSCOPE_OIDC_NAME} does not say that your address is verified. Verify "
            "it there, then log in again."
        )
    return "You are not invited yet. Ask an admin of a project to invite your address."


def free_name(claims: Claims, email: str) -> str:
    """A name that no account has, like the one at the provider."""
    said = str(claims.get("preferred_username") or email.partition("@")[0] or "somebody")
    plain = User.normalize_username(said)  # as passwords do: none looks like the name of another
    name = NOT_IN_NAMES.sub("", plain)[:LONGEST_NAME] or "somebody"
    like_it = User.objects.filter(username__istartswith=name)
    taken = {each.lower() for each in like_it.values_list("username", flat=True)}
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each.lower() not in taken)


def join_default_project(user: User) -> None:
    """Make somebody who is let in by settings a member of the project that settings name, unless
    an invitation made them one."""
    if not settings.AGENTSCOPE_OIDC_PROJECT:
        return
    project = create_project(settings.AGENTSCOPE_OIDC_PROJECT)
    if role_of(user, project):
        return
    role = add_member(project, user, Role(settings.AGENTSCOPE_OIDC_ROLE)).role
    name = user.get_username()
    what = f"{name} came by {settings.AGENTSCOPE_OIDC_NAME}, and is {Role(role).label} now"
    note_change("member", project.pk, name, what, {"role": role, "email": user.email})
