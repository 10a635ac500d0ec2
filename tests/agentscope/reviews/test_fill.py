from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.reviews.fill import fill_from_runs, fill_new_queue
from agentscope.reviews.models import Due, Item, Queue
from agentscope.reviews.queues import delete_queue, save_queue
from agentscope.reviews.tasks import fill
from agentscope.reviews.write import review, set_two_persons
from tests.agentscope.reviews.decided import ANN, queue, record
from tests.kit.costs import NOON_TIME, agent, call, tell, uuid

MANY = 300


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


def derive(project_id, traces):
    """Decisions of these runs are derived, as often as they are named."""
    for number in traces:
        record(project_id, number)
        fill_from_runs()


def drawn(project_id):
    rows = Item.objects.filter(project_id=project_id)
    return {(each.trace_id, each.span_id): tuple(each.queues) for each in rows}


def test_order_and_repetition_do_not_matter(shop):
    queue(shop, name="half", share="0.5")
    queue(shop, name="tenth", share="0.1")
    derive(shop, range(1, MANY))
    first = drawn(shop)
    Item.objects.all().delete()
    again = [*range(1, MANY), *range(1, MANY, 3)]
    Random(1).shuffle(again)
    derive(shop, again)
    assert drawn(shop) == first
    assert MANY * 0.35 < len(first) < MANY * 0.75


def test_each_item_says_by_which_rules_it_came(shop):
    made = [queue(shop, name="dear", only={"cost": "1"}), queue(shop, name="all")]
    queue(shop, name="failed", only={"outcome": "failed"})
    derive(shop, [1])
    assert drawn(shop) == {(uuid(1), 1): tuple(each.pk for each in made)}


def test_what_was_drawn_stays_when_its_record_changes(shop):
    a, b = queue(shop, name="a", hours=48), queue(shop, name="b", only={"finding": "any"}, hours=1)
    derive(shop, [1])
    before = Item.objects.get()
    record(shop, 1, findings=["exact_repeat"])
    fill_from_runs()
    item = Item.objects.get()
    assert (before.queues, item.queues) == ([a.pk], [a.pk, b.pk])
    assert item.came_at == before.came_at
    assert before.due_at - before.came_at == timedelta(hours=48)
    assert item.due_at < before.due_at
    derive(shop, [1])
    assert Item.objects.get().queues == [a.pk, b.pk]


def test_what_was_reviewed_stays_so_when_it_is_drawn(shop):
    case = record(shop)
    review(case, ANN, "approved", "")
    queue(shop)
    fill()
    item = Item.objects.get()
    assert (item.state, item.verdict) == ("reviewed", "approved")
    assert item.queues


def test_a_queue_draws_only_of_its_project_and_its_time(shop):
    other = Project.objects.create(name="other").pk
    made = queue(shop, name="new")
    Queue.objects.filter(pk=made.pk).update(since=NOON_TIME + timedelta(seconds=1))
    queue(other)
    derive(shop, [1])
    assert drawn(shop) == drawn(other) == {}
    assert not Due.objects.exists()


def test_what_there_is_is_drawn_once_a_rule_is_said(shop):
    for number in range(1, MANY):
        record(shop, number, agent="planner" if number % 2 else "writer")
    made = queue(shop, only={"agent": "planner"}, share="0.2")
    assert fill_new_queue()
    assert not fill_new_queue()
    first = drawn(shop)
    Item.objects.all().delete()
    derive(shop, range(1, MANY, 2))
    assert drawn(shop) == first
    Queue.objects.filter(pk=made.pk).update(is_filled=False, enabled=False)
    assert not fill_new_queue()


def test_a_new_rule_means_what_begins_from_now_on(shop):
    record(shop, 1)
    record(shop, 2, at=timezone.now() + timedelta(minutes=1))
    save_queue(shop, "ann", {"name": "q", "hours": 1})
    fill()
    assert [each.trace_id for each in Item.objects.all()] == [uuid(2)]


def test_nothing_is_drawn_by_a_queue_that_is_off_or_deleted(shop):
    queue(shop, name="off", enabled=False)
    gone = queue(shop, name="gone")
    delete_queue(gone, "ann")
    derive(shop, [1])
    fill()
    assert drawn(shop) == {}
    assert not Due.objects.exists()


def test_nobody_is_told_of_runs_where_there_is_no_queue(shop):
    record(shop)
    assert not Due.objects.exists()
    made = queue(shop)
    record(shop, outcome="failed")
    record(shop, 1, 2)
    assert [each.trace_id for each in Due.objects.all()] == [uuid(1)]
    Due.objects.all().delete()
    Record.objects.update(recorded=7)  # the ledger was told
    assert not Due.objects.exists()
    Queue.objects.filter(pk=made.pk).update(enabled=False)
    record(shop)
    assert not Due.objects.exists()


def test_what_is_examined_is_drawn(shop):
    made = queue(shop, only={"agent": "planner"})
    tell(shop, agent(1, 1, "planner"), call(1, 2, 1, "0.5"), agent(2, 1, "writer"))
    fill_from_runs()
    assert drawn(shop) == {(uuid(1), 1): (made.pk,)}


def test_what_two_people_approve_is_known_when_it_is_drawn(shop):
    set_two_persons(shop, ["refund*"], "ann")
    queue(shop)
    record(shop, 1, effects=["refund_order"])
    record(shop, 2, effects=["send_mail"])
    fill()
    assert {each.trace_id: each.needs for each in Item.objects.all()} == {uuid(1): 2, uuid(2): 1}


def test_the_share_is_exact(shop):
    assert queue(shop, share=Decimal("0.05")).share == Decimal("0.05")
