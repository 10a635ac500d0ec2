"""The page instead of one that could not be made."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.decorators.csrf import requires_csrf_token

UNAVAILABLE, MISTAKE = 503, 500
RETRY_AFTER = "5"  # seconds; a database that restarts is back by then


@requires_csrf_token
def failed(request: HttpRequest) -> HttpResponse:
    """503 if the database is away, else 500. Django calls it while the error is being handled.

    The templates get no request: asking who is logged in could fail in the same way.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(get_template("500.html").render(), status=MISTAKE)
    response = HttpResponse(get_template("503.html").render(), status=UNAVAILABLE)
    response["Retry-After"] = RETRY_AFTER
    return response
