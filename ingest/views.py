"""The OTLP/HTTP endpoints: `accept.py` in terms of HTTP."""

from __future__ import annotations

import gzip
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from agentscope.projects.read import Access
from ingest.accept import Delivery, accept
from ingest.answers import JSON, OK, PROTOBUF, Answer, body_of
from ingest.limits import SUPPORTED_ENCODINGS, discard_rest, read_body
from ingest.refused import UnsupportedEncoding

POST = "POST"
WORTH_GZIP = 1024  # bytes; most answers are empty


@csrf_exempt  # senders carry keys, not cookies
def receive(request: HttpRequest, signal: str) -> HttpResponse:
    """Take one export of `signal`: traces, logs or metrics."""
    if request.method != POST:
        answer = Answer(405, f"{request.path} takes OTLP exports by POST, not {request.method}.")
    else:
        answer = accept(delivery(request, signal))
    if answer.status != OK:
        discard_rest(request)
    return respond(request, answer, signal)


@csrf_exempt
def not_found(request: HttpRequest, path: str) -> HttpResponse:
    """Anything else under /v1/."""
    known = "/v1/traces, /v1/logs and /v1/metrics"
    return respond(request, Answer(404, f"There is no /v1/{path[:80]}: OTLP goes to {known}."))


def delivery(request: HttpRequest, signal: str) -> Delivery:
    """The request as `accept` wants it."""
    return Delivery(
        signal=signal,
        content_type=request.META.get("CONTENT_TYPE", ""),
        encoding=request.headers.get("content-encoding", ""),
        access=Access(
            authorization=request.headers.get("authorization", ""),
            api_key=request.headers.get("x-agentscope-key", ""),
            project=request.headers.get("x-agentscope-project", ""),
            host=request.headers.get("host", ""),
        ),
        read=partial(read_body, request),
    )


def respond(request: HttpRequest, answer: Answer, signal: str = "traces") -> HttpResponse:
    """The answer in the encoding of the request; JSON if that has none that we know."""
    said = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    content_type = PROTOBUF if said == PROTOBUF else JSON
    body = body_of(answer, signal, content_type)
    response = HttpResponse(body, status=answer.status, content_type=content_type)
    for name, value in headers_of(answer).items():
        response[name] = value
    if len(body) > WORTH_GZIP and "gzip" in request.headers.get("accept-encoding", ""):
        response.content = gzip.compress(body)
        response["Content-Encoding"] = "gzip"
        response["Vary"] = "Accept-Encoding"
    return response


def headers_of(answer: Answer) -> dict[str, str]:
    """What HTTP wants said beside the body."""
    if answer.retry_after is not None:
        return {"Retry-After": str(answer.retry_after)}
    if answer.field == UnsupportedEncoding.field:
        return {"Accept-Encoding": SUPPORTED_ENCODINGS}
    return EXPLAINED.get(answer.status, {})


EXPLAINED = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST, OPTIONS"}}
