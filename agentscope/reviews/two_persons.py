"""Effects that one person alone cannot approve."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from agentscope.projects.tools import is_called
from agentscope.reviews.models import TwoPersons

ONE, TWO = 1, 2
LOCK = "select pg_advisory_xact_lock{shared}(hashtextextended('two persons', %s))"


def hold_still(project_id: int, *, to_change: bool = False) -> None:
    """Nobody else says which tools take two until the end of the transaction. Who says so waits for
    all who write down how a decision stands, and they for them: none stands by what held before."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK.format(shared="" if to_change else "_shared"), [project_id])


def tools_of_two(project_id: int) -> list[str]:
    """The tools whose effects take two; `*` stands for any characters. One query."""
    rows = TwoPersons.objects.filter(project_id=project_id).values_list("tools", flat=True)
    return next(iter(rows), [])


def how_many(tools: Sequence[str], effects: Sequence[str]) -> int:
    """How many people it takes to approve what did this, where these take two."""
    is_two = any(is_called(effect, tool) for effect in effects for tool in tools)
    return TWO if is_two else ONE
