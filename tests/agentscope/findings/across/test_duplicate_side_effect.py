"""What was done is done again by a later trace of the session, or after a retry: found once, by the
later one. What was wanted twice, or only told twice, is not."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from agentscope.findings.models import Finding
from agentscope.traces.models import Trace
from agentscope.vocabulary import ErrorClass
from tests.kit.costs import Understood, store, uuid
from tests.kit.resumed import HOUR, Run, lines, settle, tell

pytestmark = pytest.mark.django_db

CODE = "duplicate_side_effect"
REFUND = {"order": 7, "usd": 40}
CRASH: dict[str, Any] = {"failure": ErrorClass.SERVER}
RANDOM, OTHER = "call_uT7h2KqLw9ZxPq3RtYb5", "call_aB3dE5fG7hJ9kL1mN2pQ"


def refunds(trace: int, at: float, arguments: object = REFUND, **said: Any) -> Run:
    run = Run(trace, at, **said)
    return run.use("get_order", {"order": 7}, "paid").use("issue_refund", arguments, "rcpt 1")


def found() -> list[Finding]:
    return list(Finding.objects.filter(code=CODE, withdrawn_at__isnull=True))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_later_trace_is_told_whichever_was_examined_first(order):
    tell(refunds(1, 0, **CRASH), refunds(2, 300), order=order)
    (finding,) = found()
    assert (finding.trace_id, finding.severity, finding.subject) == (uuid(2), 3, "issue_refund")
    assert finding.sentence == (
        "issue_refund was called again with the same arguments, 5 min after this call had "
        "succeeded in another trace of the session."
    )
    assert finding.span_ids == [5]
    assert finding.evidence == {"earlier": [{"trace": uuid(1).hex, "span": "0000000000000005"}]}


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_three_times_in_any_order(order):
    runs = [refunds(trace, 300 * trace, **CRASH) for trace in (1, 2, 3)]
    tell(*runs, order=order)
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1), (uuid(3), CODE, "alert", 1)]
    earlier = {each.trace_id: each.evidence["earlier"][0]["trace"] for each in found()}
    assert earlier == {uuid(2): uuid(1).hex, uuid(3): uuid(2).hex}


def test_spans_of_the_first_that_come_late():
    tell(refunds(2, 300))
    assert lines(7, CODE) == []
    tell(refunds(1, 0, **CRASH), order=[1])
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


def test_it_is_withdrawn_when_the_first_is_said_to_have_failed():
    tell(refunds(1, 0), refunds(2, 300))
    assert lines(7, CODE)
    late = Run(1).use("get_order", {"order": 7}, "paid")
    late.use("issue_refund", REFUND, error_class=ErrorClass.TIMEOUT)
    store(7, *map(lasting, late.spans()))
    settle(7, 1)
    assert lines(7, CODE) == []


def lasting(told: Understood) -> Understood:
    """A later copy of a span, which wins."""
    wire, meaning = told
    return replace(wire, end_ns=wire.end_ns + 1), meaning


@pytest.mark.parametrize(
    "second",
    [
        lambda: refunds(2, 300, task="And once more the same, please."),
        lambda: refunds(2, 300, {"order": 8, "usd": 40}),
        lambda: refunds(2, 300, session="another"),
        lambda: Run(2, 300).use("get_order", {"order": 7}, "paid").use("get_refund", REFUND),
        lambda: Run(2, 300).use("issue_refund", REFUND, error_class=ErrorClass.TIMEOUT),
        lambda: Run(2, 2.5).use("issue_refund", REFUND),
    ],
    ids=[
        *("asked for anew", "another order", "another session", "only read", "it failed"),
        "at the same time",
    ],
)
def test_what_is_no_repetition(second):
    tell(refunds(1, 0), second())
    assert lines(7, CODE) == []


@pytest.mark.parametrize(
    "arguments",
    [REFUND | {"idempotency_key": "refund-7"}, REFUND | {"dry_run": True}],
    ids=["an idempotency key", "a rehearsal"],
)
def test_a_call_that_comes_to_the_same(arguments):
    tell(refunds(1, 0, arguments), refunds(2, 300, arguments))
    assert lines(7, CODE) == []


def test_a_first_call_that_failed_is_tried_again_for_good_reason():
    first = Run(1).use("issue_refund", REFUND, error_class=ErrorClass.TIMEOUT)
    tell(first, refunds(2, 300))
    assert lines(7, CODE) == []


@pytest.mark.parametrize("tool", ["upsert_order", "set_status", "save_note", "close_ticket"])
def test_tools_that_come_to_the_same_when_they_are_called_twice(tool):
    tell(*(Run(trace, 300 * trace).use(tool, REFUND) for trace in (1, 2)))
    assert lines(7, CODE) == []


def test_telemetry_that_was_copied():
    runs = [
        Run(trace, 300 * trace, name=name).use("issue_refund", REFUND, tool_call_id=RANDOM)
        for trace, name in ((1, "settler"), (2, "importer"))
    ]
    tell(*runs)
    assert lines(7, CODE) == []


def test_telemetry_that_was_copied_with_the_answer_of_the_model():
    answer = "resp_oHnzZOlFNneplOeXvDJcqroq"
    runs = [
        Run(trace, 20 * trace).use("issue_refund", REFUND, answer=answer, tool_call_id=RANDOM)
        for trace in (1, 2)
    ]
    tell(*runs)
    assert lines(7, CODE) == [], "of the copy, the answer is not billed, but it is there"


def test_the_same_answer_of_a_model():
    answer = "resp_oHnzZOlFNneplOeXvDJcqroq"
    tell(*(Run(at, 300 * at).use("issue_refund", REFUND, answer=answer) for at in (1, 2)))
    assert lines(7, CODE) == []


def test_a_node_that_is_executed_again_when_the_run_is_resumed():
    first = Run(1).use("issue_refund", REFUND, tool_call_id=RANDOM).pause()
    resumed = Run(2, 5 * 24 * HOUR, task="").call("issue_refund", REFUND, tool_call_id=RANDOM)
    tell(first, resumed)
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


def test_other_ids_of_calls_are_other_calls():
    runs = [
        Run(at, 300 * at).use("issue_refund", REFUND, tool_call_id=drawn)
        for at, drawn in ((1, RANDOM), (2, OTHER))
    ]
    tell(*runs)
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


def test_what_is_due_again_on_another_day_is_only_worth_a_look():
    tell(refunds(1, 0), refunds(2, 24 * HOUR))
    assert lines(7, CODE) == [(uuid(2), CODE, "warning", 1)]


def test_where_nobody_knows_what_was_said_it_is_no_alert():
    tell(refunds(1, 0, task=""), refunds(2, 300, task=""))
    assert lines(7, CODE) == [(uuid(2), CODE, "warning", 1)]


def steps(trace: int, task: str, *tools: str) -> Run:
    run = Run(trace, 300 * trace, task=task)
    for tool in tools:
        run.use(tool, {"order": 7})
    return run


def test_steps_that_are_done_again_in_their_order_though_somebody_said_go_on():
    done = ("update_order", "issue_refund", "send_email")
    tell(steps(1, "Settle it.", *done), steps(2, "Go on.", *done))
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)] * 2, "to update is no harm"


@pytest.mark.parametrize(
    "done",
    [
        ("issue_refund", "send_email"),
        ("send_email", "issue_refund", "update_order"),
        ("get_order", "issue_refund", "send_email"),
    ],
    ids=["two", "another order", "two that change something"],
)
def test_what_is_no_replay_if_something_was_said(done):
    first = ("get_order", "update_order", "issue_refund", "send_email")
    tell(steps(1, "Settle it.", *first), steps(2, "Go on.", *done))
    assert lines(7, CODE) == []


def test_a_node_that_is_tried_again_in_the_same_trace():
    run = Run(1).use("issue_refund", REFUND)
    run.call("get_receipt", {"order": 7}, error_class=ErrorClass.TIMEOUT)
    run.call("issue_refund", REFUND)
    tell(run)
    (finding,) = found()
    assert (finding.severity, finding.repeats, finding.span_ids) == (3, 1, [5])
    assert finding.sentence == (
        "issue_refund was called again with the same arguments, 1 s after this call had succeeded."
    )
    assert finding.evidence == {"earlier": [{"span": "0000000000000003"}]}


def test_a_model_that_asks_again_after_a_failure_is_worth_a_look():
    run = Run(1).use("issue_refund", REFUND)
    run.use("get_receipt", {"order": 7}, error_class=ErrorClass.TIMEOUT)
    tell(run.use("issue_refund", REFUND))
    assert lines(7, CODE) == [(uuid(1), CODE, "warning", 1)]


def test_twice_in_a_trace_because_somebody_asked_for_it():
    run = Run(1).use("issue_refund", REFUND)
    run.hear("The same once more, please.").use("issue_refund", REFUND)
    tell(run)
    assert lines(7, CODE) == []


def test_linked_traces_without_a_session():
    tell(refunds(1, 0, session=""), refunds(2, 300, session="", links=[1]), order=(2, 1))
    assert lines(7, CODE) == [(uuid(2), CODE, "alert", 1)]


def test_traces_that_nothing_connects():
    tell(refunds(1, 0, session=""), refunds(2, 300, session=""))
    assert lines(7, CODE) == []


def test_projects_do_not_mix():
    tell(refunds(1, 0), project=7)
    tell(refunds(2, 300), project=8)
    assert lines(7) == lines(8) == []
    assert Trace.objects.count() == 2


CHANGES = {"readOnlyHint": False, "idempotentHint": False}
SAME = {"idempotentHint": True}


@pytest.mark.parametrize(
    ("tool", "annotations", "code"),
    [
        ("issue_refund", {}, [CODE]),
        ("issue_refund", SAME, []),
        ("issue_refund", {"readOnlyHint": True}, []),
        ("settle", {}, []),
        ("settle", CHANGES, [CODE]),
    ],
)
def test_what_tools_are_declared_to_do_goes_before_their_names(tool, annotations, code):
    def resumed(trace: int, at: float, **said: Any) -> Run:
        run = Run(trace, at, **said)
        run.tools = [{"name": tool, "annotations": annotations}]
        return run.use("get_order", {"order": 7}, "paid").use(tool, REFUND, "rcpt 1")

    tell(resumed(1, 0, **CRASH), resumed(2, 300))
    assert [each.code for each in found()] == code


def test_two_servers_that_declare_otherwise_declare_nothing():
    def resumed(trace: int, at: float, annotations: Any, **said: Any) -> Run:
        run = Run(trace, at, **said)
        run.tools = [{"name": "issue_refund", "annotations": each} for each in annotations]
        return run.use("get_order", {"order": 7}, "paid").use("issue_refund", REFUND, "rcpt 1")

    tell(resumed(1, 0, [SAME, CHANGES], **CRASH), resumed(2, 300, [CHANGES, SAME]))
    assert [each.code for each in found()] == [CODE]  # as its name says
