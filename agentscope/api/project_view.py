"""What all addresses of one project have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, cast

import orjson
from django.conf import settings
from django.http import HttpResponse, QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from agentscope.api import parameters
from agentscope.api.shapes import ErrorShape
from agentscope.projects.models import Key, Project
from agentscope.projects.read import Admitted
from agentscope.projects.roles import Right, Role
from agentscope.traces.payload import plain

ERRORS = dict.fromkeys((400, 401, 403, 404, 503), ErrorShape)
View = TypeVar("View", bound=Callable[..., object])


class ProjectView(APIView):
    """A view of one project, which ProjectAuthentication has found."""

    takes: ClassVar[Sequence[OpenApiParameter]] = parameters.PROJECT
    reads: ClassVar[Sequence[Key.Scope]] = (Key.Scope.READ,)  # scopes of keys that may
    changes: ClassVar[Sequence[Key.Scope]] = (Key.Scope.READ,)  # likewise, for what is no reading
    read_needs: ClassVar[Right] = Right.SEE  # what members need who are logged in
    change_needs: ClassVar[Right] = Right.OPERATE

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.check_names(request.query_params)

    def check_names(self, said: QueryDict) -> None:
        """Raise Refused for a parameter that is not known."""
        parameters.check_names(said, self.takes)

    @property
    def project(self) -> Project:
        return cast(Admitted, self.request.auth).project

    @property
    def role(self) -> Role:
        """As what it is asked: by a member as what they are, by a key that the view takes as an
        admin; where neither is needed, as an owner."""
        if self.key is not None and not settings.AGENTSCOPE_EMBEDDED:
            return Role.ADMIN
        found: Role = getattr(self.request, "role", Role.OWNER)
        return found

    @property
    def key(self) -> Key | None:
        """The key with which it is asked; None: without one."""
        return cast(Admitted, self.request.auth).key


def described(
    name: str, answer: Any, takes: Sequence[OpenApiParameter] = parameters.PROJECT
) -> Callable[[View], View]:
    """How an address looks in the OpenAPI schema."""
    decorate: Callable[[View], View] = extend_schema(
        operation_id=name,
        summary=name.replace("_", " ").capitalize(),
        parameters=list(takes),
        responses={**answer, **ERRORS},
    )
    return decorate


def json_answer(body: dict[str, Any]) -> HttpResponse:
    """JSON of whatever a span may say. Bytes become {"$bytes": base64}."""
    return HttpResponse(orjson.dumps(body, default=plain), content_type="application/json")
