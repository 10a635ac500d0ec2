"""The last answer that stopped a trace is found by an index, however many came after it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.budgets.models import Answer
from agentscope.budgets.of_trace import of_trace

pytestmark = pytest.mark.django_db
TRACE, NOON = UUID(int=7), datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def answers():
    """A trace that was told to stop often, and then was let go on more often."""
    with connection.cursor() as cursor:
        cursor.execute("truncate budget_answer")
    Answer.objects.bulk_create(
        Answer(
            project_id=1,
            at=NOON + timedelta(seconds=number),
            decision="stop" if number < 1000 else "allow",
            trace=TRACE,
            asked={},
            said={"reason": f"the {number}"},
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze budget_answer")


def test_the_last_one_is_found_by_its_index(answers):
    with CaptureQueriesContext(connection) as asked:
        told = of_trace(1, TRACE, NOON).told
    assert (told.reason, told.at) == ("the 999", NOON + timedelta(seconds=999))
    with connection.cursor() as cursor:
        cursor.execute(f"explain {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "budget_answer_of_trace" in plan, plan
