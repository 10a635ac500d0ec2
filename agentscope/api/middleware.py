"""What is decided before a view is found: health whatever the Host, errors and CORS of the API."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import resolve

from agentscope.projects.origins import allow_origin, preflight

HEALTH, API = "/healthz/", "/api/"
FIRST_ERROR = 400
METHODS = "GET, HEAD, OPTIONS"
HEADERS = "authorization, x-agentscope-key, x-agentscope-project"
NOTHING = "default-src 'none'; frame-ancestors 'none'"  # what an answer of data may load

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def health_first(get_response: GetResponse) -> GetResponse:
    """Middleware: answers probes itself. They call by address, so no Host is refused, and they
    shall not fail because a session or a static file cannot be read.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(HEALTH):
            return get_response(request)
        found = resolve(request.path_info)
        response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return response

    return middleware


def api_answers(get_response: GetResponse) -> GetResponse:
    """Middleware: below /api/ every error is JSON, also those that Django answers itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return get_response(request)
        if request.method == "OPTIONS":
            return allow_origin(request, preflight(METHODS, HEADERS))
        response = get_response(request)
        if response.status_code >= FIRST_ERROR and is_html(response):
            response = error_of(response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        return allow_origin(request, response)

    return middleware


def is_html(response: HttpResponseBase) -> bool:
    """Whether a response was written for people."""
    return response.get("Content-Type", "").startswith("text/html")


def error_of(response: HttpResponseBase) -> JsonResponse:
    """An error page in the shape of every other error of the API."""
    message, hint = response.reason_phrase, ""
    if response.status_code == FIRST_ERROR:
        hint = "Is the server called by a name of AGENTSCOPE_ALLOWED_HOSTS?"
    error = {"code": response.status_code, "message": message, "hint": hint}
    return JsonResponse({"error": error}, status=response.status_code)
