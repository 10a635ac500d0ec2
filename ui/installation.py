"""What every page says of the installation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from agentscope.projects.models import Project
from agentscope.retention.disk import ROOM
from ui.access import last_project, sees_installation


def of_installation(request: HttpRequest) -> dict[str, Callable[[], str | bool | Project | None]]:
    """For a template that asks: why nothing more is taken, empty while there is room; whether the
    user may see what is of no single project; and where they go on from there."""
    return {
        "not_taken": ROOM.full,
        "sees_installation": lambda: sees_installation(request),
        "last_project": lambda: last_project(request),
    }
