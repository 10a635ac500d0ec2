"""Long arrays of numbers, as the database sends them."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.findings.ends import numbers


@pytest.mark.django_db
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=50,
)
@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_what_was_sent_is_read(some):
    with connection.cursor() as cursor:
        cursor.execute("select array_send(%s::int8[])", [some])
        assert numbers(cursor.fetchone()[0]).tolist() == some
