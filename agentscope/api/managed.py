"""What addresses that change something have in common: whose key may, and who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.api import parameters
from agentscope.api.examples import examples_of
from agentscope.api.json_body import bad, text
from agentscope.api.project_view import ERRORS, ProjectView, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.projects.models import Key, User
from agentscope.projects.read import Access
from agentscope.projects.write import SHOWN

View = TypeVar("View", bound=Callable[..., object])
CREATED, ACCEPTED, GONE = 201, 202, 204
NOTHING: dict[int, None] = {GONE: None}  # the answer to what deletes
LOOPBACK = "this machine"  # who did it, where no key is needed


class ManagedView(ProjectView):
    """A view of what keys with the scope `manage` may change."""

    reads: ClassVar[Sequence[Key.Scope]] = (Key.Scope.READ, Key.Scope.MANAGE)
    changes: ClassVar[Sequence[Key.Scope]] = (Key.Scope.MANAGE,)


@contextmanager
def naming_parts() -> Iterator[None]:
    """What cannot be worked with is told by the name of its part; what was deleted meanwhile is not
    there. Raises Refused."""
    try:
        yield
    except BadRule as error:
        raise Refused(BAD_REQUEST, f"{error.part}: {error}") from error
    except Gone as error:
        raise Refused(NOT_FOUND, str(error)) from error


def created(body: dict[str, Any], status: int = CREATED) -> HttpResponse:
    """The answer to what makes something."""
    answer = json_answer(body)
    answer.status_code = status
    return answer


def needed_moment(said: Mapping[str, Any], name: str) -> datetime:
    """A time in a body that cannot be left out. Raises Refused."""
    found = moment_of(said, name)
    if found is None:
        hint = f"Write it like {parameters.DAY}."
        raise Refused(BAD_REQUEST, f"{name}: it is missing.", hint)
    return found


def changing(name: str, asked: Any, answer: Any) -> Callable[[View], View]:
    """How an address that changes something looks in the OpenAPI schema."""
    decorate: Callable[[View], View] = extend_schema(
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
        request=asked,
        parameters=list(parameters.PROJECT),
        responses={**answer, **ERRORS},
        examples=examples_of(name),
    )
    return decorate


def who(request: Request) -> str:
    """Who asks: the name of a user, or the first characters of a key."""
    user = request._request.user
    said = request.headers
    key = Access(said.get("authorization", ""), said.get("x-agentscope-key", "")).key
    if key:
        return Key(prefix=key[:SHOWN]).shown
    return user.get_username() if isinstance(user, User) else LOOPBACK


def moment_of(said: Mapping[str, Any], name: str) -> datetime | None:
    """A time in a body, ISO 8601; None where there is none. Raises Refused."""
    found = text(said, name)
    try:
        return parameters.moment(found) if found else None
    except ValueError as error:
        raise bad(name, found, f"a time like {parameters.DAY}") from error
