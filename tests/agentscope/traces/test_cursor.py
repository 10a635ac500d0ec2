"""A cursor comes back through an address, where anybody can write anything."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.cursor import BadCursor, Cursor

ID = "1" * 32


@given(st.datetimes(timezones=st.just(UTC)), st.uuids().filter(lambda each: each.int))
def test_what_was_written_is_read(started_at, trace_id):
    cursor = Cursor(started_at, trace_id)
    assert Cursor.parse(str(cursor)) == cursor


def test_another_zone_is_the_same_moment():
    found = Cursor.parse(f"2026-11-25T23:00:00+02:00~{ID}")
    assert found == Cursor(datetime(2026, 11, 25, 21, tzinfo=UTC), UUID(ID))
    assert Cursor.parse("") is None


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_that_is_none_in_utc_is_refused(time):
    with pytest.raises(BadCursor, match="leave it out"):
        Cursor.parse(f"{time}~{ID}")
