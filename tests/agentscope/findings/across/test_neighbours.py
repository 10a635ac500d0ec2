"""What a trace leaves for those after it: kept as it is, told to whom it matters, and forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertNumQueries

from agentscope.billing.copies import Claims
from agentscope.findings.earlier import Act, Outline
from agentscope.findings.models import Finding, KeptAct, KeptOutline
from agentscope.findings.neighbours import (
    ACT,
    OUTLINE,
    Neighbours,
    act_of,
    forget_neighbours,
    outline_of,
)
from agentscope.findings.outline import MOST, MOST_ACTS
from agentscope.pipeline import examine, examine_with
from agentscope.traces.models import Trace
from agentscope.vocabulary import ErrorClass
from tests.kit.costs import store, uuid
from tests.kit.resumed import Run, lines, settle, tell

pytestmark = pytest.mark.django_db

REFUND = {"order": 7}
CODE = "duplicate_side_effect"


def refund(trace: int, **said: Any) -> Run:
    return Run(trace, 300 * trace, **said).use("issue_refund", REFUND)


def due() -> set[object]:
    """The traces that are due again."""
    rows = Trace.objects.exclude(examined_generation=F("generation"))
    return set(rows.values_list("trace_id", flat=True))


def test_what_has_not_changed_is_not_written_again_and_makes_nothing_due():
    tell(refund(1), refund(2))
    before = [*KeptOutline.objects.values(), *KeptAct.objects.values()]
    for trace in (1, 2):
        kept = left(trace)
        with assertNumQueries(4) as queries:
            Neighbours(7, uuid(trace)).meet(*kept)
        assert not [each for each in queries.captured_queries if "insert" in each["sql"].lower()]
    assert [*KeptOutline.objects.values(), *KeptAct.objects.values()] == before
    examine(7, uuid(1))
    examine(7, uuid(2))
    assert due() == set()


def left(trace: int) -> tuple[Outline, list[Act]]:
    """What a trace has left."""
    of_trace = {"project_id": 7, "trace_id": uuid(trace)}
    outline = KeptOutline.objects.filter(**of_trace).values_list(*OUTLINE).get()
    acts = KeptAct.objects.filter(**of_trace).values_list(*ACT)
    return outline_of(outline), [act_of(row) for row in acts]


def test_only_those_to_whom_it_matters_are_examined_again():
    others = [
        Run(3, 900, task="Another.", session="another").use("issue_refund", REFUND),
        Run(4, 1200, task="Another one.").use("issue_refund", {"order": 8}),
    ]
    tell(refund(2), *others)
    store(7, *refund(1).spans())
    examine(7, uuid(1))
    assert due() == {uuid(2)}
    settle(7)
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


def test_traces_with_the_same_work_are_told_once_it_is_over():
    later = Run(2, 20, session="").use("get_order", REFUND)
    running = Run(1, session="", open_end=True).use("get_order", REFUND)
    tell(later, running)
    store(7, *running.use("get_order", REFUND).spans())
    examine(7, uuid(1))
    assert due() == set()
    running.open_end = False
    store(7, *running.spans())
    examine(7, uuid(1))
    assert due() == {uuid(2)}


def test_two_examined_at_once_do_not_see_each_other_but_look_again():
    for run in (refund(1), refund(2)):
        store(7, *run.spans())
    one, two = Neighbours(7, uuid(1)), Neighbours(7, uuid(2))
    examine_with(Claims(7, uuid(2)), two)
    for kept in (KeptAct, KeptOutline):
        kept.objects.filter(trace_id=uuid(2)).update(project_id=99)  # not committed yet
    examine_with(Claims(7, uuid(1)), one)
    one.look_again()
    assert due() == set()
    for kept in (KeptAct, KeptOutline):
        kept.objects.filter(trace_id=uuid(2)).update(project_id=7)  # now it is
    two.look_again()
    assert due() == {uuid(2)}
    settle(7)
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


@pytest.mark.django_db(transaction=True)
def test_traces_examined_by_several_workers_at_once():
    for trace in range(1, 5):
        store(7, *refund(trace).spans())

    def work(trace: int) -> None:
        try:
            for _ in range(5):
                examine(7, uuid(trace))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(1, 5)))
    settle(7)
    assert lines(7, CODE) == [(uuid(trace), CODE, "alert", 1) for trace in (2, 3, 4)]


def test_what_was_found_by_a_trace_that_expired_is_found_no_more():
    tell(refund(1), refund(2), refund(3, session="another"))
    assert lines(7, CODE)
    Trace.objects.filter(trace_id=uuid(1)).delete()
    forget_neighbours()
    assert {*KeptAct.objects.values_list("trace_id", flat=True)} == {uuid(2), uuid(3)}
    assert {*KeptOutline.objects.values_list("trace_id", flat=True)} == {uuid(2), uuid(3)}
    assert due() == {uuid(2)}
    settle(7)
    assert lines(7, CODE) == []
    assert Finding.objects.get(code=CODE).withdrawn_at


def test_only_so_much_of_a_long_trace_is_kept(monkeypatch):
    monkeypatch.setattr("agentscope.findings.outline.MOST_ACTS", 5)
    monkeypatch.setattr("agentscope.findings.neighbours.MOST_ACTS", 5)
    run = Run(1)
    for number in range(MOST + 6):
        run.use("send_email", {"to": number})
    tell(run)
    outline = KeptOutline.objects.get()
    assert (len(outline.steps), len(outline.states)) == (MOST, MOST)
    assert KeptAct.objects.count() == 5 < MOST_ACTS


def test_nothing_of_what_was_said_is_kept():
    tell(refund(1, task="My card is 4111 1111 1111 1111."))
    texts = [
        field.name
        for kept in (KeptAct, KeptOutline)
        for field in kept._meta.concrete_fields
        if field.get_internal_type() in ("TextField", "CharField", "JSONField", "BinaryField")
    ]
    assert texts == []


def worlds() -> st.SearchStrategy[list[Run]]:
    """Some runs of one or two sessions, one after another, that do this and that."""

    @st.composite
    def run(draw: st.DrawFn, trace: int) -> Run:
        failure = draw(st.sampled_from((ErrorClass.NONE, ErrorClass.SERVER)))
        session = draw(st.sampled_from(("s", "s", "t")))
        made = Run(trace, 100 * trace, session=session, failure=failure)
        made.tokens = 20_000
        for _ in range(draw(st.integers(1, 4))):
            tool = draw(st.sampled_from(("issue_refund", "get_order", "open_box")))
            made.use(tool, {"order": draw(st.integers(1, 2))})
        return made.pause() if draw(st.booleans()) else made.think("Done.")

    return st.tuples(*(run(trace) for trace in range(1, 6))).map(list)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs=worlds(), seed=st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_of_examination_does_not_matter(runs: list[Run], seed):
    told = []
    for project in (7, 8):
        order = [*range(1, 6)]
        if project == 8:
            seed.shuffle(order)
        for model in (Finding, KeptAct, KeptOutline, Trace):
            model.objects.filter(project_id=project).delete()
        by_trace = {run.trace: run for run in runs}
        for trace in order:
            store(project, *by_trace[trace].spans())
            if project == 7 or seed.random() < 0.5:
                settle(project, trace)
        settle(project, *order)
        told.append(lines(project))
    assert told[0] == told[1]
