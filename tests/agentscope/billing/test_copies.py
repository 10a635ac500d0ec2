"""A call that several traces tell of is billed once, whatever trace is examined first."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertNumQueries

from agentscope.billing.copies import Claims, forget_claims, is_random, original_of
from agentscope.billing.models import BilledCall
from agentscope.findings.neighbours import Neighbours
from agentscope.pipeline import examine, examine_with
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Billing, Kind, Meaning, Usage, Why
from tests.kit.spans import NOON, wire_span

pytestmark = pytest.mark.django_db

SECOND = 10**9
TRACES = [bytes(15) + bytes([number]) for number in (1, 2, 3)]
IDS = [UUID(bytes=trace) for trace in TRACES]


def tell(trace: int, span: int = 1, start: int = 0, project: int = 7, **said) -> None:
    """Store a call in one of the traces, so many seconds after noon; it takes one second."""
    known: dict[str, Any] = {
        "model": "gpt-4o",
        "provider": "openai",
        "usage": Usage(1000, 100),
    } | said
    at = NOON + start * SECOND
    wire = wire_span(span, trace_id=TRACES[trace], start_ns=at, end_ns=at + SECOND)
    save_spans(project, [(wire, Meaning(kind=Kind.LLM, **known))])


def settle(*traces: int, project: int = 7) -> None:
    """Examine these traces in this order, then what is due again until nothing is."""
    for trace in traces:
        examine(project, IDS[trace])
    while due := Trace.objects.exclude(examined_generation=F("generation")).first():
        examine(due.project_id, due.trace_id)


def billings(*traces: int, project: int = 7) -> list[str]:
    trees = [trace_tree(project, IDS[trace]) for trace in traces]
    return [row.billing.word for tree in trees if tree for row in tree.rows()]


def test_it_works():
    tell(0, response_id="r")
    tell(1, response_id="r", start=1)
    settle(0, 1)
    assert billings(0, 1) == ["counted", "copied"]
    copy = Trace.objects.get(trace_id=IDS[1])
    assert (copy.known_cost, copy.llm_calls, copy.unpriced_calls, copy.input_tokens) == (
        *(Decimal(0), 0, 0),
        None,
    )
    row = trace_tree(7, IDS[1]).row(0)
    assert (row.why, row.usd("cost")) == (Why.SAME_RESPONSE_ID, 0)
    assert original_of(7, IDS[1], 1) == (IDS[0], 1)
    assert original_of(7, IDS[0], 1) is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("answer", "billed"),
    [
        ("msg_01XFDUDYJgAACzvnptvVoYEL", ["counted", "copied"]),
        ("chatcmpl-7c0bb2a6-4a7e-4d0c-9f0e-3b1f5d2c8a90", ["counted", "copied"]),
        ("gen-1", ["counted", "counted"]),
    ],
)
def test_a_stream_of_which_two_instrumentations_count_another_token(order, answer, billed):
    for trace in order:
        tell(trace, response_id=answer, usage=Usage(1000, 100 + trace))
    settle(*order)
    assert billings(0, 1) == billed


def test_a_random_id_that_comes_again_much_later_is_another_call():
    for trace in range(2):
        tell(trace, response_id="msg_01XFDUDYJgAACzvnptvVoYEL", start=trace * 90)
    settle(0, 1)
    assert billings(0, 1) == ["counted", "counted"]


@pytest.mark.parametrize(
    "answer",
    [
        *("", "r", "resp_1", "chatcmpl-123456789", "chatcmpl-mock-response-0001"),
        *("resp_00000000000000000000000001", "msg_thisisalwaysthesameanswer"),
        *("chatcmpl-00000000-0000-0000-0000-000000000001", "run-aaaaaaaaaaaaaaaaaaaaB"),
    ],
)
def test_ids_that_servers_may_give_to_every_answer(answer):
    assert not is_random(answer)


@pytest.mark.parametrize(
    "answer",
    [
        *("msg_01XFDUDYJgAACzvnptvVoYEL", "chatcmpl-f3Bt7tKfkit9LfIPr2MaHYKJ"),
        *("resp_oHnzZOlFNneplOeXvDJcqroq", "7c0bb2a6-4a7e-4d0c-9f0e-3b1f5d2c8a90"),
        *("gen-1732000000-3vQ8Lr2TnXk5Wc7BdYp9", "cmpl-e5cc70bb28c444948073e77776eb30ef"),
    ],
)
def test_ids_that_providers_draw(answer):
    assert is_random(answer)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whatever_trace_is_examined_first(order):
    for trace in range(3):
        tell(trace, response_id="r", start=trace)
    settle(*order)
    assert billings(0, 1, 2) == ["counted", "copied", "copied"]


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 90), st.sampled_from(["r", "s", ""])),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_the_order_of_telling_and_examining_does_not_matter(told, data):
    def results(order, examined):
        with transaction.atomic():
            for span in order:
                trace, start, answer = told[span]
                tell(trace, span + 1, start, response_id=answer, session="s")
                if data.draw(st.booleans()):
                    examine(7, IDS[trace])
            settle(*examined)
            found = [
                (tree.billing.tolist(), tree.cost.tolist())
                for trace in sorted(examined)
                if (tree := trace_tree(7, IDS[trace]))
            ]
            transaction.set_rollback(True)
        return found

    spans, traces = range(len(told)), sorted({trace for trace, _, _ in told})
    plain = results(spans, traces)
    other = results(data.draw(st.permutations(spans)), data.draw(st.permutations(traces)))
    assert plain == other


def test_two_examined_at_once_do_not_see_each_other_but_look_again():
    tell(0, response_id="r")
    tell(1, response_id="r")
    one, other = Claims(7, IDS[0]), Claims(7, IDS[1])
    examine_with(other, Neighbours(7, IDS[1]))
    BilledCall.objects.filter(trace_id=IDS[1]).update(project_id=99)  # not committed yet
    examine_with(one, Neighbours(7, IDS[0]))
    one.look_again()
    BilledCall.objects.filter(trace_id=IDS[1]).update(project_id=7)  # now it is
    other.look_again()
    settle()
    assert billings(0, 1) == ["counted", "copied"]


@pytest.mark.django_db(transaction=True)
def test_traces_examined_by_several_workers_at_once():
    for trace in range(3):
        for span in range(1, 9):
            tell(trace, span, response_id=f"r{span}", start=(trace + span) % 3)
    for _ in range(3):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(examine_in_thread, IDS))
    settle()
    found = billings(0, 1, 2)
    assert (found.count("counted"), found.count("copied")) == (8, 16)


def examine_in_thread(trace_id: UUID) -> None:
    try:
        examine(7, trace_id)
    finally:
        connections.close_all()


def test_without_an_id_by_session_start_model_and_all_tokens():
    for trace in range(3):
        tell(trace, session="s" if trace < 2 else "t")
    settle(0, 1, 2)
    assert billings(0, 1, 2) == ["counted", "copied", "counted"]
    assert trace_tree(7, IDS[1]).row(0).why == Why.SAME_MODEL_AND_TOKENS


@pytest.mark.parametrize(
    "other",
    [
        {"usage": Usage(1000, 101)},
        {"usage": Usage(1000, 100, cache_read=1)},
        {"model": "gpt-4o-mini"},
        {"start": 1},
        {"session": ""},
    ],
)
def test_what_differs_in_anything_is_another_call(other):
    tell(0, session="s")
    tell(1, **{"session": "s"} | other)
    settle(0, 1)
    assert billings(0, 1) == ["counted", "counted"]


def test_the_same_answer_more_than_a_minute_later_is_another_call():
    tell(0, response_id="r")
    tell(1, response_id="r", start=61)
    settle(0, 1)
    assert billings(0, 1) == ["counted", "counted"]


def test_two_projects_never_mix():
    tell(0, response_id="r", project=7)
    tell(1, response_id="r", project=8)
    settle(0, project=7)
    settle(1, project=8)
    assert (billings(0), billings(1, project=8)) == (["counted"], ["counted"])
    assert original_of(8, IDS[0], 1) is None


def test_an_earlier_trace_that_comes_late_makes_the_other_a_copy():
    tell(1, response_id="r", start=1)
    settle(1)
    tell(0, response_id="r")
    settle(0)
    assert billings(0, 1) == ["counted", "copied"]


def test_a_copy_counts_again_when_the_original_is_forgotten():
    tell(0, response_id="r")
    tell(1, response_id="r")
    settle(0, 1)
    Trace.objects.filter(trace_id=IDS[0]).delete()
    forget_claims()
    assert Trace.objects.get(trace_id=IDS[1]).examine_after is not None
    settle()
    assert billings(1) == ["counted"]
    assert BilledCall.objects.count() == 1


def test_a_copy_counts_again_when_the_original_turns_out_to_be_a_wrapper():
    tell(0, response_id="r")
    tell(1, response_id="r")
    settle(0, 1)
    for span in (2, 3):
        below = wire_span(span, trace_id=TRACES[0], parent_id=(1).to_bytes(8, "big"))
        called = Meaning(kind=Kind.LLM, model="gpt-4o", usage=Usage(500, 50), response_id=f"{span}")
        save_spans(7, [(below, called)])
    settle(0)
    assert billings(0, 1) == ["wrapper", "counted", "counted", "counted"]


def test_what_has_not_changed_is_not_written_again():
    for span in range(1, 20):
        tell(0, span, response_id=f"r{span}")
    settle(0)
    with assertNumQueries(4) as queries:
        claims = Claims(7, IDS[0])
        claims.write(
            {
                (claim.key, claim.span_id): [claim.start_ns, claim.end_ns]
                for claim in BilledCall.objects.all()
            }
        )
        claims.look_again()
    assert not [query for query in queries.captured_queries if "insert" in query["sql"].lower()]


def test_what_counts_as_a_call_only():
    tell(0, response_id="r")
    examine(7, IDS[0])
    assert trace_tree(7, IDS[0]).billing.tolist() == [Billing.COUNTED]
    assert BilledCall.objects.get().is_copy is False
