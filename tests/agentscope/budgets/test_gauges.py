"""How budgets stand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.budgets.gauges import answers, groups, stand, stands
from agentscope.budgets.models import Answer, Budget
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import HOURLY, MINUTE, ask, budget, look, tell
from tests.kit.costs import NOON_TIME, agent, call
from tests.kit.spans import NOON

NOW = NOON + MINUTE
HALF_A_DAY = 12 * 60 * MINUTE


def two_agents(project: Project) -> Budget:
    found = budget(project, each="agent")
    tell(project, agent(1, 1, "ada"), call(1, 2, 1, "8"), agent(2, 1, "bob"), call(2, 2, 1, "11"))
    tell(project, agent(3, 1, "cy"), call(3, 2, 1, None, model="unheard-of"))
    look(project)
    return found


def test_it_works(project) -> None:
    two_agents(project)
    (found,) = stands(project, NOW)
    assert (found.fullest.name, found.fullest.spent) == ("bob", Decimal(11))
    assert (found.groups, found.near, found.over) == (3, 2, 1)
    assert found.resets_at_ns == NOON + HALF_A_DAY


def test_groups_are_told_by_use_and_what_has_no_price_is_counted(project) -> None:
    found = stand(project, two_agents(project), NOW)
    first, total = groups(project, found, 0, 2)
    assert ([each.name for each in first], total) == (["bob", "ada"], 3)
    (last,), total = groups(project, found, 2, 2)
    assert (last.name, last.spent, last.unpriced_calls) == ("cy", 0, 1)


def test_what_is_reserved_is_told_of_who_has_spent_nothing_yet(project) -> None:
    budget(project)
    ask(project, usd=Decimal(6), reserve=True)
    (found,) = stands(project, NOW)
    assert (found.fullest.spent, found.fullest.reserved) == (0, Decimal(6))


def test_a_window_that_is_over_is_nothing_in_this(project) -> None:
    two_agents(project)
    (found,) = stands(project, NOON + HALF_A_DAY)
    assert (found.fullest.spent, found.groups) == (0, 0)


def test_where_it_is_going(project) -> None:
    budget(project, "100")
    tell(project, call(1, 1, 0, "1.5"))
    look(project)
    (found,) = stands(project, NOW)
    left = Decimal(HALF_A_DAY - MINUTE) / 10**9
    assert found.forecast(found.fullest) == Decimal("1.5") + Decimal("1.5") / 900 * left
    assert found.seconds_left(found.fullest) is None  # it begins anew before
    Budget.objects.update(limit=Decimal(15))
    (found,) = stands(project, NOW)
    assert found.seconds_left(found.fullest) == Decimal("13.5") / (Decimal("1.5") / 900)


def test_a_window_that_rolls_has_no_end(project) -> None:
    budget(project, window=HOURLY)
    tell(project, call(1, 1, 0, "1.5"))
    look(project)
    (found,) = stands(project, NOW)
    assert (found.resets_at_ns, found.forecast(found.fullest)) == (None, None)
    assert found.seconds_left(found.fullest)


def test_zones_tell_when_it_begins_anew(project) -> None:
    budget(project)
    Project.objects.update(time_zone="Asia/Kolkata")
    project.refresh_from_db()
    (found,) = stands(project, NOW)
    assert found.resets_at_ns == NOON + HALF_A_DAY - 330 * MINUTE


def test_a_budget_that_makes_no_sense_hides_no_other(project) -> None:
    budget(project, name="a", window={"kind": "moon"})
    budget(project, name="b")
    broken, sound = stands(project, NOW)
    assert broken.terms is None
    assert sound.terms


def test_other_projects_are_not_seen(project) -> None:
    two_agents(project)
    assert stands(Project.objects.create(name="other"), NOW) == []


def test_the_number_of_queries_does_not_grow(project) -> None:
    two_agents(project)
    for number in range(5):
        budget(project, name=f"another {number}", each="trace")
    look(project)
    with CaptureQueriesContext(connection) as queries:
        assert len(stands(project, NOW)) == 6
    assert len(queries) == 2


@pytest.mark.parametrize("place", ["", "x", "1-", "9" * 30 + "-1", "-", "٣-٣"])
def test_answers_are_told_page_by_page(project, place) -> None:
    found = budget(project)
    for second in range(5):
        ask(project, MINUTE + second)
    now = NOON_TIME + timedelta(hours=1)
    said = {"decision": "", "limit": 3}
    first, then = answers(project.pk, found.pk, now, after=place, **said)
    second_page, end = answers(project.pk, found.pk, now, after=then, **said)
    assert [each.pk for each in first + second_page] == list(
        Answer.objects.order_by("-at").values_list("pk", flat=True)
    )
    assert end == ""
    assert answers(project.pk, found.pk, now, decision="stop", after="", limit=3) == ([], "")
    assert answers(project.pk + 1, found.pk, now, after="", **said) == ([], "")
