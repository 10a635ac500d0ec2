"""`POST /api/v1/decide` and nothing else, as a WSGI application of its own. It says what the API
says, but whatever the web process is busy with: who asks has a call of a model in hand. No part of
Django that pages need is in the way. See docs/adr/0025-budgets.md."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import QueryDict

from agentscope.api.json_body import check_known, read_json
from agentscope.api.question import ASKING, question, suggest
from agentscope.api.refused import RETRY_AFTER, Refused
from agentscope.budgets.deciding import decide
from agentscope.budgets.question import Question
from agentscope.budgets.told import Answer, told
from agentscope.prices.book import refresh
from agentscope.projects.models import Key, Project
from agentscope.projects.read import (
    CACHED_SECONDS,
    Access,
    AccessRefused,
    Admitted,
    admitted,
    key_beside,
    project_for,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)
ADDRESS, LIVE = "/api/v1/decide", "/healthz/live"
LONGEST = 1 << 20  # bytes of a question
HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
EXPLAINED = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.METHOD_NOT_ALLOWED: {"Allow": "POST"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER)},
}


def read_beforehand() -> None:
    """The prices, so that who asks first need not wait for them. Without a database they are read
    when somebody asks."""
    try:
        refresh()
    except (DatabaseError, InterfaceError):
        log.warning("Prices are not read yet: the database does not answer")


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI."""
    status, said = answer(environ)
    body = orjson.dumps(said)
    headers = HEADERS | EXPLAINED.get(status, {}) | {"Content-Length": str(len(body))}
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [body]


def answer(environ: WSGIEnvironment) -> tuple[HTTPStatus, dict[str, Any]]:
    """The status and what is said."""
    path = environ["PATH_INFO"]
    if path == LIVE:
        return HTTPStatus.OK, {"status": "live"}
    if path != ADDRESS:
        return no(404, "Only /api/v1/decide is answered here.", "Everything else has another port.")
    if environ["REQUEST_METHOD"] != "POST":
        return no(405, f"{ADDRESS} takes POST, not {environ['REQUEST_METHOD'][:20]}.")
    try:
        return HTTPStatus.OK, decided(environ)
    except Refused as error:
        return no(error.status_code, str(error.detail), error.hint)
    except AccessRefused as error:
        return no(error.status, error.message)
    except (DatabaseError, InterfaceError):
        log.exception("Cannot decide")
        return no(503, "The database does not answer.", "Try again in a while.")


def no(status: int, message: str, hint: str = "") -> tuple[HTTPStatus, dict[str, Any]]:
    """An error as all of the API's are."""
    return HTTPStatus(status), {"error": {"code": status, "message": message, "hint": hint}}


def decided(environ: WSGIEnvironment) -> dict[str, Any]:
    """What is decided on a request. Raises Refused, AccessRefused and the errors of django.db."""
    named = QueryDict(environ.get("QUERY_STRING", ""))
    check_known(named, ["project"], "parameter")
    access = Access(
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        api_key=environ.get("HTTP_X_AGENTSCOPE_KEY", ""),
        project=environ.get("HTTP_X_AGENTSCOPE_PROJECT") or named.get("project", ""),
        host=environ.get("HTTP_HOST", ""),
    )
    try:
        return told(decided_by(access, environ))
    except (OperationalError, InterfaceError):  # Postgres has ended the connection since
        connection.close()
        return told(decided_by(access, environ))


def decided_by(access: Access, environ: WSGIEnvironment) -> Answer:
    """The answer for who asks."""
    project, key = let_in(access)
    return decide(project, asked(environ, key), time.time_ns(), suggest)


def asked(environ: WSGIEnvironment, key: Key | None) -> Question:
    """The question in the body, which is read once. Raises Refused."""
    if "agentscope.question" not in environ:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LONGEST:
            raise Refused(413, f"A question has at most {LONGEST:,} bytes, and says how many.")
        body = environ["wsgi.input"].read(int(length))
        said = read_json(environ.get("CONTENT_TYPE", ""), body)
        environ["agentscope.question"] = question(said, key)
    found: Question = environ["agentscope.question"]
    return found


_projects: dict[tuple[str, str], tuple[float, Project]] = {}


def let_in(access: Access) -> Admitted:
    """The project that may be asked about, and the key. Keys are known for some seconds anyway;
    here names are, too. Raises AccessRefused."""
    if not settings.AGENTSCOPE_EMBEDDED:
        return admitted(access, *ASKING)
    named = (access.project_name, access.host)
    until, project = _projects.get(named, (0.0, None))
    if project is None or until < time.monotonic():
        project = project_for(access, *ASKING)
        _projects[named] = (time.monotonic() + CACHED_SECONDS, project)
    return Admitted(project, key_beside(access, project))
