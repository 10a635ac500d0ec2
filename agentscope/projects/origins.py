"""Which web pages may read our answers: those of AGENTSCOPE_CORS_ORIGINS, `*` for all."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

Response = TypeVar("Response", bound=HttpResponseBase)
PREFLIGHT_SECONDS = "7200"  # the longest that browsers remember


def allow_origin(request: HttpRequest, response: Response) -> Response:
    """Lets the page that asked read `response`, if its origin is configured.

    Without credentials: a page never reads with the login of the person who looks at it.
    """
    allowed = settings.AGENTSCOPE_CORS_ORIGINS
    origin = request.headers.get("origin", "")
    if allowed:
        patch_vary_headers(response, ["Origin"])
    if origin and (origin in allowed or "*" in allowed):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def preflight(methods: str, headers: str) -> HttpResponse:
    """The answer to a browser that asks what a page may send; `allow_origin` says which page."""
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = headers
    response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response
