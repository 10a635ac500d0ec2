"""What budgets and people said about a trace, as it is stored."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from agentscope.budgets.models import Answer, Lift, Stop
from agentscope.records import orders
from agentscope.records.orders import orders_of

pytestmark = pytest.mark.django_db
TRACE, NOON = UUID(int=7), datetime(2026, 11, 25, 12, tzinfo=UTC)


def answered(count, decision, trace=TRACE):
    for number in range(count):
        Answer.objects.create(
            project_id=1,
            at=NOON + timedelta(seconds=number),
            decision=decision,
            trace=trace,
            agent="desk",
            asked={},
            said={"reason": f"{decision} {number}"},
        )


def test_answers_of_a_trace_are_read_in_one_query(django_assert_num_queries):
    answered(2, "allow")
    answered(1, "stop")
    answered(1, "warn", UUID(int=8))
    with django_assert_num_queries(1):
        found, unread = orders_of(1, TRACE)
    assert [(each.what, each.why) for each in found] == [
        ("allow", "allow 0"),
        ("stop", "stop 0"),
        ("allow", "allow 1"),
    ]
    assert unread == 0
    assert orders_of(2, TRACE) == ([], 0)


def test_of_many_answers_the_last_are_read_and_others_counted():
    answered(orders.MOST_ANSWERS + 3, "allow")
    found, unread = orders_of(1, TRACE)
    assert (len(found), unread) == (orders.MOST_ANSWERS, 3)
    assert found[-1].why == f"allow {orders.MOST_ANSWERS + 2}"


def test_what_people_say_of_a_trace_is_of_their_project():
    said = {"who": "ann", "why": "enough"}
    Stop.objects.create(project_id=1, of="trace", name=TRACE.hex, made_at=NOON, **said)
    Lift.objects.create(project_id=1, trace=TRACE, until=NOON, **said)
    assert [each.what for each in orders_of(1, TRACE).said] == ["stop", "lift"]
    assert orders_of(2, TRACE) == ([], 0)
