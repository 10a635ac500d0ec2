"""Whatever happens under /v1/, the sender gets OTLP: also from errors that Django answers itself.

Before the middleware for pages, so that it sees what that answers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from agentscope.projects.origins import allow_origin, preflight
from ingest.answers import Answer
from ingest.views import respond

OTLP = "/v1/"
FIRST_ERROR = 400
FOREIGN_NAME = "Is the server called by a name of AGENTSCOPE_ALLOWED_HOSTS?"
METHODS = "POST, OPTIONS"
HEADERS = "authorization, content-encoding, content-type, x-agentscope-key, x-agentscope-project"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def otlp_answers(get_response: GetResponse) -> GetResponse:
    """Middleware: CORS, and google.rpc.Status instead of HTML, for OTLP addresses only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(OTLP):
            return get_response(request)
        if request.method == "OPTIONS":
            return allow_origin(request, preflight(METHODS, HEADERS))
        response = get_response(request)
        if response.status_code >= FIRST_ERROR and is_html(response):
            response = respond(request, Answer(response.status_code, explanation(response)))
        return allow_origin(request, response)

    return middleware


def explanation(response: HttpResponseBase) -> str:
    """What a page of Django's means for a sender."""
    if response.status_code == FIRST_ERROR:
        return f"{response.reason_phrase}. {FOREIGN_NAME}"
    return response.reason_phrase


def is_html(response: HttpResponseBase) -> bool:
    """Whether a response was written for people."""
    return response.get("Content-Type", "").startswith("text/html")
