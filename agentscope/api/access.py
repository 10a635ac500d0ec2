"""Who may read: a key, a member who is logged in, or, embedded on loopback, anybody."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from agentscope.api.foreign import refuse_foreign
from agentscope.api.refused import Refused
from agentscope.projects.members import roles_of
from agentscope.projects.models import Project, User
from agentscope.projects.read import Access, AccessRefused, Admitted, admitted, check_host
from agentscope.projects.roles import NotAllowed, Right, Role, check

NO_KEY = "No key may read the ledger of the installation: each is of one project. Log in instead."


class ProjectAuthentication(BaseAuthentication):
    """Puts the project, and the key if there is one, into `request.auth`. A key needs one of the
    scopes that the view names, a member a role with the right that it needs. Whoever changes
    something without a key, logged in or embedded, shows that a page of ours asks, or none."""

    def authenticate(self, request: Request) -> tuple[User | None, Admitted]:
        said = request.headers
        access = Access(
            authorization=said.get("authorization", ""),
            api_key=said.get("x-agentscope-key", ""),
            # A link can carry no header: pages name the project in the query.
            project=said.get("x-agentscope-project") or request.query_params.get("project", ""),
            host=said.get("host", ""),
        )
        user = request._request.user
        view = request.parser_context["view"]
        is_reading = request.method in SAFE_METHODS
        if settings.AGENTSCOPE_EMBEDDED and not access.key and not is_reading:
            refuse_foreign({name.lower(): text for name, text in said.items()})
        try:
            if isinstance(user, User) and not access.key and not settings.AGENTSCOPE_EMBEDDED:
                needs = view.read_needs if is_reading else view.change_needs
                project, role = membership(user, access.project_name, needs)
                request.role = role  # type: ignore[attr-defined]
                SessionAuthentication().enforce_csrf(request)
                return user, Admitted(project, None)  # whom the ledger names
            scopes = view.reads if is_reading else view.changes
            return None, admitted(access, *scopes)
        except AccessRefused as refused:
            raise Refused(refused.status, refused.message) from refused

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class InstallationAuthentication(BaseAuthentication):
    """Lets in who runs the installation: an account with `is_staff`, or, embedded on loopback,
    anybody. No key, as each is of one project. To other people nothing is there."""

    def authenticate(self, request: Request) -> tuple[User | None, None]:
        said, user = request.headers, request._request.user
        if Access(said.get("authorization", ""), said.get("x-agentscope-key", "")).key:
            raise Refused(HTTPStatus.FORBIDDEN, NO_KEY)
        if settings.AGENTSCOPE_EMBEDDED:
            self.check_name(said.get("host", ""))
            return None, None
        if not isinstance(user, User):
            raise Refused(HTTPStatus.UNAUTHORIZED, "Log in as somebody who runs the installation.")
        if not user.is_staff:
            raise Refused(HTTPStatus.NOT_FOUND, "Not found.")
        return user, None

    def check_name(self, host: str) -> None:
        """Raises Refused for a name that is not ours."""
        try:
            check_host(host)
        except AccessRefused as refused:
            raise Refused(refused.status, refused.message) from refused

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def membership(user: User, name: str, needs: Right) -> tuple[Project, Role]:
    """The named project of a user, or the only one, and what the user is there, if that holds the
    right. Raises AccessRefused."""
    mine = {each: role for each, role in roles_of(user).items() if name in ("", each.name)}
    if len(mine) == 1:
        ((project, role),) = mine.items()
        check_role(role, needs)
        return project, role
    if mine:
        raise AccessRefused(400, "You see several projects: name one in x-agentscope-project.")
    raise AccessRefused(404, f"You see no project {name[:100]}".rstrip() + ".")


def check_role(role: Role, needs: Right) -> None:
    """Raises AccessRefused unless the role holds the right."""
    try:
        check(role, needs)
    except NotAllowed as refused:
        raise AccessRefused(HTTPStatus.FORBIDDEN, str(refused)) from refused


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


class InstallationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A login, or embedded on loopback nothing."""

    target_class = InstallationAuthentication
    name = "login"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}

    def get_security_requirement(self, auto_schema: object) -> list[dict[str, list[str]]]:
        return [{"login": []}, {}]
