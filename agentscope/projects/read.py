"""Who is asking, and for which project? One answer for OTLP, gRPC and the API."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from agentscope.projects.models import Key, Project
from agentscope.projects.write import BadName, create_project, is_name, touch_key

DEFAULT_PROJECT = "default"
CACHED_SECONDS = 5  # a revoked key stops working within this time in every process
CACHED_KEYS = 10_000
OF_ADMIN = frozenset({Key.Scope.READ, Key.Scope.MANAGE})  # what a key may besides that has it


class AccessRefused(Exception):
    """Not let in. `status` is the HTTP status; `message` says why and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True, frozen=True)
class Access:
    """What a request says of itself. Missing headers are empty."""

    authorization: str = ""  # "Bearer KEY"
    api_key: str = ""  # x-agentscope-key
    project: str = ""  # x-agentscope-project
    host: str = ""

    @property
    def key(self) -> str:
        """The key that was sent, by whichever header."""
        scheme, _, secret = self.authorization.strip().partition(" ")
        return secret.strip() if scheme.lower() == "bearer" else self.api_key.strip()

    @property
    def project_name(self) -> str:
        """The project that was named. Servers read header bytes as Latin-1, senders mean UTF-8."""
        try:
            return self.project.encode("latin-1").decode().strip()
        except UnicodeError:
            return self.project.strip()


class Admitted(NamedTuple):
    """Who was let in: to which project, and by which key, if one was sent."""

    project: Project
    key: Key | None


def project_for(access: Access, *scopes: Key.Scope) -> Project:
    """The project that the request may use with one of these scopes. Raises AccessRefused."""
    return admitted(access, *scopes).project


def admitted(access: Access, *scopes: Key.Scope) -> Admitted:
    """The same with the key. Raises AccessRefused.

    Embedded on loopback no key is needed, and `x-agentscope-project` picks the project; otherwise
    the key decides.
    """
    if not settings.AGENTSCOPE_EMBEDDED:
        key = needed_key(access, *scopes)
        return Admitted(key.project, key)
    check_host(access.host)
    name = access.project_name or DEFAULT_PROJECT
    is_made = Key.Scope.INGEST in scopes or name == DEFAULT_PROJECT
    project = known_or_new(name) if is_made else known(name)
    return Admitted(project, key_beside(access, project))


def key_beside(access: Access, project: Project) -> Key | None:
    """The key that was sent though none is needed, if it is one of this project."""
    key = valid_key(access.key) if access.key else None
    if key is None or key.project_id != project.pk or key.is_expired(timezone.now()):
        return None
    touch_key(key)
    return key


def check_host(host: str) -> None:
    """Refuses names that are not ours: a page that rebinds its DNS name to 127.0.0.1 has one."""
    domain, _ = split_domain_port(host)
    if host and not validate_host(domain, settings.ALLOWED_HOSTS):
        raise AccessRefused(
            HTTPStatus.FORBIDDEN,
            f"This server does not answer to the name {host[:100]!r}. Use 127.0.0.1 or localhost, "
            "or add the name to AGENTSCOPE_ALLOWED_HOSTS.",
        )


def needed_key(access: Access, *scopes: Key.Scope) -> Key:
    """The key in the request, which may do one of these. Raises AccessRefused."""
    if not access.key:
        raise AccessRefused(
            HTTPStatus.UNAUTHORIZED,
            "No key. Send `Authorization: Bearer KEY`; `manage.py create_key` makes one.",
        )
    key = valid_key(access.key)
    if key is None:
        raise AccessRefused(HTTPStatus.UNAUTHORIZED, "The key is unknown or was revoked.")
    if key.is_expired(timezone.now()):
        raise AccessRefused(
            HTTPStatus.UNAUTHORIZED,
            f"The key {key.name} expired at {key.expires_at:%Y-%m-%d %H:%M} UTC. Make another one, "
            "by `manage.py create_key` or on the page Settings, Keys.",
        )
    if not covers(key, scopes):
        may, wanted = key.get_scope_display(), scopes[0].label
        raise AccessRefused(HTTPStatus.FORBIDDEN, f"This key may {may}, not {wanted}.")
    if access.project_name not in ("", key.project.name):
        raise AccessRefused(
            HTTPStatus.FORBIDDEN, "The key belongs to another project than x-agentscope-project."
        )
    touch_key(key)
    return key


def covers(key: Key, scopes: Collection[Key.Scope]) -> bool:
    """Whether a key has one of these scopes. Who manages keys could make one that reads."""
    scope = Key.Scope(key.scope)
    return scope in scopes or (scope == Key.Scope.ADMIN and not OF_ADMIN.isdisjoint(scopes))


_keys: dict[bytes, tuple[float, Key | None]] = {}


def valid_key(secret: str) -> Key | None:
    """The key with this secret, unless it is unknown or revoked. At most CACHED_SECONDS old, so
    whether it is expired is to be asked of it each time."""
    digest = sha256(secret.encode()).digest()
    until, key = _keys.get(digest, (0.0, None))
    if until > time.monotonic():
        return key
    key = Key.objects.select_related("project").filter(digest=digest, revoked_at=None).first()
    if len(_keys) >= CACHED_KEYS:
        _keys.clear()
    _keys[digest] = (time.monotonic() + CACHED_SECONDS, key)
    return key


_names: dict[tuple[int, int], str] = {}  # by project and number


def key_names(project_id: int, ids: Iterable[int]) -> dict[int, str]:
    """What keys of a project are called, by their numbers, ascending; one that is gone is its
    number. Names never change, so they are kept: one query if any is new to this process, else
    none."""
    wanted = set(ids)
    if new := {each for each in wanted if (project_id, each) not in _names}:
        keys = Key.objects.filter(project_id=project_id, pk__in=new)
        _names.update({(project_id, key.pk): key.name for key in keys})
    return {each: _names.get((project_id, each), f"#{each}") for each in sorted(wanted)}


def sending_keys(project_id: int, limit: int) -> list[str]:
    """What keys are called that may send to a project, by name: the newest, `limit` at most."""
    found = Key.objects.filter(project_id=project_id, scope=Key.Scope.INGEST, revoked_at=None)
    return sorted(key.name for key in found.order_by("-pk")[:limit])


def key_name(project_id: int, number: int | None) -> str:
    """What the key of a project with this number is called; "" for none. One query at most."""
    return "" if number is None else key_names(project_id, [number])[number]


def known(name: str) -> Project:
    """The project of that name. Raises AccessRefused."""
    project = Project.objects.filter(name=name).first() if is_name(name) else None
    if project is None:
        raise AccessRefused(
            HTTPStatus.NOT_FOUND, f"There is no project {name[:100]!r}. Sending traces creates it."
        )
    return project


def known_or_new(name: str) -> Project:
    """The project of that name, made if need be. Raises AccessRefused for names that cannot be."""
    try:
        return create_project(name)
    except BadName as error:
        raise AccessRefused(HTTPStatus.BAD_REQUEST, str(error)) from error
