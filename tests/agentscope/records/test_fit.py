"""Whether one record fits the ledger: each way in which it may not."""

import pytest
from django.db import connection

from agentscope.projects.models import Project
from agentscope.records.body import digest
from agentscope.records.fit import Fits, fit
from agentscope.records.models import Record
from agentscope.records.witness import tell_records
from agentscope.traces.models import Trace
from tests.ui.records import refunded

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(db) -> Record:
    """A record that the ledger tells of."""
    refunded(Project.objects.create(name="shop"))
    Trace.objects.update(state=Trace.State.ENDED)  # of what still runs nothing is told
    tell_records()
    return Record.objects.get()


def tamper(sql: str) -> None:
    """As somebody who may switch triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("set local session_replication_role = origin")


def test_what_the_ledger_holds_fits(told):
    found = fit(told)
    assert (found.fits, found.position) == (Fits.YES, told.recorded)
    assert found.digest == bytes(told.digest).hex()


def test_before_the_ledger_tells_of_it_that_is_said(db):
    record = refunded(Project.objects.create(name="shop"))
    assert (fit(record).fits, fit(record).position) == (Fits.NOT_YET, None)


def test_a_body_that_was_changed_is_noticed(told):
    told.body["who"] = []
    assert fit(told).fits == Fits.CHANGED


@pytest.mark.parametrize(
    ("sql", "fits"),
    [
        ("update ledger_content set text = replace(text, '/', '//')", Fits.OTHER),
        ("update ledger_entry set content_digest = 'x'", Fits.OTHER),
        ("delete from ledger_content", Fits.GONE),
        ("delete from ledger_entry", Fits.GONE),
    ],
)
def test_an_entry_that_was_changed_is_noticed(told, sql, fits):
    tamper(sql)
    assert fit(told).fits == fits


def test_a_record_made_anew_by_somebody_else_does_not_fit(told):
    tamper("update decision_record set body = '{}'")
    record = Record.objects.get()
    assert fit(record).fits == Fits.CHANGED
    record.digest = digest(record.body)
    assert fit(record).fits == Fits.OTHER
