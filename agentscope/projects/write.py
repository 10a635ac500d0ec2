"""Making projects and keys, and revoking them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db.models import Q
from django.utils import timezone

from agentscope.projects.models import Key, Member, Project, User
from agentscope.projects.roles import Role

LONGEST_NAME = 100  # characters
SECRET_BYTES = 32
SHOWN = 9  # characters of a key that stay visible: "as_" and six more
TOUCH_EVERY = timedelta(minutes=1)


class BadName(ValueError):
    """A project cannot be called that. The text says why."""


def create_project(name: str) -> Project:
    """The project of that name; made if there is none. Raises BadName."""
    if not is_name(name):
        raise BadName(
            f"A project name has 1 to {LONGEST_NAME} printable characters and no slash, "
            f"not {name[:LONGEST_NAME]!r}."
        )
    return Project.objects.get_or_create(name=name)[0]


def is_name(name: str) -> bool:
    """Whether a project can be called that."""
    return (
        len(name.strip()) > 0
        and len(name) <= LONGEST_NAME
        and name.isprintable()
        and "/" not in name
    )


def create_key(project: Project, scope: Key.Scope, label: str = "") -> tuple[Key, str]:
    """A new key and its secret, which cannot be had again."""
    secret = f"as_{secrets.token_urlsafe(SECRET_BYTES)}"
    digest = sha256(secret.encode()).digest()
    key = Key.objects.create(
        project=project, scope=scope, label=label, prefix=secret[:SHOWN], digest=digest
    )
    return key, secret


def revoke_key(key: Key) -> None:
    """Stops a key from working. The row stays, so that its use can be looked up."""
    Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def touch_key(key: Key) -> None:
    """Notes that a key was used, at most once in TOUCH_EVERY, so that it costs next to nothing."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > TOUCH_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCH_EVERY)
        Key.objects.filter(stale, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def add_member(project: Project, user: User, role: Role = Role.VIEWER) -> Member:
    """Gives a user a role in a project. Who is a member already stays what they are."""
    return Member.objects.get_or_create(project=project, user=user, defaults={"role": role})[0]
