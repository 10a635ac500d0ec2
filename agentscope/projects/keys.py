"""Which keys of a project somebody sees and may handle. Whoever may do no more than send sees and
handles their own keys alone, which send."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from agentscope.projects.models import Key, Project
from agentscope.projects.roles import HELD, NotAllowed, Right, Role, check

STATES = ("works", "replaced", "expired", "revoked")  # replaced: it works beside its successor


def keys_of(project: Project, role: Role, who: str) -> QuerySet[Key]:
    """The keys that somebody sees, the newest first, with their successors."""
    every = Key.objects.filter(project=project).select_related("successor").order_by("-pk")
    if Right.AUDIT in HELD[role]:
        return every
    return every.filter(scope=Key.Scope.INGEST, created_by=who)


def scopes_for(role: Role) -> list[Key.Scope]:
    """Of which scopes somebody may make keys."""
    if Right.MANAGE in HELD[role]:
        return list(Key.Scope)
    return [Key.Scope.INGEST] if Right.SEND in HELD[role] else []


def check_scope(role: Role, scope: Key.Scope) -> None:
    """Raises NotAllowed unless somebody may make keys of this scope."""
    if scope not in scopes_for(role):
        check(role, Right.SEND if scope == Key.Scope.INGEST else Right.MANAGE)


def check_handling(key: Key, role: Role, who: str) -> None:
    """Raises NotAllowed unless somebody may replace or revoke this key."""
    if key.created_by != who:
        check(role, Right.MANAGE)
    check_scope(role, Key.Scope(key.scope))


def may_handle(key: Key, role: Role, who: str) -> bool:
    """Whether somebody may replace or revoke this key."""
    try:
        check_handling(key, role, who)
    except NotAllowed:
        return False
    return True


def state_of(key: Key, now: datetime) -> str:
    """Of STATES."""
    if key.revoked_at:
        return "revoked"
    if key.is_expired(now):
        return "expired"
    return "replaced" if key.successor_id else "works"
