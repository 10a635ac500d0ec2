"""Who said yes and who said no, read with a list and from a body."""

import pytest

from agentscope.projects.models import Project
from agentscope.records.answers import Answer, answers, with_answers
from agentscope.records.models import Record
from agentscope.records.read import RecordFilters, record, records
from tests.ui.records import record_of, told

SAID = [("eve", "rejected"), ("bob", "approved"), ("ann", "changed"), ("dan", "answered")]
MEANT = {Answer.YES: ["ann", "bob"], Answer.NO: ["eve"], Answer.OTHER: ["dan"]}
LIFT = {"what": "lift", "by": "bob", "words": "person"}
STOP = {"what": "stop", "by": "eve", "words": "person"}
WAITS = {"what": "approval", "words": "waiting"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop")


def listed(shop: Project, **beside: object) -> Record:
    (found,) = records(shop.pk, RecordFilters(beside=beside), None, 10).items
    return found


def test_a_list_and_a_page_tell_the_same(shop):
    made = record_of(shop, **told(*SAID))
    alone = record(shop.pk, made.trace_id, made.span_id)
    assert answers(listed(shop, **with_answers())) == answers(alone) == MEANT


def test_who_let_it_go_on_said_yes_and_who_stopped_it_or_is_waited_for_said_nothing(shop):
    record_of(
        shop, authority="approved", people=["bob", "eve"], body={"authority": [LIFT, STOP, WAITS]}
    )
    assert answers(listed(shop, **with_answers())) == {Answer.YES: ["bob"]}


def test_where_nobody_was_asked_nobody_answered(shop):
    record_of(shop, authority="budget", people=["eve"], body={"authority": [STOP]})
    assert answers(listed(shop, **with_answers())) == {}


def test_a_list_that_does_not_ask_reads_no_body(shop, django_assert_num_queries):
    record_of(shop, **told(*SAID))
    found = listed(shop)
    with django_assert_num_queries(0):
        assert answers(found) == {Answer.OTHER: ["ann", "bob", "dan", "eve"]}
