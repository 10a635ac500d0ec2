"""One shape for every error: `{"error": {"code", "message", "hint"}}`."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler, in our shape."""
    response = exception_handler(error, context)
    if response is not None:
        message = str(error.detail) if isinstance(error, APIException) else "Not found."
        hint = getattr(error, "hint", "")
        code = response.status_code
        response.data = {"error": {"code": code, "message": message, "hint": hint}}
    return response
