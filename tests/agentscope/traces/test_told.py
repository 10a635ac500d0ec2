"""Log records find their spans and fill the gaps in them, whichever came first."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.traces.load import load_spans
from agentscope.traces.models import SpanLog, Trace
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import (
    ErrorClass,
    Flag,
    Kind,
    Meaning,
    Rung,
    Status,
    Usage,
    UsageRule,
)
from tests.kit.spans import NOON, TRACE, wire_log, wire_span

pytestmark = pytest.mark.django_db

SECOND = 10**9
USED = Usage(120, 30, cache_read=100)
ONE, TWO = (number.to_bytes(8, "big") for number in (1, 2))


def llm(**said):
    return Meaning(Kind.LLM, model="gpt-4o", **said)


def told(**said):
    """What a record says of a call."""
    return Meaning(model="gpt-4o", usage=USED, reported_cost=Decimal("0.002"), **said)


def loaded(*steps):
    for step in steps:
        step()
    spans = load_spans(1, UUID(bytes=TRACE))
    return {number: at for at, number in enumerate(spans.span_id.tolist())}, spans


def spans_of(*pairs):
    return lambda: save_spans(1, list(pairs))


def logs_of(*pairs):
    return lambda: save_logs(1, list(pairs))


def inputs(found):
    rows, spans = found
    return {number: int(spans.input_tokens[at]) for number, at in rows.items()}


def test_a_record_fills_what_its_span_leaves_open():
    rows, spans = loaded(
        spans_of((wire_span(1), llm(session="mine"))),
        logs_of((wire_log(), told(session="other", response_id="r1", session_rung=Rung.EXPLICIT))),
    )
    at = rows[1]
    assert (int(spans.input_tokens[at]), int(spans.cache_read_tokens[at])) == (120, 100)
    assert int(spans.reported_cost[at]) == 2 * 10**9
    assert (spans.session[at], spans.response_id[at]) == ("mine", "r1")
    assert int(spans.usage_rule[at]) & UsageRule.FROM_LOG


def test_it_is_never_added():
    found = loaded(
        spans_of((wire_span(1), llm(usage=USED))),
        logs_of((wire_log(), told()), (wire_log(time_ns=NOON + 1), told())),
    )
    assert inputs(found) == {1: 120}


def test_numbers_that_were_counted_otherwise_do_not_mix():
    rows, spans = loaded(
        spans_of((wire_span(1), llm(usage=Usage(20, 30)))), logs_of((wire_log(), told()))
    )
    assert int(spans.cache_read_tokens[rows[1]]) == -1


def test_missing_parts_of_the_same_count_are_filled():
    rows, spans = loaded(
        spans_of((wire_span(1), llm(usage=Usage(120, 30)))), logs_of((wire_log(), told()))
    )
    assert int(spans.cache_read_tokens[rows[1]]) == 100


def test_the_order_of_arrival_does_not_matter():
    steps = (spans_of((wire_span(1), llm())), logs_of((wire_log(), told())))
    first = inputs(loaded(*steps))
    SpanLog.objects.all().delete()
    assert first == inputs(loaded(*reversed(steps))) == {1: 120}


def test_a_record_makes_its_trace_due_again():
    loaded(spans_of((wire_span(1), llm())))
    generation = Trace.objects.get().generation
    loaded(logs_of((wire_log(), told())))
    assert Trace.objects.get().generation > generation


def test_a_record_on_an_agent_goes_to_the_call_below_that_ran_then():
    found = loaded(
        spans_of(
            (wire_span(1), Meaning(Kind.AGENT)),
            (wire_span(2, parent_id=ONE), llm()),
            (wire_span(3, parent_id=ONE, start_ns=NOON + SECOND, end_ns=NOON + 3 * SECOND), llm()),
        ),
        logs_of((wire_log(span_id=ONE, time_ns=NOON + 2 * SECOND), told())),
    )
    assert inputs(found) == {1: -1, 2: -1, 3: 120}


def test_a_record_on_a_request_goes_to_the_call_around_it():
    found = loaded(
        spans_of((wire_span(1), llm()), (wire_span(2, parent_id=ONE), Meaning(Kind.OTHER))),
        logs_of((wire_log(span_id=TWO), told())),
    )
    assert inputs(found) == {1: 120, 2: -1}


def test_the_id_of_a_response_says_more_than_the_span():
    found = loaded(
        spans_of((wire_span(1), llm(response_id="r1")), (wire_span(2), llm(response_id="r2"))),
        logs_of((wire_log(span_id=ONE), told(response_id="r2"))),
    )
    assert inputs(found) == {1: -1, 2: 120}


def test_a_call_with_another_id_is_not_meant():
    found = loaded(
        spans_of(
            (wire_span(1), Meaning(Kind.AGENT)),
            (wire_span(2, parent_id=ONE), llm(response_id="r2")),
        ),
        logs_of((wire_log(span_id=ONE, time_ns=NOON + 1), told(response_id="r3"))),
    )
    assert inputs(found) == {1: -1, 2: -1}


def test_without_ids_model_and_time_decide_and_each_call_is_told_of_once():
    later = {"start_ns": NOON + SECOND, "end_ns": NOON + 2 * SECOND}
    found = loaded(
        spans_of(
            (wire_span(1), llm()),
            (wire_span(2, **later), llm()),
            (wire_span(3), Meaning(Kind.LLM, model="claude-sonnet-4")),
        ),
        logs_of(
            (wire_log(span_id=b"", time_ns=NOON + SECOND), told()),
            (wire_log(span_id=b"", time_ns=NOON + SECOND + 1), told()),
        ),
    )
    assert inputs(found) == {1: 120, 2: 120, 3: -1}


def test_beyond_two_seconds_it_would_be_chance():
    found = loaded(
        spans_of((wire_span(1), llm())),
        logs_of((wire_log(span_id=b"", time_ns=NOON + 4 * SECOND), told())),
    )
    assert inputs(found) == {1: -1}


def test_a_tool_is_found_by_the_id_of_its_call():
    tool = Meaning(Kind.TOOL, tool="search", tool_call_id="c1")
    rows, spans = loaded(
        spans_of((wire_span(1), Meaning(Kind.AGENT)), (wire_span(2, parent_id=ONE), tool)),
        logs_of((wire_log(), Meaning(Kind.TOOL, tool_call_id="c1", status=Status.ERROR))),
    )
    assert int(spans.status[rows[2]]) == Status.ERROR
    assert int(spans.status[rows[1]]) == Status.UNSET


def test_a_failed_attempt_is_not_the_end_of_a_call():
    rows, spans = loaded(
        spans_of((wire_span(1), llm(response_id="r1"))),
        logs_of(
            (wire_log(), llm(response_id="r1", status=Status.ERROR, error_type="RateLimitError"))
        ),
    )
    assert (int(spans.status[rows[1]]), spans.error_type[rows[1]]) == (Status.UNSET, "")


def test_other_projects_records_are_not_read():
    save_spans(1, [(wire_span(1), llm())])
    save_logs(2, [(wire_log(), told())])
    assert inputs(loaded()) == {1: -1}


def test_an_outcome_is_the_root_s():
    rows, spans = loaded(
        spans_of((wire_span(1), Meaning(Kind.AGENT)), (wire_span(2, parent_id=ONE), llm())),
        logs_of(
            (wire_log(span_id=ONE), Meaning(outcome="success")),
            (wire_log(span_id=TWO), Meaning(outcome="failure")),
        ),
    )
    assert (spans.outcome[rows[1]], spans.outcome[rows[2]]) == ("success", "")


def test_an_outcome_of_no_span_in_particular_is_the_trace_s():
    rows, spans = loaded(
        spans_of((wire_span(1), Meaning(Kind.AGENT)), (wire_span(2, parent_id=ONE), llm())),
        logs_of((wire_log(span_id=b""), Meaning(outcome="failure"))),
    )
    assert (spans.outcome[rows[1]], spans.outcome[rows[2]]) == ("failure", "")


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(6)))
def test_any_order_of_requests_gives_the_same(order):
    spans = [
        (wire_span(1), Meaning(Kind.AGENT)),
        (wire_span(2, parent_id=ONE), llm(response_id="r2")),
        (wire_span(3, parent_id=ONE), llm()),
    ]
    logs = [
        (wire_log(span_id=ONE), told(response_id="r2")),
        (wire_log(span_id=b"", time_ns=NOON + SECOND), told()),
        (wire_log(span_id=b"", time_ns=NOON + SECOND + 5), told()),
    ]
    steps = [*(spans_of(span) for span in spans), *(logs_of(log) for log in logs)]
    with transaction.atomic():
        assert inputs(loaded(*(steps[at] for at in order))) == {1: -1, 2: 120, 3: 120}
        transaction.set_rollback(True)


@pytest.mark.parametrize("first", ["span", "record"])
@pytest.mark.parametrize(
    ("call", "marked", "error_class"),
    [
        (Meaning(Kind.TOOL, tool_call_id="c"), True, "not_found"),
        (Meaning(Kind.TOOL, tool_call_id="c", status=Status.OK), True, "not_found"),
        (Meaning(Kind.TOOL, tool_call_id="c", error_class=ErrorClass.SERVER), False, "server"),
        (Meaning(Kind.TOOL, tool_call_id="c", status=Status.WAITING), False, ""),
        (Meaning(Kind.HANDOFF, tool_call_id="c"), False, ""),
    ],
)
def test_a_failure_that_a_result_in_a_record_tells_of(first, call, marked, error_class):
    said = Meaning(
        tool_call_id="c",
        flags=Flag.SILENT_FAILURE,
        error_class=ErrorClass.NOT_FOUND,
        error_type="X",
    )
    steps = [spans_of((wire_span(1), call)), logs_of((wire_log(), said))]
    _, spans = loaded(*(steps if first == "span" else steps[::-1]))
    assert bool(spans.flags[0] & Flag.SILENT_FAILURE) is marked
    assert spans.error_class == [error_class]
    assert spans.status.tolist() == [call.status]
