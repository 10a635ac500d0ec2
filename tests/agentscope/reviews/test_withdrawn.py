import pytest

from agentscope.alerts.watch import BadRule
from agentscope.projects.models import Project
from agentscope.reviews.case import Who
from agentscope.reviews.fill import fill_from_runs
from agentscope.reviews.measured import measured, of_agents, of_reviewers
from agentscope.reviews.models import WITHDRAWN, Item, Review
from agentscope.reviews.read import course, next_item
from agentscope.reviews.write import review, set_two_persons
from tests.agentscope.reviews.decided import ANN, BOB, queue, record
from tests.kit.changes import noted


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


def test_a_withdrawal_is_said_besides_and_the_decision_waits_again(shop):
    case = record(shop)
    review(case, ANN, "wrong", "never paid")
    review(case, ANN, WITHDRAWN, "it was paid")
    assert list(Review.objects.order_by("pk").values_list("verdict", "text")) == [
        ("wrong", "never paid"),
        (WITHDRAWN, "it was paid"),
    ]
    item = Item.objects.get()
    assert (item.state, item.verdict, item.approvals) == ("open", "", 0)
    found = course(case)
    assert [each.is_present for each in found.opinions] == [False, True]
    assert found.own("ann") is None
    said = noted()[-1]
    assert said.what == "A verdict on a decision of planner was withdrawn."
    assert said.details["verdict"] == WITHDRAWN


def test_what_others_say_stays(shop):
    set_two_persons(shop, ["refund"], "ann")
    case = record(shop, effects=["refund"])
    for who in (ANN, BOB):
        review(case, who, "approved", "")
    review(case, ANN, WITHDRAWN, "")
    item = Item.objects.get()
    assert (item.state, item.verdict, item.approvals) == ("open", "approved", 1)


def test_nothing_is_withdrawn_that_was_not_said(shop):
    case = record(shop)
    with pytest.raises(BadRule, match="Nothing that you said"):
        review(case, ANN, WITHDRAWN, "")
    assert not Item.objects.exists()
    review(case, ANN, "approved", "")
    for who in (BOB, Who("ann", is_person=False)):
        with pytest.raises(BadRule, match="Nothing that you said"):
            review(case, who, WITHDRAWN, "")
    review(case, ANN, WITHDRAWN, "")
    with pytest.raises(BadRule, match="Nothing that you said"):
        review(case, ANN, WITHDRAWN, "")
    assert Review.objects.count() == 2


def test_rates_know_it_as_given_and_as_held_no_more(shop):
    for number in (1, 2):
        review(record(shop, number), ANN, "wrong", "no")
    review(record(shop, 1), ANN, WITHDRAWN, "")
    found = measured(shop, None)
    (agent,) = of_agents(found)
    assert (agent.decisions, agent.wrong.found) == (1, 1)
    (ann,) = of_reviewers(found)
    assert ann.reviews == 2
    review(record(shop, 2), ANN, WITHDRAWN, "")
    assert of_agents(measured(shop, None)) == []


def test_whoever_withdrew_can_be_asked_again(shop):
    queue(shop)
    cases = [record(shop, number) for number in (1, 2)]
    fill_from_runs()
    set_two_persons(shop, ["*"], "ann")
    review(cases[1], ANN, "approved", "")
    review(cases[1], ANN, WITHDRAWN, "")
    assert next_item(cases[0], "ann", None).trace_id == cases[1].trace_id
