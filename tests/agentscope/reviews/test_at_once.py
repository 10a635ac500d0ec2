"""Two who say something of one decision, or change one queue, at once."""

from __future__ import annotations

import pytest

from agentscope.alerts.write import Gone, delete_rule
from agentscope.projects.models import Project
from agentscope.reviews.fill import fill_new_queue
from agentscope.reviews.models import Item, Queue
from agentscope.reviews.queues import delete_queue, save_queue
from agentscope.reviews.write import assign, review, set_two_persons
from tests.agentscope.at_once import at_once
from tests.agentscope.reviews.decided import ANN, BOB, queue, record
from tests.kit.changes import noted
from tests.ui.alerting import rule_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    return Project.objects.create(name="shop")


@pytest.fixture
def case(shop):
    return record(shop.pk, effects=["refund"])


def state():
    item = Item.objects.get()
    return item.state, item.needs, item.approvals


def changes():
    """What the last two entries say was before and after."""
    return [(each.who, each.details["before"], each.details["after"]) for each in noted()[-2:]]


def test_two_who_approve_are_both_counted(shop, case):
    set_two_persons(shop.pk, ["refund"], "ann")
    at_once(lambda: review(case, ANN, "approved", ""), lambda: review(case, BOB, "approved", ""))
    assert state() == ("reviewed", 2, 2)


def test_one_person_twice_is_one(shop, case):
    set_two_persons(shop.pk, ["refund"], "ann")
    at_once(lambda: review(case, ANN, "approved", ""), lambda: review(case, ANN, "approved", ""))
    assert state() == ("open", 2, 1)


def test_nothing_is_approved_by_one_once_it_takes_two(shop, case):
    at_once(
        lambda: set_two_persons(shop.pk, ["refund"], "ann"),
        lambda: review(case, BOB, "approved", ""),
    )
    assert state() == ("open", 2, 1)


def test_what_one_approved_just_before_waits_for_another(shop, case):
    at_once(
        lambda: review(case, BOB, "approved", ""),
        lambda: set_two_persons(shop.pk, ["refund"], "ann"),
    )
    assert state() == ("open", 2, 1)


def test_what_is_drawn_meanwhile_takes_two_as_well(shop, case):
    queue(shop.pk)
    at_once(lambda: set_two_persons(shop.pk, ["refund"], "ann"), fill_new_queue)
    assert state() == ("open", 2, 0)


def test_two_who_say_what_takes_two_are_told_one_after_the_other(shop):
    set_two_persons(shop.pk, ["pay"], "ann")
    at_once(
        lambda: set_two_persons(shop.pk, ["refund"], "ann"),
        lambda: set_two_persons(shop.pk, [], "bob"),
    )
    assert changes() == [("ann", ["pay"], ["refund"]), ("bob", ["refund"], [])]


@pytest.fixture
def _asked(monkeypatch):
    """Whoever is called so may review."""
    monkeypatch.setattr("agentscope.reviews.write.members", lambda *_: (["ann", "bob"],))


@pytest.mark.usefixtures("_asked")
def test_of_two_who_claim_one_decision_one_has_it(case):
    assign(case, ANN, "")
    found = at_once(lambda: assign(case, ANN, "ann"), lambda: assign(case, BOB, "bob"))
    assert found.assigned_to == Item.objects.get().assigned_to == "bob"
    assert changes() == [("ann", "", "ann"), ("bob", "ann", "bob")]


@pytest.mark.usefixtures("_asked")
def test_who_is_asked_and_what_is_said_do_not_undo_each_other(case):
    at_once(lambda: review(case, ANN, "approved", ""), lambda: assign(case, BOB, "bob"))
    assert (state(), Item.objects.get().assigned_to) == (("reviewed", 1, 1), "bob")


def test_two_who_change_a_queue_are_told_one_after_the_other(shop):
    one = queue(shop.pk)
    at_once(
        lambda: save_queue(shop.pk, "ann", {"name": "two", "hours": 1}, one),
        lambda: save_queue(shop.pk, "bob", {"name": "three", "hours": 2}, one),
    )
    names = [(who, before["name"], after["name"]) for who, before, after in changes()]
    assert names == [("ann", "q", "two"), ("bob", "two", "three")]


def test_a_queue_that_was_deleted_meanwhile_is_not_back(shop):
    one = queue(shop.pk)
    found = at_once(
        lambda: delete_queue(one, "ann"),
        lambda: save_queue(shop.pk, "bob", {"name": "two", "hours": 1}, one),
    )
    assert isinstance(found, Gone)
    assert "“q” was deleted meanwhile" in str(found)
    assert Queue.objects.get().ended_at is not None


def test_what_is_deleted_twice_is_told_once(shop):
    one, rule = queue(shop.pk), rule_of(shop)
    before = len(noted())
    at_once(lambda: delete_queue(one, "ann"), lambda: delete_queue(one, "bob"))
    at_once(lambda: delete_rule(rule, "ann"), lambda: delete_rule(rule, "bob"))
    assert [each.who for each in noted()[before:]] == ["ann", "ann"]
