"""One shape for every error: `{"error": {"code", "message", "hint"}}`."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agentscope.api.refused import UNAVAILABLE, Refused


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler, in our shape."""
    if isinstance(error, InterfaceError | OperationalError):
        error = Refused(UNAVAILABLE, "The database does not answer.", "Try again in a while.")
    response = exception_handler(error, context)
    if response is not None:
        message = str(error.detail) if isinstance(error, APIException) else "Not found."
        hint = getattr(error, "hint", "")
        code = response.status_code
        response.data = {"error": {"code": code, "message": message, "hint": hint}}
    return response
