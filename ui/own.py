"""Pages of the person who is logged in, which belong to no project."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from agentscope.projects.models import User
from ui.access import must_log_in, to_login

P = ParamSpec("P")


class OwnRequest(HttpRequest):
    """A request of somebody who is logged in."""

    htmx: HtmxDetails
    user: User


OwnView = Callable[Concatenate[OwnRequest, P], HttpResponse]


def own_page(view: OwnView[P]) -> Callable[..., HttpResponse]:
    """A view of the person who asks: others log in first. Where nobody logs in there is none."""

    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        refuse_embedded()
        if must_log_in(request):
            return to_login(request)
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return shown


def refuse_embedded() -> None:
    """Raises Http404 where nobody logs in."""
    if settings.AGENTSCOPE_EMBEDDED:
        raise Http404("nobody logs in here")
