"""How Postgres finds entries in a ledger of a hundred thousand: by its indexes, never by reading or
sorting all of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.audit.read import Filters, Looked, entries, people

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SHOP, MANY = 1, 100_000
# One of a thousand is of a kind that few are of, and was done by somebody who did little else.
FILL = f"""
insert into ledger_entry
  (project_id, position, at, kind, content_digest, previous, key, signature, hash)
select {SHOP}, number, timestamptz '2026-01-01' + number * interval '1 minute',
  case when number % 1000 = 0 then 'rare' else 'budget' end, '', '', '', '', ''
from generate_series(1, {MANY}) number;
insert into ledger_content (project_id, position, text)
select {SHOP}, number, format('{{"who": "%s", "what": "change %s"}}',
  case when number % 1000 = 0 then 'cleo' else 'ann' end, number)
from generate_series(1, {MANY}) number;
analyze ledger_entry, ledger_content;
"""


@pytest.fixture(scope="module")
def ledger(db_of_module):
    """A hundred thousand entries, a minute apart."""
    with connection.cursor() as cursor:
        cursor.execute(FILL)


def plans(ask) -> str:
    """How Postgres answers what is asked."""
    with CaptureQueriesContext(connection) as found:
        assert ask().found
    told = []
    with connection.cursor() as cursor:
        for query in found:
            cursor.execute(f"explain {query['sql']}")
            told += [line for (line,) in cursor.fetchall()]
    return "\n".join(told)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (Filters(), "Index Scan Backward using ledger_entry_pkey"),
        (Filters(kind="rare"), "ledger_entry_kind"),
        (Filters(who="cleo"), "ledger_content_who"),
        (Filters(who="ann", group="budgets"), "Backward"),
        (Filters(until=datetime(2026, 1, 2, tzinfo=UTC)), "ledger_entry_at"),
    ],
)
@pytest.mark.parametrize("before", [None, MANY // 2])
def test_a_page_is_found_by_an_index(ledger, filters, index, before):
    told = plans(lambda: entries(SHOP, filters, before, 50))
    assert index in told
    assert "Seq Scan" not in told


def test_a_text_is_looked_for_by_an_index_in_what_one_look_goes_through(ledger, monkeypatch):
    monkeypatch.setattr("agentscope.audit.read.LOOKED_THROUGH", 1_000)
    told = plans(lambda: entries(SHOP, Filters(text="99"), None, 50))
    assert "ledger_entry_pkey" in told
    assert "Seq Scan" not in told


def test_people_are_found_without_reading_what_each_did(ledger):
    told = plans(lambda: Looked(people(SHOP), None))
    assert "ledger_content_who" in told
    assert "Seq Scan" not in told


def test_a_page_reads_few_rows(ledger):
    with CaptureQueriesContext(connection) as found:
        entries(SHOP, Filters(until=datetime(2026, 1, 2, tzinfo=UTC)), None, 50)
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {found[-1]['sql']}")
        plan = cursor.fetchall()[0][0][0]["Plan"]
    assert plan["Actual Rows"] == 50 + 1  # that there is another one
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 20_000
