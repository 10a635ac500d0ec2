"""Decisions of two projects by the same ids: what is said of one is not said of the other."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agentscope.alerts.watch import BadRule
from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.records.read import RecordFilters, records
from agentscope.reviews.fill import fill_from_runs
from agentscope.reviews.letters import PATIENCE, waiting, want_letters
from agentscope.reviews.listed import standing_so, with_decision, with_review, wrong_in_traces
from agentscope.reviews.models import WITHDRAWN, Item, Mention, Sitting
from agentscope.reviews.read import changed, course, next_item
from agentscope.reviews.sittings import opened
from agentscope.reviews.write import comment, review, set_two_persons
from agentscope.traces.models import Trace
from tests.agentscope.reviews.decided import ANN, BOB, queue, record
from tests.kit.costs import agent, store, uuid


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


@pytest.fixture
def other(db):
    return Project.objects.create(name="other").pk


@pytest.fixture
def case(shop, other):
    """A decision of which nobody said anything; of that of the other project people did."""
    theirs = record(other, effects=["refund"], body={"of": "other"})
    for who in (ANN, BOB):
        review(theirs, who, "wrong", "it was paid")
    comment(theirs, BOB, "look")
    opened(theirs, "ann", 5)
    return record(shop, effects=["refund"])


def items(project_id):
    return Item.objects.filter(project_id=project_id)


def test_nothing_is_known_of_what_was_said_in_another_project(case):
    found = course(case)
    assert (found.item, found.opinions, found.comments) == (None, [], [])


def test_a_decision_stands_by_what_was_said_in_its_own_project(case, shop):
    made = review(case, ANN, "approved", "")
    assert (made.opened_at, items(shop).get().verdict) == (None, "approved")
    assert Sitting.objects.exists()


def test_a_verdict_of_another_project_cannot_be_withdrawn(case):
    with pytest.raises(BadRule, match="Nothing that you said"):
        review(case, ANN, WITHDRAWN, "")


def test_lists_tell_no_verdicts_of_another_project(case, shop):
    (found,) = records(shop, RecordFilters(beside=with_review()), None, 9).items
    assert found.review is None
    assert not records(shop, RecordFilters(also=standing_so("wrong")), None, 9).items
    store(shop, agent(1, 1, "planner"))
    assert Trace.objects.annotate(**wrong_in_traces()).get().wrong is None
    assert not Trace.objects.filter(with_decision("wrong")).exists()


def test_what_somebody_said_in_another_project_is_still_to_be_reviewed(shop, other):
    review(record(other, 2), ANN, "approved", "")
    queue(shop)
    cases = [record(shop, number) for number in (1, 2, 3)]
    fill_from_runs()
    following = [next_item(each, "ann", None).trace_id for each in cases]
    assert following == [uuid(2), uuid(3), uuid(1)]


def test_no_queue_draws_decisions_of_a_run_of_another_project(shop, other):
    queue(shop)
    record(other, 1, 2)
    record(shop, 1, 1)
    fill_from_runs()
    assert [each.span_id for each in Item.objects.all()] == [1]


def test_a_decision_is_gone_though_another_project_has_it(case, shop, other):
    review(case, ANN, "approved", "")
    queue(shop)
    Record.objects.filter(project_id=shop).delete()
    fill_from_runs()
    assert (items(shop).get().is_gone, items(other).get().is_gone) == (True, False)


def test_what_takes_two_people_in_one_project_takes_one_in_another(case, shop, other):
    set_two_persons(shop, ["refund"], "ann")
    assert items(other).get().needs == 1


def test_a_record_of_another_project_is_no_change_of_ours(case, shop):
    review(case, ANN, "approved", "")
    Record.objects.filter(project_id=shop).delete()
    assert changed(shop, items(shop)) == set()


def test_a_verdict_on_a_record_of_another_project_is_none_on_ours(case, shop, other):
    review(case, BOB, "approved", "")
    assert changed(shop, items(shop)) == set()
    record(shop, body={"of": "shop"})
    assert changed(shop, items(shop)) == {items(shop).get().pk}


def test_letters_about_another_project_keep_none_back(shop, other):
    for project_id in (shop, other):
        said = comment(record(project_id), ANN, "look")
        Mention.objects.create(comment=said, project_id=project_id, who="bob")
    want_letters(other, "bob", wanted=False)
    Mention.objects.filter(project_id=other).update(mailed_at=timezone.now())
    with time_machine.travel(timezone.now() + PATIENCE + timedelta(seconds=1), tick=False):
        assert [each.project_id for each in waiting()] == [shop]
