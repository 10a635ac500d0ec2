"""Making organisations, projects and keys, replacing and revoking keys, and adding members."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agentscope.projects.changes import COMMAND_LINE, INSTALLATION, note_change
from agentscope.projects.models import Key, Member, Organisation, Project, User
from agentscope.projects.roles import Role

LONGEST_NAME = 100  # characters
SECRET_BYTES = 32
SHOWN = 9  # characters of a key that stay visible: "as_" and six more
TOUCH_EVERY = timedelta(minutes=1)


class BadKey(ValueError):
    """A key cannot be that. `part` is what is wrong with it; the text says why."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


class BadName(ValueError):
    """A project cannot be called that. The text says why."""


def create_project(name: str, organisation: Organisation | None = None) -> Project:
    """The project of that name; made if there is none, in the first organisation unless another is
    named. Raises BadName."""
    check_name("project", name)
    belongs = {} if organisation is None else {"organisation": organisation}
    return Project.objects.get_or_create(name=name, defaults=belongs)[0]


@transaction.atomic
def create_organisation(name: str, who: str = COMMAND_LINE) -> Organisation:
    """The organisation of that name; made if there is none. Raises BadName."""
    check_name("organisation", name)
    made, is_new = Organisation.objects.get_or_create(name=name)
    if is_new:
        note_change("organisation", INSTALLATION, who, f"Made the organisation {name}", {})
    return made


def check_name(what: str, name: str) -> None:
    """Raises BadName."""
    if not is_name(name):
        raise BadName(
            f"The name of a {what} has 1 to {LONGEST_NAME} printable characters and no slash, "
            f"not {name[:LONGEST_NAME]!r}."
        )


def is_name(name: str) -> bool:
    """Whether a project can be called that."""
    return (
        len(name.strip()) > 0
        and len(name) <= LONGEST_NAME
        and name.isprintable()
        and "/" not in name
    )


@transaction.atomic
def create_key(
    project: Project,
    scope: Key.Scope,
    label: str = "",
    expires_at: datetime | None = None,
    who: str = COMMAND_LINE,
) -> tuple[Key, str]:
    """A new key and its secret, which cannot be had again. Raises BadKey."""
    if expires_at is not None and expires_at <= timezone.now():
        raise BadKey("expires_at", "A key expires at a time to come.")
    secret = f"as_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = Key.objects.create(
        project=project,
        scope=scope,
        label=label,
        prefix=secret[:SHOWN],
        digest=sha256(secret.encode()).digest(),
        created_by=who,
        expires_at=expires_at,
    )
    until = f", until {shortly(expires_at)}" if expires_at else ""
    what = f"Made the key {key.name} to {key.get_scope_display()}{until}"
    tell_of(key, who, what, before=None, after=key_said(key))
    return key, secret


@transaction.atomic
def rotate_key(key: Key, works_until: datetime, who: str) -> tuple[Key, str]:
    """A key in place of this one, and its secret. Both work until that time, then only the new one,
    which has no end. Raises BadKey."""
    old = Key.objects.select_for_update().get(pk=key.pk)
    now = timezone.now()
    if old.revoked_at or old.successor_id or old.is_expired(now):
        raise BadKey("key", "It does not work any more, or has a successor already.")
    if works_until <= now or (old.expires_at and works_until > old.expires_at):
        end = (
            f", {shortly(old.expires_at)} at the latest: it expires then" if old.expires_at else ""
        )
        raise BadKey("works_until", f"The old key works until a time to come{end}.")
    before = key_said(old)
    made, secret = create_key(old.project, Key.Scope(old.scope), old.label, None, who)
    old.successor, old.expires_at = made, works_until
    old.save(update_fields=["successor", "expires_at"])
    what = f"Replaced the key {old.name} by {made.name}; the old one works until"
    what = f"{what} {shortly(works_until)}"
    tell_of(old, who, what, before=before, after=key_said(old) | {"successor": made.name})
    return made, secret


@transaction.atomic
def revoke_key(key: Key, who: str = COMMAND_LINE) -> None:
    """Stops a key from working. The row stays, so that its use can be looked up."""
    row = Key.objects.select_for_update().get(pk=key.pk)
    if row.revoked_at is None:
        before = key_said(row)
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        tell_of(row, who, f"Revoked the key {row.name}", before=before, after=key_said(row))


def tell_of(
    key: Key, who: str, what: str, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    """Into the ledger. A secret is never in it."""
    said = {"key": key.name, "prefix": key.prefix, "before": before, "after": after}
    note_change("key", key.project_id, who, what, said)


def key_said(key: Key) -> dict[str, Any]:
    """What a key may, and until when, as the ledger tells it."""
    return {
        "scope": str(key.scope),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def shortly(moment: datetime) -> str:
    """A time, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def touch_key(key: Key) -> None:
    """Notes that a key was used, at most once in TOUCH_EVERY, so that it costs next to nothing."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > TOUCH_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCH_EVERY)
        Key.objects.filter(stale, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def add_member(project: Project, user: User, role: Role = Role.VIEWER) -> Member:
    """Gives a user a role in a project. Whoever is a member already stays what they are. The caller
    tells the ledger why; `membership.set_role` does so itself."""
    return Member.objects.get_or_create(project=project, user=user, defaults={"role": role})[0]
