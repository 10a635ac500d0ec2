"""What is looked for in decision records, and how it is found."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.projects.models import Project
from agentscope.records import read
from agentscope.records.models import Record
from agentscope.records.read import BadCursor, Cursor, RecordFilters, names, record, records
from tests.ui.records import NOON, PLAIN, REFUND, record_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop")


def found(shop: Project, **filters) -> list[int]:
    return [each.span_id for each in records(shop.pk, RecordFilters(**filters), None, 10).items]


@pytest.mark.parametrize(
    "filters",
    [
        {"agent": "refunder"},
        {"effect": "refund"},
        {"effect": "ref*"},
        {"effect": "*FUND"},
        {"effect": "r*f**d"},
        {"person": "bob"},
        {"outcome": "failed"},
        {"authority": "approved"},
        {"finding": "exact_repeat"},
        {"session": "S"},
        {"user": "ann"},
        {"environment": "prod"},
        {"trace": UUID(int=2)},
        {"since": NOON + timedelta(seconds=2), "until": NOON + timedelta(seconds=3)},
    ],
)
def test_each_filter_finds_what_has_it(shop, filters):
    told = {"outcome": "failed", "findings": ["exact_repeat"], "environment": "prod"}
    record_of(shop, 1)
    record_of(shop, 2, **REFUND, **told)
    record_of(shop, 3)
    record_of(Project.objects.create(name="other"), 2, **REFUND, **told)
    assert found(shop, **filters) == [2]


def test_a_star_is_of_one_name_and_all_else_is_as_written(shop):
    record_of(shop, 1, effects=["pay.now", "buy"])
    record_of(shop, 2, effects=["payXnow"])
    record_of(shop, 3)
    assert found(shop, effect="pay.*") == [1]
    assert found(shop, effect="pay*") == [2, 1]
    assert found(shop, effect="pay*buy") == []
    assert found(shop, effect="*") == [2, 1]
    assert found(shop, effect="pay") == []
    assert found(shop, effect="(*[") == []


def test_pages_hold_each_record_once_the_newest_first(shop):
    for number in range(1, 6):
        record_of(shop, number, at=NOON)  # all at once: their ids tell them apart
    record_of(shop, 6)
    seen, after = [], None
    for _ in range(3):
        page = records(shop.pk, RecordFilters(), after, 2)
        assert page.total == 6
        seen += [each.span_id for each in page.items]
        after = page.next and Cursor.parse(str(page.next))
    assert seen == [6, 5, 4, 3, 2, 1]
    assert after is None


def test_records_of_one_trace_at_one_time_are_all_listed(shop):
    for span_id in (-5, 7, 9):
        Record.objects.create(
            trace_id=UUID(int=1), project_id=shop.pk, span_id=span_id, at=NOON, body={},
            digest=b"", **PLAIN,
        )  # fmt: skip
    first = records(shop.pk, RecordFilters(), None, 2)
    rest = records(shop.pk, RecordFilters(), first.next, 2)
    assert [each.span_id for each in [*first.items, *rest.items]] == [9, 7, -5]


@pytest.mark.parametrize("text", ["x", "2026-11-25T12:00:00Z", "2026-11-25T12:00:00~1~2"])
def test_a_cursor_of_somebody_else_is_told_as_such(text):
    with pytest.raises(BadCursor, match="leave it out"):
        Cursor.parse(text)


def test_what_is_counted_ends_somewhere(shop, monkeypatch):
    monkeypatch.setattr(read, "MOST_COUNTED", 2)
    for number in range(1, 4):
        record_of(shop, number)
    page = records(shop.pk, RecordFilters(), None, 1)
    assert (page.total, page.truncated) == (2, True)


def test_no_list_reads_a_body(shop):
    for number in range(1, 4):
        record_of(shop, number, **REFUND)
    with CaptureQueriesContext(connection) as asked:
        page = records(shop.pk, RecordFilters(agent="refunder"), None, 2)
        names(shop.pk)
    assert len(page.items) == 2
    assert len(asked) == 3  # the page, how many there are, the names
    assert not [each for each in asked if "body" in each["sql"]]
    assert all("body" in each.get_deferred_fields() for each in page.items)


def test_names_are_those_of_the_newest_records(shop):
    record_of(shop, 1, **REFUND)
    record_of(shop, 2, agent="buyer", effects=["buy", "pay"], people=["eve"])
    record_of(shop, 3)
    record_of(Project.objects.create(name="other"), 4, agent="secret")
    told = names(shop.pk)
    assert told.agents == ["buyer", "refunder"]
    assert told.effects == ["buy", "pay", "refund"]
    assert told.people == ["bob", "eve"]


def test_a_record_of_another_project_is_not_there(shop):
    other = Project.objects.create(name="other")
    kept = record_of(other, 1, **REFUND)
    assert record(shop.pk, kept.trace_id, 1) is None
    assert record(other.pk, kept.trace_id, 1) == kept
    assert not read.is_recorded(shop.pk, kept.trace_id, 1)
    assert read.is_recorded(other.pk, kept.trace_id, 1)


@pytest.fixture
def many(shop: Project) -> Project:
    """Three thousand records, of which some few have something of their own."""
    with connection.cursor() as cursor:
        cursor.execute("truncate decision_record")
    told: dict[int, dict[str, Any]] = {
        0: {"agent": "refunder"},
        1: {"effects": ["refund"]},
        2: {"people": ["bob"]},
        3: {"findings": ["exact_repeat"]},
        4: {"session": "S"},
        5: {"end_user": "ann"},
        6: {"outcome": "stopped"},
        7: {"authority": "policy"},
        8: {"environment": "canary"},
    }
    Record.objects.bulk_create(
        Record(
            trace_id=UUID(int=number),
            project_id=shop.pk,
            span_id=number,
            at=NOON + timedelta(seconds=number),
            body={},
            digest=b"",
            **{**PLAIN, "agent": "planner", **told.get(number % 1000, {})},
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze decision_record")
    return shop


FOUND_BY: list[tuple[dict[str, Any], str]] = [
    ({}, "record_newest"),
    ({"agent": "refunder"}, "record_of_agent"),
    ({"effect": "refund"}, "record_effects"),
    ({"person": "bob"}, "record_people"),
    ({"finding": "exact_repeat"}, "record_findings"),
    ({"session": "S"}, "record_of_session"),
    ({"user": "ann"}, "record_for_user"),
    ({"outcome": "stopped"}, "record_by_outcome"),
    ({"authority": "policy"}, "record_by_authority"),
    ({"environment": "canary"}, "record_in_environment"),
    ({"trace": UUID(int=7)}, "decision_record_pkey"),
    ({"since": NOON + timedelta(seconds=2990)}, "record_newest"),
]


def test_few_among_many_are_found_by_an_index(many):
    plans = [(index, plan_of(many, filters)) for filters, index in FOUND_BY]
    assert [(index, plan) for index, plan in plans if index not in plan] == []


def plan_of(shop: Project, filters: dict[str, Any]) -> str:
    """How Postgres finds the newest records that have something."""
    with CaptureQueriesContext(connection) as asked:
        assert records(shop.pk, RecordFilters(**filters), None, 5).items
    with connection.cursor() as cursor:
        cursor.execute(f"explain {asked[0]['sql']}")
        return "\n".join(line for (line,) in cursor.fetchall())
