"""Who may see which project, and do what there. A project of which somebody is no member does not
exist: 404. A member whose role does not allow something is told whose does: 403."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, overload

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from agentscope.projects.members import projects_of, role_of
from agentscope.projects.models import Project, User
from agentscope.projects.read import DEFAULT_PROJECT
from agentscope.projects.roles import HELD, NotAllowed, Right, Role, check
from agentscope.projects.write import create_project

P = ParamSpec("P")
SOMEBODY = "somebody"  # where no login is needed
LAST_PROJECT = "project"  # the cookie that remembers, by number, what was looked at last


class HtmxRequest(HttpRequest):
    """A request that may ask for a part of its page."""

    htmx: HtmxDetails


class PageRequest(HtmxRequest):
    """A request for a page of one project, which the user may see."""

    project: Project
    projects: QuerySet[Project]  # what the project switcher offers
    role: Role  # of the user in the project
    may: dict[str, bool]  # by right, for templates: what the user may not do is not offered


PageView = Callable[Concatenate[PageRequest, P], HttpResponse]
Shown = Callable[..., HttpResponse]


def visible_projects(request: HttpRequest) -> QuerySet[Project]:
    """All projects where no login is needed, else those that the user is a member of."""
    if settings.AGENTSCOPE_EMBEDDED:
        return Project.objects.order_by("name")
    user = request.user
    return projects_of(user) if isinstance(user, User) else Project.objects.none()


def must_log_in(request: HttpRequest) -> bool:
    """Whether the user has to log in before any page is shown."""
    return not settings.AGENTSCOPE_EMBEDDED and not request.user.is_authenticated


@overload
def page(view: PageView[P]) -> Shown: ...
@overload
def page(*, needs: Right) -> Callable[[PageView[P]], Shown]: ...
def page(view: PageView[P] | None = None, *, needs: Right = Right.SEE) -> Any:
    """A view of one project: resolves `project`, asks for a login, answers 404 to strangers and 403
    to members whose role does not hold the right."""

    def decorated(view: PageView[P]) -> Shown:
        return require_safe(of_project(view, needs, needs))

    return decorated if view is None else decorated(view)


@overload
def form_page(view: PageView[P]) -> Shown: ...
@overload
def form_page(*, needs: Right = ..., to_read: Right = ...) -> Callable[[PageView[P]], Shown]: ...
def form_page(
    view: PageView[P] | None = None, *, needs: Right = Right.OPERATE, to_read: Right = Right.SEE
) -> Any:
    """The same for a page with a form, which is posted to its own address: `needs` is the right to
    post it, `to_read` the one to look at it."""

    def decorated(view: PageView[P]) -> Shown:
        return require_http_methods(["GET", "HEAD", "POST"])(of_project(view, to_read, needs))

    return decorated if view is None else decorated(view)


def of_project(view: PageView[P], to_read: Right, to_change: Right) -> Shown:
    """A view that is given the project of its address."""

    @never_cache
    @gzip_page
    @wraps(view)
    def shown(
        request: HttpRequest, project: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if must_log_in(request):
            return to_login(request)
        request.projects = visible_projects(request)  # type: ignore[attr-defined]
        request.project = seen_project(request.projects, project)  # type: ignore[attr-defined]
        admit(request, to_change if request.method == "POST" else to_read)  # type: ignore[arg-type]
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        # A part and its page have one address: caches must not take one for the other.
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        remember(request, response)
        return response

    return shown


def admit(request: PageRequest, needs: Right) -> None:
    """Say what the user may do in the project. Raises PermissionDenied if that is not enough."""
    request.role = role_in(request, request.project)
    request.may = {right.value: right in HELD[request.role] for right in Right}
    try:
        check(request.role, needs)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused


def role_in(request: HttpRequest, project: Project) -> Role:
    """What the user is in a project; where no login is needed, everybody owns it. Raises
    Http404."""
    if settings.AGENTSCOPE_EMBEDDED:
        return Role.OWNER
    role = role_of(request.user, project) if isinstance(request.user, User) else None
    if role is None:  # no member any more
        raise Http404("no such project")
    return role


def seen_project(seen: QuerySet[Project], name: str) -> Project:
    """The project of that name among those that may be seen. The one that is meant where none is
    named is there before anything has come, as it is for the API. Raises Http404."""
    found = seen.filter(name=name).first() if "\0" not in name else None  # Postgres has no NUL
    if found is None and settings.AGENTSCOPE_EMBEDDED and name == DEFAULT_PROJECT:
        return create_project(name)
    if found is None:
        raise Http404("no such project")
    return found


def last_project(request: HttpRequest) -> Project | None:
    """What was looked at last, else the default project, else the first that the user sees."""
    projects = list(visible_projects(request))
    last = request.COOKIES.get(LAST_PROJECT, "")
    found = [each for each in projects if str(each.pk) == last]
    found += [each for each in projects if each.name == DEFAULT_PROJECT]
    return next(iter(found + projects), None)


def first_page(role: Role, project: Project) -> str:
    """The address where somebody begins who is that in a project: keys, for who may only send."""
    return reverse("traces" if Right.SEE in HELD[role] else "keys", args=[project.name])


def to_login(request: HttpRequest) -> HttpResponse:
    """To the login, and from there back to the page. A part of a page that htmx asks for once the
    session is over must not have the login swapped in: the page as a whole goes there."""
    asks: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    back = (asks and asks.current_url_abs_path) or request.get_full_path()
    answer = redirect_to_login(back, reverse("login"))
    return HttpResponseClientRedirect(answer.url) if asks else answer


def wants(request: HtmxRequest, part: str) -> bool:
    """Whether htmx asks for one part of the page, to swap it in."""
    return request.htmx.target == part and not request.htmx.history_restore_request


def sees_installation(request: HttpRequest) -> bool:
    """Whether the user may see what is of no single project: those who run the installation, and
    everybody where no login is needed."""
    return settings.AGENTSCOPE_EMBEDDED or bool(getattr(request.user, "is_staff", False))


def who(request: HttpRequest) -> str:
    """Who is asking, for the log of changes."""
    return request.user.get_username() or SOMEBODY


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keeps the project as the one to open next time."""
    number = str(request.project.pk)  # type: ignore[attr-defined]
    if request.COOKIES.get(LAST_PROJECT) != number:
        response.set_cookie(LAST_PROJECT, number, 365 * 86_400, httponly=True, samesite="Lax")
