"""What every page says of the installation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from agentscope.retention.disk import ROOM
from ui.access import sees_installation


def of_installation(request: HttpRequest) -> dict[str, Callable[[], str | bool]]:
    """For a template that asks: why nothing more is taken, empty while there is room; and whether
    the user may see what is of no single project."""
    return {"not_taken": ROOM.full, "sees_installation": lambda: sees_installation(request)}
