from datetime import timedelta

import pytest
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.reviews.case import Who
from agentscope.reviews.measured import measured, of_agents, of_reviewers
from agentscope.reviews.sittings import opened
from agentscope.reviews.write import review
from tests.agentscope.reviews.decided import ANN, BOB, record


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


def test_each_decision_of_an_agent_counts_once_by_its_worst_verdict(shop):
    cases = [record(shop, number) for number in range(1, 5)]
    for case in cases:
        review(case, ANN, "approved", "")
    review(cases[0], BOB, "wrong", "no")
    review(cases[1], BOB, "questioned", "hm")
    review(cases[1], ANN, "questioned", "hm")
    review(cases[2], BOB, "wrong", "no")
    review(cases[2], BOB, "approved", "after all")
    review(record(shop, 9, agent="writer"), ANN, "approved", "")
    planner, writer = of_agents(measured(shop, None))
    found = (planner.approved, planner.questioned, planner.wrong)
    assert [(each.found, each.total) for each in found] == [(2, 4), (1, 4), (1, 4)]
    assert planner.wrong.interval == pytest.approx((0.045587, 0.699358), abs=1e-6)
    assert (planner.pairs, planner.agreement, planner.kappa) == (3, None, None)
    assert (writer.agent, writer.decisions, writer.wrong.found) == ("writer", 1, 0)


def test_people_agree_as_far_as_they_said_the_same(shop):
    for number in range(1, 13):
        case = record(shop, number)
        verdict = "wrong" if number <= 4 else "approved"
        review(case, ANN, verdict, "x")
        review(case, BOB, "approved" if number == 1 else verdict, "x")
        review(case, Who("zoe"), "questioned", "x")
    (planner,) = of_agents(measured(shop, None))
    assert planner.pairs == 12
    assert planner.agreement == pytest.approx(11 / 12)
    chance = (4 / 12) * (3 / 12) + (8 / 12) * (9 / 12)
    assert planner.kappa == pytest.approx((11 / 12 - chance) / (1 - chance))


def test_whoever_approves_without_looking_shows(shop):
    for number in range(1, 4):
        case = record(shop, number)
        opened(case, "ann")
        if number == 1:
            opened(case, "ann", 5)
        review(case, ANN, "approved" if number < 3 else "wrong", "x")
        review(case, Who("key k…", is_person=False), "approved", "")
    ann, key = of_reviewers(measured(shop, None))
    assert (ann.who, ann.reviews, ann.seen, ann.seconds) == ("ann", 3, 3, 0)
    assert (ann.approved.found, ann.unread.found, ann.unread.total) == (2, 2, 3)
    assert (key.is_person, key.seen, key.seconds, key.unread.share) == (False, 0, None, None)


def test_only_what_was_said_in_the_time_is_counted(shop):
    case, now = record(shop), timezone.now()
    review(case, ANN, "approved", "")
    later = now + timedelta(hours=1)
    assert len(measured(shop, now - timedelta(hours=1), later)) == 1
    assert measured(shop, later) == measured(shop, None, now - timedelta(hours=1)) == []
    assert measured(shop, None, agent="writer") == []


def test_it_takes_one_query(shop, django_assert_num_queries):
    for number in range(1, 4):
        review(record(shop, number), ANN, "approved", "")
    with django_assert_num_queries(1):
        found = measured(shop, None)
        of_agents(found)
        of_reviewers(found)
