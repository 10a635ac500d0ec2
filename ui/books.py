"""Ledgers as pages show them: that of a project, for whoever may read it, and that of the
installation, for those who run it. Both have the same pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page

from agentscope.projects.changes import INSTALLATION
from agentscope.projects.models import Project
from agentscope.projects.roles import Right
from ui.access import (
    HtmxRequest,
    PageRequest,
    Shown,
    form_page,
    must_log_in,
    sees_installation,
    to_login,
)

P = ParamSpec("P")


@dataclass(slots=True, frozen=True)
class Book:
    """A ledger that is shown."""

    number: int  # of its project, or INSTALLATION
    name: str  # whose it is
    address: str  # of its list, below which its other pages are
    full: str  # where it is said that no more jobs are taken

    @property
    def is_of_installation(self) -> bool:
        """Whether it is of no project."""
        return self.number == INSTALLATION


BookView = Callable[Concatenate[HtmxRequest, Book, P], HttpResponse]


def book_page(view: BookView[P]) -> Shown:
    """A view of a ledger: of the project that its address names, or else of the installation."""

    def in_project(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, book_of(request.project), *args, **kwargs)

    of_project = form_page(needs=Right.AUDIT, to_read=Right.AUDIT)(in_project)

    @wraps(view)
    def shown(request: HttpRequest, **said: Any) -> HttpResponse:
        if "project" in said:
            return of_project(request, **said)
        return of_installation(request, cast(BookView[...], view), **said)

    return shown


@never_cache
@gzip_page
def of_installation(request: HttpRequest, view: BookView[...], **said: Any) -> HttpResponse:
    """A view of the installation's ledger. To whoever does not run the installation it is not
    there."""
    if must_log_in(request):
        return to_login(request)
    if not sees_installation(request):
        raise Http404("no such page")
    response = view(cast(HtmxRequest, request), installation_book(), **said)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def book_of(project: Project) -> Book:
    """The ledger of a project."""
    jobs = reverse("jobs", args=[project.name])
    address = reverse("ledger", args=[project.name])
    return Book(project.pk, project.name, address, f"{jobs}?full=1")


def installation_book() -> Book:
    """The ledger of what belongs to no project. It has no page of jobs but its own."""
    address = reverse("installation-ledger")
    return Book(INSTALLATION, "the installation", address, address)
