"""An answer that is no: with a status, why, and what to do about it."""

from __future__ import annotations

from rest_framework.exceptions import APIException

BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, UNAVAILABLE = 400, 401, 404, 503
RETRY_AFTER = 5  # seconds; a database that restarts is back by then


class Refused(APIException):
    """Raised by whatever cannot answer. `hint` says what to do."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status_code = status
        self.hint = hint
        if status == UNAUTHORIZED:
            self.auth_header = "Bearer"  # what DRF's handler answers as WWW-Authenticate
        if status == UNAVAILABLE:
            self.wait = RETRY_AFTER  # and as Retry-After
