"""Who may read: a key, a member who is logged in, or, embedded on loopback, anybody."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from agentscope.api.foreign import refuse_foreign
from agentscope.api.refused import Refused
from agentscope.projects.models import Project, User
from agentscope.projects.read import Access, AccessRefused, Admitted, admitted, projects_of


class ProjectAuthentication(BaseAuthentication):
    """Puts the project, and the key if there is one, into `request.auth`. A key needs one of the
    scopes that the view names. Whoever changes something without a key, logged in or embedded,
    shows that a page of ours asks, or none."""

    def authenticate(self, request: Request) -> tuple[None, Admitted]:
        said = request.headers
        access = Access(
            authorization=said.get("authorization", ""),
            api_key=said.get("x-agentscope-key", ""),
            # A link can carry no header: pages name the project in the query.
            project=said.get("x-agentscope-project") or request.query_params.get("project", ""),
            host=said.get("host", ""),
        )
        user = request._request.user
        is_reading = request.method in SAFE_METHODS
        if settings.AGENTSCOPE_EMBEDDED and not access.key and not is_reading:
            refuse_foreign({name.lower(): text for name, text in said.items()})
        try:
            if isinstance(user, User) and not access.key and not settings.AGENTSCOPE_EMBEDDED:
                project = project_of_member(user, access.project_name)
                SessionAuthentication().enforce_csrf(request)
                return None, Admitted(project, None)
            view = request.parser_context["view"]
            scopes = view.reads if is_reading else view.changes
            return None, admitted(access, *scopes)
        except AccessRefused as refused:
            raise Refused(refused.status, refused.message) from refused

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def project_of_member(user: User, name: str) -> Project:
    """The named project of a user, or the only one. Raises AccessRefused."""
    mine = [project for project in projects_of(user) if name in ("", project.name)]
    if len(mine) == 1:
        return mine[0]
    if mine:
        raise AccessRefused(400, "You see several projects: name one in x-agentscope-project.")
    raise AccessRefused(404, f"You see no project {name[:100]}".rstrip() + ".")


class ProjectScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI page asks for a key."""

    target_class = ProjectAuthentication
    name = ["key", "key_header", "session"]

    def get_security_definition(self, auto_schema: object) -> list[dict[str, str]]:
        about = (
            "A key with the scope `read`; to ask whether to go on `decide` or `ingest`, to change "
        )
        about += "something `manage`; not needed embedded on loopback."
        return [
            {"type": "http", "scheme": "bearer", "description": about},
            {"type": "apiKey", "in": "header", "name": "x-agentscope-key", "description": about},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]

    def get_security_requirement(self, auto_schema: object) -> list[dict[str, list[str]]]:
        """Any of them is enough; embedded, none is needed."""
        ways: list[dict[str, list[str]]] = [{name: []} for name in self.name]
        return [*ways, {}]
