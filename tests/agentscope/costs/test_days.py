"""Days are added up once they are due, by one worker at a time, and stay when traces expire."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils import timezone

from agentscope.costs import days
from agentscope.costs.days import LEASE, claim_day, close_days, forget_lines, roll_up
from agentscope.costs.models import Charge, DayCost, DayDue, PathCost, SessionCost
from agentscope.costs.query import CostQuery
from agentscope.costs.read import calls, costs, trace_paths
from agentscope.pipeline import examine, partitions, roll_up_days
from agentscope.projects.models import Project
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from tests.kit.costs import DAY_NS, NOON_TIME, agent, call, day, settle, store, tell, uuid

pytestmark = pytest.mark.django_db

PERIOD = CostQuery(day(0), day(3), ("agent",))


@pytest.fixture
def shop():
    return Project.objects.create(name="shop").pk


def later(passed: timedelta) -> None:
    """Let time pass, as far as days can tell."""
    DayDue.objects.update(
        due_at=F("due_at") - passed,
        leased_until=F("leased_until") - passed,
        rolled_at=F("rolled_at") - passed,
    )


def spent(project_id):
    return costs(project_id, PERIOD).total.known_cost


def test_it_works(shop):
    store(shop, agent(1, 1, "planner", after=DAY_NS), call(1, 2, 1, "0.1"))
    examine(shop, uuid(1))
    assert costs(shop, PERIOD).days_due == 2
    roll_up_days()
    assert costs(shop, PERIOD).days_due == 0
    assert spent(shop) == Decimal("0.1")
    assert sorted(DayCost.objects.values_list("day", "calls")) == [
        (day(0).date(), 1),
        (day(1).date(), 0),
    ]
    assert SessionCost.objects.count() == 2


def test_many_days_are_claimed_one_by_one(shop):
    tell(shop, *(agent(1, at + 1, "planner", after=at * DAY_NS) for at in range(9)))
    DayDue.objects.update(due_at=timezone.now() - LEASE)
    claimed = {claim_day().day for _ in range(9)}
    assert (len(claimed), claim_day()) == (9, None)


def test_a_claim_is_for_one_worker_until_its_lease_ends(shop):
    store(shop, agent(1, 1, "planner"))
    examine(shop, uuid(1))
    claimed = claim_day()
    assert claim_day() is None
    later(LEASE)
    assert claim_day() == claimed


def test_what_changes_meanwhile_makes_it_due_again(shop):
    store(shop, agent(1, 1, "planner"))
    examine(shop, uuid(1))
    claimed = claim_day()
    store(shop, call(1, 2, 1, "0.1"))
    examine(shop, uuid(1))
    roll_up(claimed)
    assert costs(shop, PERIOD).days_due == 1
    later(timedelta(hours=1))
    roll_up_days()
    assert costs(shop, PERIOD).days_due == 0
    assert spent(shop) == Decimal("0.1")


def test_a_busy_day_rests_in_proportion_to_its_work(shop):
    tell(shop, agent(1, 1, "planner"))
    DayDue.objects.update(rolled_at=timezone.now(), roll_seconds=600)
    store(shop, call(1, 2, 1, "0.1"))
    examine(shop, uuid(1))
    assert claim_day() is None
    later(timedelta(seconds=2_401))
    assert claim_day().day == day(0).date()


def test_only_what_changed_is_written(shop):
    tell(shop, call(1, 1, 0, "0.1"), call(1, 2, 0, "0.1", model="mini"))
    before = set(DayCost.objects.values_list("pk", "model"))
    tell(shop, call(1, 3, 0, "0.1", model="other", after=10**10))
    after = set(DayCost.objects.values_list("pk", "model"))
    assert {model for _, model in after - before} == {"other"}
    assert before < after


def test_a_line_that_is_gone_is_gone_from_its_day(shop):
    tell(shop, call(1, 2, 0, "0.1"))
    tell(shop, agent(1, 1, "planner"), call(1, 2, 1, "0.1"))
    assert set(DayCost.objects.values_list("path", flat=True)) <= {"", "planner"}
    assert spent(shop) == Decimal("0.1")


def test_times_of_broken_clocks_add_up_to_no_more_than_a_column_holds(shop):
    tell(shop, agent(1, 1, "planner"), agent(2, 1, "planner"))
    PathCost.objects.update(time_ns=2**63 - 1)
    DayDue.objects.update(due_at=timezone.now() - LEASE)
    roll_up_days()
    assert DayCost.objects.get().time_ns == 2**63 - 1


def work(action, project_id, number):
    """What one worker does."""
    with closing(connection):
        for turn in range(8):
            action(project_id, number, turn)


def grow(project_id, number, turn):
    """One more span, and the examination of its trace."""
    store(project_id, call(number, turn + 1, 0, "0.1", model=f"model-{turn % 3}"))
    examine(project_id, uuid(number))


def add_up(project_id, number, turn):
    """All days that are due or at rest."""
    DayDue.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while claimed := claim_day():
        roll_up(claimed)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_examining_and_adding_up_at_once_comes_to_the_same(shop):
    """Workers examine the traces of one day, again and again with more spans, while others add it
    up; then nothing is due, and the day is what its lines come to."""
    actions = [grow, grow, grow, add_up, add_up]
    with ThreadPoolExecutor(len(actions)) as pool:
        working = [pool.submit(work, action, shop, at) for at, action in enumerate(actions, 1)]
    assert [each.exception() for each in working] == [None] * len(actions)
    settle()
    assert spent(shop) == Decimal("2.4")
    assert costs(shop, PERIOD).days_due == 0
    models = DayCost.objects.values_list("model", flat=True)
    assert len(models) == len(set(models)) == 3


@pytest.fixture
def expired(shop, settings):
    """A trace whose days are older than the retention, dropped an hour ago."""
    tell(shop, agent(1, 1, "planner"), call(1, 2, 1, "0.1"), call(1, 3, 1, "0.2", after=DAY_NS))
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    Trace.objects.update(last_seen_at=NOON_TIME)
    with time_machine.travel(NOON_TIME + timedelta(days=40), tick=False):
        partitions()
    return shop


def test_when_traces_expire_their_days_stay_as_sums(expired):
    assert not Trace.objects.exists() | PathCost.objects.exists() | Charge.objects.exists()
    assert spent(expired) == Decimal("0.3")
    page = calls(expired, PERIOD, "", 10)
    assert (page.calls, page.calls_since) == ([], day(2).date())
    assert costs(expired, PERIOD).calls_since == day(2).date()
    assert trace_paths(expired, uuid(1)) is None


def test_what_comes_for_a_closed_day_does_not_change_it(expired):
    tell(expired, call(2, 1, 0, "5"))
    assert spent(expired) == Decimal("0.3")
    assert trace_paths(expired, uuid(2)).total.known_cost == 5


def test_a_day_that_is_still_due_is_added_up_before_it_is_closed(shop, settings):
    store(shop, call(1, 1, 0, "0.1"))
    examine(shop, uuid(1))
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    with time_machine.travel(NOON_TIME + timedelta(days=40), tick=False):
        close_days()
    assert spent(shop) == Decimal("0.1")
    assert DayDue.objects.get().closed


def test_lines_of_living_traces_and_open_days_are_kept(shop, monkeypatch):
    monkeypatch.setattr(days, "BATCH", 1)
    tell(shop, call(1, 1, 0, "0.1"), call(1, 2, 0, "0.1", after=DAY_NS), call(2, 1, 0, "0.2"))
    Trace.objects.filter(trace_id=uuid(1)).delete()
    forget_lines()
    assert PathCost.objects.count() == 3
    DayDue.objects.filter(day=day(0).date()).update(closed=True)
    forget_lines()
    assert set(PathCost.objects.values_list("trace_id", "hour__day")) == {
        (uuid(1), 26),
        (uuid(2), 25),
    }


def test_days_that_no_right_clock_tells_leave_nothing(shop):
    tell(shop, call(1, 1, 0, "0.1", after=365 * 10 * DAY_NS), call(2, 1, 0, "0.1"))
    Trace.objects.all().delete()
    forget_lines()
    assert list(PathCost.objects.values_list("trace_id", flat=True)) == [uuid(2)]


def test_nothing_is_closed_where_nothing_expires(shop, settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    tell(shop, call(1, 1, 0, "0.1"))
    close_days()
    assert not DayDue.objects.get().closed
