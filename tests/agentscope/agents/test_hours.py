"""Hours of agents come to exactly what the lines of their traces do."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Sum

from agentscope.agents.hours import KEPT, TOKENS, add_up, forget_hours
from agentscope.agents.models import AgentHour
from agentscope.costs.days import Day
from agentscope.costs.models import PathCost
from agentscope.traces.models import Trace
from tests.kit.costs import HOUR_NS, NOON_TIME, agent, call, day, tell

pytestmark = pytest.mark.django_db

PROJECT, OTHER = 71, 72


def hours(project_id: int = PROJECT) -> list[tuple[Any, ...]]:
    """Hour of the day, agent, USD and tokens."""
    rows = AgentHour.objects.filter(project_id=project_id).order_by("hour", "agent")
    return [(row.hour.hour, row.agent, row.known_cost, row.tokens) for row in rows]


def world() -> None:
    tell(
        PROJECT,
        *(agent(1, 1, "scout"), call(1, 2, 1, "0.5"), call(1, 3, 1, "0.25", after=HOUR_NS)),
        *(agent(2, 1, "scout"), call(2, 2, 1, "1"), agent(2, 3, "writer", 1), call(2, 4, 3, "2")),
        *(call(3, 1, 0, "4"),),
    )
    tell(OTHER, agent(9, 1, "scout"), call(9, 2, 1, "8"))


def test_they_are_added_up_by_hour_and_agent() -> None:
    world()
    assert hours() == [
        (12, "", 4, 15),
        (12, "scout", Decimal("1.5"), 30),
        (12, "writer", 2, 15),
        (13, "scout", Decimal("0.25"), 15),
    ]
    assert hours(OTHER) == [(12, "scout", 8, 15)]
    lines = PathCost.objects.filter(project_id=PROJECT)
    spent = lines.aggregate(**{name: Sum(name) for name in TOKENS})
    assert sum(row[3] for row in hours()) == sum(spent.values())


def test_what_is_gone_is_gone_and_the_rest_is_left_alone() -> None:
    world()
    PathCost.objects.filter(project_id=PROJECT, agent="writer").delete()
    PathCost.objects.filter(project_id=PROJECT, agent="").update(known_cost=3)
    add_up(Day(PROJECT, day(0).date(), 1))
    assert [row[1:3] for row in hours() if row[0] == 12] == [("", 3), ("scout", Decimal("1.5"))]
    assert hours(OTHER) == [(12, "scout", 8, 15)]


def test_calls_without_a_price_are_counted() -> None:
    tell(PROJECT, agent(1, 1, "scout"), call(1, 2, 1, model="no-such-model"))
    (row,) = AgentHour.objects.all()
    assert [row.known_cost, row.tokens, row.unpriced_calls] == [0, 15, 1]


def test_hours_that_nothing_is_compared_with_go() -> None:
    world()
    assert Trace.objects.exists()
    with time_machine.travel(NOON_TIME + timedelta(hours=1) + KEPT, tick=False):
        forget_hours()
    assert {row[0] for row in hours()} == {13}
