from datetime import timedelta

import pytest
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.reviews.case import Who
from agentscope.reviews.fill import fill_from_runs
from agentscope.reviews.models import Due, Item
from agentscope.reviews.read import Count, ItemFilters, counts, items, next_item
from agentscope.reviews.write import review, set_two_persons
from agentscope.vocabulary import Content, Kind
from tests.agentscope.reviews.decided import ANN, BOB, queue, record
from tests.kit.costs import agent, call, span, tell


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


def test_an_effect_that_is_told_late_takes_two_people_all_the_same(shop):
    set_two_persons(shop, ["refund"], "ann")
    case = record(shop)
    review(case, ANN, "approved", "")
    assert Item.objects.get().state == "reviewed"
    record(shop, effects=["refund"])  # by late spans; there is no queue
    assert fill_from_runs()
    item = Item.objects.get()
    assert (item.state, item.needs, item.approvals) == ("open", 2, 1)
    review(case, BOB, "approved", "")
    assert Item.objects.get().state == "reviewed"


def test_a_verdict_knows_what_was_told_by_then(shop):
    set_two_persons(shop, ["refund"], "ann")
    case = record(shop)
    review(case, ANN, "approved", "")
    record(shop, effects=["refund"])
    review(case, ANN, "approved", "")
    assert Item.objects.get().state == "open"


def test_somebody_who_did_not_log_in_is_none_of_the_two(shop):
    set_two_persons(shop, ["refund"], "ann")
    case = record(shop, effects=["refund"])
    review(case, Who("somebody"), "approved", "")
    review(case, ANN, "approved", "")
    assert Item.objects.get().state == "open"


def test_a_program_of_the_name_of_a_person_is_another_one(shop):
    case = record(shop)
    review(case, ANN, "approved", "")
    review(case, Who("ann", is_person=False), "wrong", "no")
    assert (Item.objects.get().verdict, Item.objects.get().approvals) == ("wrong", 1)


def test_what_is_gone_before_it_was_reviewed_waits_no_more(shop):
    made = queue(shop)
    for number in (1, 2):
        record(shop, number)
    fill_from_runs()
    done = review(record(shop, 3), ANN, "approved", "")
    Record.objects.exclude(trace_id=record(shop, 2).trace_id).delete()
    while fill_from_runs():
        pass
    states = dict(Item.objects.values_list("trace_id", "is_gone"))
    assert sorted(states.values()) == [False, True, True]
    assert Item.objects.get(trace_id=done.trace_id).state == "reviewed"
    assert [each.state for each in items(shop, ItemFilters(state="gone"))] == ["gone"]
    assert items(shop, ItemFilters(state="waiting")).count() == 1
    late = timezone.now() + timedelta(days=9)
    assert counts(shop, late)[made.pk] == Count(waiting=1, late=1)
    record(shop, 1)  # its spans came once more
    fill_from_runs()
    assert items(shop, ItemFilters(state="waiting")).count() == 2
    assert not Due.objects.exists()


def test_a_finding_that_comes_after_the_run_is_of_all_with_findings(shop):
    queue(shop, only={"finding": "any"})
    tell(shop, agent(1, 1, "planner"), call(1, 2, 1, "0.5"))
    fill_from_runs()
    assert not Item.objects.exists()
    said = Content(arguments={"q": 1}, result="nothing")
    again = {"kind": Kind.TOOL, "tool": "search", "name": "search", "content": said}
    tell(shop, *[span(1, number, 1, number * 2 * 10**9, **again) for number in range(3, 12)])
    assert Record.objects.get().findings
    fill_from_runs()
    assert Item.objects.get().queues


def test_what_others_are_asked_for_is_not_next(shop):
    queue(shop)
    cases = [record(shop, number) for number in (1, 2, 3)]
    fill_from_runs()
    Item.objects.filter(trace_id=cases[1].trace_id).update(assigned_to="bob")
    assert next_item(cases[0], "ann", None).trace_id == cases[2].trace_id
    assert next_item(cases[0], "bob", None).trace_id == cases[1].trace_id
    Item.objects.update(due_at=None)
    assert next_item(cases[2], "ann", None).trace_id == cases[0].trace_id
