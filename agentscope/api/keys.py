"""Keys, read and changed by machine: with a key of the scope `admin`. A secret is said once, in the
answer to its making."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import bad, check_known, json_body, text
from agentscope.api.keys_shapes import (
    SCOPES,
    KeyShape,
    KeysShape,
    MadeKeyShape,
    NewKeyShape,
    RotationShape,
)
from agentscope.api.managed import (
    GONE,
    NOTHING,
    changing,
    created,
    moment_of,
    needed_moment,
    who,
)
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.projects.keys import check_handling, check_scope, keys_of, state_of
from agentscope.projects.models import LONGEST_LABEL, Key
from agentscope.projects.roles import NotAllowed, Right
from agentscope.projects.write import BadKey, create_key, revoke_key, rotate_key

FORBIDDEN = 403
TAKEN = [*parameters.PROJECT, FORMAT]
SHOWN = ("id", "name", "label", "scope", "prefix")
HEAD = (*SHOWN, "state", "created_at", "created_by", "expires_at", "last_used_at", "revoked_at")


class KeyedView(ProjectView):
    """A view of what keys with the scope `admin` may change."""

    reads: ClassVar[Sequence[Key.Scope]] = (Key.Scope.ADMIN,)
    changes: ClassVar[Sequence[Key.Scope]] = (Key.Scope.ADMIN,)
    read_needs: ClassVar[Right] = Right.SEE_KEYS
    change_needs: ClassVar[Right] = Right.SEND

    def known(self, number: int) -> Key:
        """A key that whoever asks may see. Raises Refused."""
        seen = keys_of(self.project, self.role, who(self.request))
        found = seen.filter(pk=min(number, parameters.LARGEST_ID)).first()
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no key {number}.")
        return found

    def handled(self, number: int) -> Key:
        """A key that whoever asks may replace or revoke. Raises Refused."""
        found = self.known(number)
        with naming_parts():
            check_handling(found, self.role, who(self.request))
        return found


class KeysView(KeyedView):
    takes = TAKEN

    @described("list_keys", {200: KeysShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """All keys, the newest first; whoever may only send sees their own."""
        bodies = [key_body(each) for each in keys_of(self.project, self.role, who(request))]
        if is_csv(request.query_params):
            return csv_answer("keys", HEAD, ([body[name] for name in HEAD] for body in bodies))
        return json_answer({"keys": bodies, "total": len(bodies)})

    @changing("make_key", NewKeyShape, {201: MadeKeyShape})
    def post(self, request: Request) -> HttpResponse:
        """A new key, with its secret."""
        said = json_body(request)
        check_known(said, ("label", "scope", "expires_at"))
        label, scope = text(said, "label"), scope_of(said)
        if len(label) > LONGEST_LABEL:
            raise bad("label", label, f"a text of at most {LONGEST_LABEL} characters")
        with naming_parts():
            check_scope(self.role, scope)
            expires_at = moment_of(said, "expires_at")
            made, secret = create_key(self.project, scope, label, expires_at, who(request))
        return created(key_body(made) | {"secret": secret})


class KeyView(KeyedView):
    @described("read_key", {200: KeyShape})
    def get(self, request: Request, key_id: int) -> HttpResponse:
        """One key."""
        return json_answer(key_body(self.known(key_id)))

    @changing("revoke_key", None, NOTHING)
    def delete(self, request: Request, key_id: int) -> HttpResponse:
        """Stop a key from working, within seconds. It stays listed."""
        revoke_key(self.handled(key_id), who(request))
        return HttpResponse(status=GONE)


class RotateView(KeyedView):
    @changing("rotate_key", RotationShape, {201: MadeKeyShape})
    def post(self, request: Request, key_id: int) -> HttpResponse:
        """A key in place of this one, with its secret; both work for a while."""
        said, found = json_body(request), self.handled(key_id)
        check_known(said, ("works_until",))
        with naming_parts():
            made, secret = rotate_key(found, needed_moment(said, "works_until"), who(request))
        return created(key_body(made) | {"secret": secret})


@contextmanager
def naming_parts() -> Iterator[None]:
    """What a key cannot be is told by the name of its part. Raises Refused."""
    try:
        yield
    except BadKey as error:
        raise Refused(BAD_REQUEST, f"{error.part}: {error}") from error
    except NotAllowed as error:
        raise Refused(FORBIDDEN, str(error)) from error


def scope_of(said: Mapping[str, Any]) -> Key.Scope:
    """What a key is to be for. Raises Refused."""
    found = text(said, "scope")
    if found not in SCOPES:
        raise bad("scope", found, f"one of {', '.join(SCOPES)}")
    return Key.Scope(found)


def key_body(key: Key) -> dict[str, Any]:
    """A key as KeyShape."""
    return {
        **{name: getattr(key, name) for name in SHOWN},
        "state": state_of(key, timezone.now()),
        **{name: getattr(key, name) for name in HEAD[len(SHOWN) + 1 :]},
        "successor": key.successor_id,
    }
