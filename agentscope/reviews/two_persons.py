"""Effects that one person alone cannot approve."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.projects.tools import is_called
from agentscope.reviews.models import TwoPersons

ONE, TWO = 1, 2


def tools_of_two(project_id: int) -> list[str]:
    """The tools whose effects take two; `*` stands for any characters. One query."""
    rows = TwoPersons.objects.filter(project_id=project_id).values_list("tools", flat=True)
    return next(iter(rows), [])


def needs(project_id: int, effects: Sequence[str]) -> int:
    """How many people it takes to approve what did this. One query at most."""
    return how_many(tools_of_two(project_id), effects) if effects else ONE


def how_many(tools: Sequence[str], effects: Sequence[str]) -> int:
    """The same, for what a project says."""
    is_two = any(is_called(effect, tool) for effect in effects for tool in tools)
    return TWO if is_two else ONE
