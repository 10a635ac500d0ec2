"""Records are told to the ledger, and who changes one afterwards is found out."""

from copy import deepcopy

import pytest

from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.read import StoredLedger, each_of
from agentscope.ledger.verifier import verify
from agentscope.records import witness
from agentscope.records.body import digest
from agentscope.records.fit import Fits, fit
from agentscope.records.models import Record, Withdrawn
from agentscope.records.verified import check_records
from agentscope.records.witness import key_of, tell_records
from agentscope.records.write import forget_records
from agentscope.traces.models import Trace
from tests.agentscope.records.test_write import PROJECT, examine_again
from tests.agentscope.records.test_write import replayed as replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(replayed):
    Trace.objects.update(state="ended")
    return replayed


@pytest.fixture
def told(settled):
    while tell_records():
        pass
    return settled


def entries():
    return list(each_of(PROJECT, RECORDS))


def reasons():
    return [(wrong.span_id, wrong.reason) for wrong in check_records(PROJECT).wrong]


def test_records_are_told_of_once(settled):
    assert tell_records() == settled.count()
    assert tell_records() == 0
    (entry,) = entries()
    assert set(settled.values_list("recorded", flat=True)) == {entry.position}
    keys = set(settled.values_list("trace_id", "span_id"))
    assert {key_of(written) for written in entry.said["records"]} == keys
    assert check_records(PROJECT).compared == len(keys)
    assert verify(StoredLedger(PROJECT)).fault is None


def test_a_trace_that_goes_on_is_not_told_of(settled):
    Trace.objects.update(state="running")
    assert tell_records() == 0


def test_many_are_told_of_in_several_entries(settled, monkeypatch):
    monkeypatch.setattr(witness, "AT_ONCE", 2)
    count = settled.count()
    while tell_records():
        pass
    assert [len(entry.said["records"]) for entry in entries()] == [2] * (count // 2) + [1] * (
        count % 2
    )
    assert check_records(PROJECT).compared == count


def test_each_project_has_its_own_entries(settled):
    settled.filter(agent="Refunds").update(project_id=2)
    Trace.objects.update(state="ended")
    tell_records()
    assert {*settled.values_list("span_id", flat=True)}.isdisjoint(
        key_of(written)[1] for entry in each_of(2, RECORDS) for written in entry.said["records"]
    )


def test_who_changes_what_a_record_says_is_found_out(told):
    record = told.filter(agent="Refunds").first()
    record.body["came_of"][0]["words"] = "failed"
    Record.objects.filter(pk=record.pk).update(body=record.body)
    assert reasons() == [(record.span_id, "what it says was changed")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("outcome", "failed"), ("effects", []), ("people", ["eve"]), ("pico", 1), ("authority", "x")],
)
def test_who_changes_a_column_is_found_out(told, column, value):
    record = told.filter(agent="Refunds", effects=["issue_refund"]).get()
    Record.objects.filter(pk=record.pk).update(**{column: value})
    reason = f"what lists say of it was changed: {column}"
    assert reasons() == [(record.span_id, reason)]
    assert fit(Record.objects.get(pk=record.pk)).fits == Fits.CHANGED


def test_who_changes_the_digest_is_found_out(told):
    record = told.first()
    Record.objects.filter(pk=record.pk).update(digest=b"other")
    assert reasons() == [(record.span_id, "its digest was changed")]


def test_who_deletes_a_record_is_found_out(told):
    record = told.first()
    Record.objects.filter(pk=record.pk).delete()
    assert reasons() == [(record.span_id, "it was deleted, and its trace was not")]


def test_what_expired_with_its_trace_is_forgotten(told):
    count = told.count()
    Trace.objects.all().delete()
    forget_records()
    found = check_records(PROJECT)
    assert (found.forgotten, found.compared, found.wrong) == (count, 0, [])


def test_what_is_made_anew_is_told_again(told):
    record = told.first()
    Record.objects.filter(pk=record.pk).update(digest=b"of an earlier version")
    examine_again()
    Trace.objects.update(state="ended")
    assert check_records(PROJECT).changed == 1
    assert tell_records() == 1
    found = check_records(PROJECT)
    assert (found.changed, found.compared, found.wrong) == (1, told.count(), [])


def test_what_is_no_record_any_more_is_told_of_as_withdrawn(told):
    record = told.first()
    Record.objects.filter(pk=record.pk).update(span_id=4711)  # as if it had begun elsewhere then
    examine_again()
    assert list(Withdrawn.objects.values_list("span_id", flat=True)) == [4711]
    Trace.objects.update(state="ended")
    assert tell_records() == 2
    assert not Withdrawn.objects.exists()
    assert entries()[-1].said["withdrawn"] == [f"{record.trace_id.hex}/{4711:016x}"]


def forged(record, **more):
    """A record that says something else now, with the digest of that."""
    record.body["came_of"][0]["words"] = "failed"
    changed = {"body": record.body, "digest": digest(record.body)} | more
    Record.objects.filter(pk=record.pk).update(**changed)


def test_who_lets_a_forged_record_name_another_entry_is_found_out(told):
    record = told.filter(agent="Refunds").first()
    forged(record, recorded=record.recorded + 1)
    assert reasons() == [(record.span_id, "that entry does not tell of it")]


def test_who_puts_an_older_form_of_a_record_back_is_found_out(told):
    record = told.filter(agent="Refunds").first()
    before = {"body": deepcopy(record.body), "digest": record.digest, "recorded": record.recorded}
    forged(record, recorded=None)
    assert tell_records() == 1
    assert reasons() == []
    Record.objects.filter(pk=record.pk).update(**before)
    assert reasons() == [(record.span_id, "what it says was changed")]


def test_who_adds_a_record_that_no_entry_tells_of_is_found_out(told):
    record = told.first()
    record.span_id = 4711
    record.save(force_insert=True)
    assert reasons() == [(4711, "that entry does not tell of it")]
