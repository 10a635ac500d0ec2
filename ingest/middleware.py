"""Whatever happens under /v1/, the sender gets OTLP: also from errors that Django answers itself.

Before the middleware for pages, so that it sees what that answers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from agentscope.projects.origins import allow_origin
from ingest.answers import Answer
from ingest.views import respond

OTLP = "/v1/"
FIRST_ERROR = 400
FOREIGN_NAME = "Is the server called by a name of AGENTSCOPE_ALLOWED_HOSTS?"
ALLOWED_HEADERS = (
    "authorization, content-encoding, content-type, x-agentscope-key, x-agentscope-project"
)
PREFLIGHT_SECONDS = "7200"  # the longest that browsers remember

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def otlp_answers(get_response: GetResponse) -> GetResponse:
    """Middleware: CORS, and google.rpc.Status instead of HTML, for OTLP addresses only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(OTLP):
            return get_response(request)
        if request.method == "OPTIONS":
            return allow_origin(request, preflight())
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


def preflight() -> HttpResponse:
    """The answer to a browser that asks whether it may send; CORS headers say whether."""
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response
