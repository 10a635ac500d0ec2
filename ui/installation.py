"""What every page says of the installation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from agentscope.retention.disk import ROOM


def not_taken(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Why nothing more is taken, for a template that asks; empty while there is room."""
    return {"not_taken": ROOM.full}
