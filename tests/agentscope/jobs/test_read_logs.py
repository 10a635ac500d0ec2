"""Jobs that were done before the upgrade are told as those after it."""

from importlib import import_module

import pytest
from django.db import connection

from agentscope.erasure.sentences import looked_through_words
from agentscope.jobs.models import Job

pytestmark = pytest.mark.django_db
(RENAMING,) = import_module("agentscope.jobs.migrations.0006_read_logs").Migration.operations
CHANGED = {"changed_spans": 2, "changed_logs": 4}
OLD = {  # results as they were
    Job.Kind.UNDERSTAND: CHANGED | {"logs": 1_200},
    Job.Kind.REDACT: CHANGED | {"logs": 3, "values": {"email": 2}},
    Job.Kind.ERASE: CHANGED | {"logs": 0, "traces": 1},
    Job.Kind.REPRICE: {"old": "1.50", "new": "2.00"},
    Job.Kind.VERIFY: {},
}
NEW = {
    **OLD,
    Job.Kind.UNDERSTAND: CHANGED | {"read_logs": 1_200},
    Job.Kind.REDACT: CHANGED | {"read_logs": 3, "values": {"email": 2}},
    Job.Kind.ERASE: CHANGED | {"read_logs": 0, "traces": 1},
}


@pytest.fixture
def old(db):
    """Jobs of before, one of each kind, which are not at their end."""
    for kind, result in OLD.items():
        said = {"kind": kind, "result": result, "state": Job.State.RUNNING, "done": 50}
        Job.objects.create(project_id=1, cursor=["spans", 7], **said)


def migrated(sql):
    """One direction of the migration; what jobs say then, by their kind. All else stays."""
    rest = [field.attname for field in Job._meta.concrete_fields if field.attname != "result"]
    before = list(Job.objects.order_by("pk").values_list(*rest))
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Job.objects.order_by("pk").values_list(*rest)) == before
    return dict(Job.objects.values_list("kind", "result"))


def test_what_was_looked_through_is_told_as_such_and_back(old):
    assert migrated(RENAMING.sql) == NEW
    assert migrated(RENAMING.sql) == NEW
    assert migrated(RENAMING.reverse_sql) == OLD


def test_spans_that_nobody_counted_are_not_said_to_be_none(old):
    """Erasures of before counted only those that changed."""
    result = migrated(RENAMING.sql)[Job.Kind.ERASE] | {"read_logs": 9}
    assert looked_through_words(result, is_done=True) == ""
    assert looked_through_words(result | {"read_spans": 8}, is_done=True) == (
        "Looked through for the name: 8 spans and 9 log records; 2 and 4 of them were changed."
    )
