"""Records from which a person is erased verify, and one that was changed before is named still."""

import json

import pytest

from agentscope.erasure.person import Person
from agentscope.jobs.models import Job
from agentscope.projects.models import Project
from agentscope.records import redacted
from agentscope.records.fit import Fits, fit
from agentscope.records.models import Record
from agentscope.records.redacted import redact_records
from agentscope.records.verified import check_records
from agentscope.records.witness import tell_records
from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.step import Step
from agentscope.traces.models import Trace
from tests.ui.records import record_of, refunded

pytestmark = pytest.mark.django_db
MASK = "[redacted person]"


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop")


def step_of(project, said="ann"):
    """A step of a job that erases somebody."""
    job = Job(project_id=project.pk, asked_by="ada", kind=Job.Kind.ERASE)
    return Step(job, Cleaner(Person(project.pk, "user", said).redactor()))


def told(shop):
    """A record that the ledger tells of."""
    refunded(shop)
    Trace.objects.update(state=Trace.State.ENDED)
    tell_records()
    return Record.objects.get()


def test_who_is_erased_is_in_no_record_and_all_that_is_left_verifies(shop):
    before = told(shop)
    step = step_of(shop)
    assert redact_records(step, None) is None
    after = Record.objects.get()
    assert (after.end_user, after.body["listed"]["end_user"]) == (MASK, MASK)
    assert '"ann"' not in json.dumps(after.body)
    assert fit(after).fits == Fits.NOT_YET
    assert step.job.result == {"texts": 1}
    kept = "at", "until", "chosen", "did", "came_of"
    assert [after.body[name] for name in kept] == [before.body[name] for name in kept]
    tell_records()
    assert fit(Record.objects.get()).fits == Fits.YES
    checked = check_records(shop.pk)
    assert (checked.wrong, checked.changed, checked.compared) == ([], 1, 1)


def test_a_record_that_names_nobody_stays_as_it_was_told(shop):
    before = told(shop)
    redact_records(step_of(shop, "eve"), None)
    after = Record.objects.get()
    assert (after.recorded, bytes(after.digest)) == (before.recorded, bytes(before.digest))


@pytest.mark.parametrize("changed", [{"outcome": "failed"}, {"body": {"form": 2, "who": []}}])
def test_redacting_does_not_hide_what_was_changed_before(shop, changed):
    told(shop)
    Record.objects.update(**changed)
    redact_records(step_of(shop), None)
    assert Record.objects.get().end_user == MASK
    assert len(check_records(shop.pk).wrong) == 1


def test_figures_and_digests_are_no_texts(shop):
    record = told(shop)
    redact_records(step_of(shop, str(record.pico)), None)
    redact_records(step_of(shop, bytes(record.digest).hex()), None)
    after = Record.objects.get()
    assert (after.recorded, after.body) == (record.recorded, record.body)


def test_it_goes_on_where_it_was(shop, monkeypatch):
    monkeypatch.setattr(redacted, "BATCH", 2)
    for number in (1, 2, 3):
        record_of(shop, number, end_user="ann")
    record_of(Project.objects.create(name="other"), 4, end_user="ann")
    step = step_of(shop)
    place = redact_records(step, None)
    assert (place, step.job.result["texts"]) == ([f"{2:032x}", 2], 2)
    assert redact_records(step, json.loads(json.dumps(place))) is None
    assert list(Record.objects.filter(end_user="ann").values_list("span_id", flat=True)) == [4]
