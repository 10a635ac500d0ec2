"""Two projects that hold the same runs, by the same ids: no record stands for one of the other."""

from uuid import UUID

import pytest

from agentscope.pipeline import examine
from agentscope.records.fit import Fits, fit
from agentscope.records.models import Record, Withdrawn
from agentscope.records.said import payloads
from agentscope.records.verified import check_records, naming_of
from agentscope.records.waited import tools_that_wait
from agentscope.records.witness import tell_records
from agentscope.records.write import forget_records
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.read import trace_tree
from agentscope.vocabulary import Status
from tests.agentscope.records.test_write import NAME
from tests.kit.corpus import cases, replay
from tests.kit.twin import make_twin

pytestmark = pytest.mark.django_db
OURS, THEIRS = 1, 2
DELETED = "it was deleted, and its trace was not"
STRANGE = "that entry does not tell of it"


@pytest.fixture(scope="module")
def twins(db_of_module):
    """Both projects; the ledger of each tells of all its records."""
    replay(next(case for case in cases() if case.name == NAME), OURS)
    Trace.objects.update(state=Trace.State.ENDED)
    while tell_records():
        pass
    make_twin(OURS, THEIRS)


@pytest.fixture
def ours(twins):
    return Record.objects.filter(project_id=OURS)


@pytest.fixture
def theirs(twins):
    return Record.objects.filter(project_id=THEIRS)


def reasons():
    return [(each.span_id, each.reason) for each in check_records(OURS).wrong]


def test_a_record_that_was_deleted_is_missed_though_another_project_has_or_withdrew_it(ours):
    gone = ours.first()
    ours.filter(span_id=gone.span_id).delete()
    Withdrawn.objects.create(trace_id=gone.trace_id, project_id=THEIRS, span_id=gone.span_id)
    assert reasons() == [(gone.span_id, DELETED)]


def test_what_expired_in_one_project_stays_in_the_other(ours, theirs):
    count = ours.count()
    Trace.objects.filter(project_id=OURS).delete()
    forget_records()
    found = check_records(OURS)
    assert (found.forgotten, found.compared, found.wrong) == (count, 0, [])
    assert (ours.count(), theirs.count()) == (0, count)


def test_an_entry_of_another_project_tells_of_no_record_of_ours(ours, theirs):
    forged, other = ours.order_by("span_id")[:2]
    assert set(naming_of(OURS).values()) == {ours.count()}
    theirs.filter(span_id__in=[forged.span_id, other.span_id]).update(recorded=None)
    tell_records()
    their_entry = theirs.get(span_id=forged.span_id).recorded
    ours.filter(span_id=forged.span_id).update(recorded=their_entry)
    assert reasons() == [(forged.span_id, STRANGE)]
    assert fit(ours.get(span_id=forged.span_id)).fits == Fits.GONE


def test_a_record_is_told_of_once_the_trace_of_its_own_project_is_settled(ours, theirs):
    Record.objects.update(recorded=None)
    Trace.objects.filter(project_id=OURS).update(state=Trace.State.RUNNING)
    assert tell_records() == theirs.count()
    assert not ours.exclude(recorded=None).exists()
    assert not theirs.filter(recorded=None).exists()


def test_what_is_derived_anew_leaves_the_records_of_another_project_alone(ours, theirs):
    count, (changed, other) = theirs.count(), ours.order_by("span_id")[:2]
    ours.filter(span_id=changed.span_id).update(digest=b"other")
    theirs.filter(span_id=other.span_id).update(span_id=4711)
    for trace_id in {changed.trace_id, other.trace_id}:
        examine(OURS, trace_id)
    assert theirs.count() == count
    assert not Withdrawn.objects.exists()


def test_nothing_is_read_of_what_was_said_in_another_project(ours):
    trace_id = ours.first().trace_id
    at = SpanPayload.objects.filter(project_id=OURS).first().started_at
    SpanPayload.objects.filter(project_id=OURS).delete()
    SpanLog.objects.create(
        trace_id=trace_id, project_id=THEIRS, digest=UUID(int=1), logged_at=at, time_ns=0,
        event_name="", envelope=UUID(int=1), body=b"",
    )  # fmt: skip
    tree = trace_tree(OURS, trace_id)
    assert payloads(OURS, trace_id, tree, range(len(tree.span_id))) == ({}, False)


def test_where_a_run_of_another_project_waits_ours_does_not(ours):
    trace_id = ours.first().trace_id
    of_trace = Span.objects.filter(trace_id=trace_id, project_id=THEIRS)
    of_trace.update(status=Status.WAITING, tool="refund")
    assert tools_that_wait(THEIRS, trace_id) == {"refund"}
    assert tools_that_wait(OURS, trace_id) == set()
