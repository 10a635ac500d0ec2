"""Costs out of the ordinary are told at once, and are the same when their day has been judged."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.findings.judging import judge_due, mark
from agentscope.findings.models import Cause, Finding, JudgedDay, Threshold
from agentscope.findings.severity import Severity
from agentscope.glance import AllRules, glance_due, rules_of
from agentscope.pipeline import examine
from agentscope.traces import glances
from agentscope.traces.due import LOOK
from agentscope.traces.models import Trace, TraceIndex
from agentscope.vocabulary import Usage
from tests.kit.costs import (
    DAY_NS,
    HOUR_NS,
    NOON_TIME,
    Understood,
    agent,
    call,
    day,
    span,
    store,
    uuid,
)
from tests.kit.judging import judge

pytestmark = pytest.mark.django_db

PROJECT, OTHER = 91, 92
SECOND = 10**9
ANSWER = "resp_7Yq2mB9xKd4LzVt3WnC8hRjE"


def run(trace: int, usd: str, after: int = 0, name: str = "scout", **said: Any) -> list[Understood]:
    """An agent that makes one model call."""
    return [
        agent(trace, 1, name, after=after),
        call(trace, 2, 1, usd, after=after + SECOND, **said),
    ]


def examined(*runs: list[Understood], project_id: int = PROJECT) -> None:
    """Store these runs and examine each, as they come."""
    for spans in runs:
        store(project_id, *spans)
        for trace in {wire.trace_id for wire, _ in spans}:
            examine(project_id, uuid(int.from_bytes(trace, "big")))


def usual(number: int = 12, usd: str = "0.04") -> list[list[Understood]]:
    """So many runs of the day before."""
    return [run(100 + at, usd, at * HOUR_NS // 2 - DAY_NS) for at in range(number)]


def glanced() -> None:
    """Glance at all that came and that no examination has seen."""
    Trace.objects.update(look_after=F("look_after") - timedelta(seconds=LOOK))
    glance_due(AllRules(), 10)


def of(project_id: int = PROJECT) -> list[Finding]:
    """The findings that stand."""
    rows = Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True)
    return list(rows.order_by("code", "agent", "trace_id", "first_ns"))


def rows(project_id: int = PROJECT) -> list[dict[str, Any]]:
    """The same as they are stored, but for when they were raised."""
    return [
        {name: said for name, said in vars(each).items() if name not in ("_state", "raised_at")}
        for each in of(project_id)
    ]


def test_an_examination_tells_a_dear_run_as_its_day_does() -> None:
    examined(*usual(), run(1, "0.48"))
    (told,) = of()
    assert told.sentence == "scout cost $0.48: 12 × this agent's median of $0.04 over 12 runs."
    assert (told.trace_id, told.severity, told.span_ids) == (uuid(1), Severity.WARNING, [1, 2])
    assert Cause.objects.get(fingerprint=told.fingerprint).due_at
    judge()
    (judged,) = of()
    assert (judged.pk, judged.raised_at) == (told.pk, told.raised_at)
    assert (judged.sentence, judged.evidence) == (told.sentence, told.evidence)


def test_so_does_a_glance_and_the_day_waits_for_the_examination() -> None:
    examined(*usual())
    store(PROJECT, *run(1, "0.48"))
    glanced()
    (told,) = of()
    assert told.sentence == "scout cost $0.48: 12 × this agent's median of $0.04 over 12 runs."
    assert JudgedDay.objects.get(day=day(0).date()).due_at
    mark(PROJECT, day(0).date())
    assert judge_due()
    assert of() == [told], "the runs of the day do not hold it yet"
    assert JudgedDay.objects.get(day=day(0).date()).due_at, "so it is judged again"
    examine(PROJECT, uuid(1))
    judge()
    (judged,) = of()
    assert (judged.pk, judged.raised_at) == (told.pk, told.raised_at)
    assert judged.seen_generation is None
    assert not JudgedDay.objects.filter(due_at__isnull=False)


def test_what_was_wrong_is_withdrawn_once_an_examination_has_seen_it() -> None:
    store(PROJECT, *run(1, "6"))
    glanced()
    (told,) = of()
    assert told.sentence == "scout cost $6.00: there are no earlier runs to compare it with."
    Threshold.objects.create(
        project_id=PROJECT, code="cost_anomaly", inform=3, alert=5, enabled=False
    )
    judge()
    assert of() == [told]
    examine(PROJECT, uuid(1))
    judge()
    assert of() == []


def test_it_is_told_once_and_grows_when_its_day_is_judged() -> None:
    store(PROJECT, *run(1, "6"))
    glanced()
    (told,) = of()
    store(PROJECT, call(1, 3, 1, "2", after=9 * SECOND))
    glanced()
    examine(PROJECT, uuid(1))
    assert of() == [told]
    judge()
    (judged,) = of()
    assert judged.sentence == "scout cost $8.00: there are no earlier runs to compare it with."
    assert (judged.pk, judged.raised_at) == (told.pk, told.raised_at)


def test_where_the_days_before_are_too_few_its_own_day_counts() -> None:
    same_day = [run(100 + at, "0.04", at * SECOND - HOUR_NS) for at in range(11)]
    examined(*same_day, run(200, "0.04", HOUR_NS), run(1, "0.48"))
    (told,) = of()
    assert told.sentence == "scout cost $0.48: 12 × this agent's median of $0.04 over 11 runs."
    judge()
    assert [each.sentence for each in of()] == [told.sentence]


def test_a_run_that_a_glance_knows_better_than_the_day_is_told_once() -> None:
    examined(run(1, "0.48"), *usual())
    assert of() == []
    store(PROJECT, agent(1, 3, "scout", after=-SECOND))
    glanced()
    (told,) = of()
    mark(PROJECT, day(0).date())
    assert judge_due()
    (judged,) = of()
    assert (judged.first_ns - told.first_ns, judged.raised_at) == (SECOND, told.raised_at)
    examine(PROJECT, uuid(1))
    judge()
    assert [(each.first_ns, each.raised_at) for each in of()] == [(told.first_ns, told.raised_at)]


def test_what_was_withdrawn_is_left_to_its_day() -> None:
    examined(run(1, "6"))
    Finding.objects.update(withdrawn_at=NOON_TIME)
    store(PROJECT, call(1, 3, 1, "2", after=9 * SECOND))
    glanced()
    examine(PROJECT, uuid(1))
    assert of() == []
    judge()
    assert len(of()) == 1


def test_a_glance_at_a_large_trace_knows_what_was_spent_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(glances, "RECENT", 10)
    root = span(1, 1, name="root")
    older = [call(1, at, 1, "0.1", agent="scout", after=at * SECOND) for at in range(2, 42)]
    others = [call(1, at, 1, "0.001", agent="clerk", after=at * SECOND) for at in range(42, 57)]
    examined([root, *older, *others])
    kept = TraceIndex.objects.get().so_far
    assert kept is not None
    assert {agent: said[2:] for agent, said in kept["spent"].items()} == {
        "scout": [4 * 10**12, 0, 600],
        "clerk": [5 * 10**9, 0, 75],
    }
    assert of() == []
    store(PROJECT, call(1, 99, 1, "0.5", agent="scout", after=99 * SECOND))
    glanced()
    assert of() == []
    store(PROJECT, call(1, 100, 1, "0.5", agent="scout", after=100 * SECOND))
    glanced()
    (told,) = of()
    assert told.sentence == "scout cost $5.00: there are no earlier runs to compare it with."
    examine(PROJECT, uuid(1))
    judge()
    (judged,) = of()
    assert (judged.first_ns, judged.raised_at) == (told.first_ns, told.raised_at)
    assert judged.sentence == told.sentence
    assert judged.first_span == 2


def test_of_a_large_trace_without_agents_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "RECENT", 10)
    nightly = [span(1, 1, name="nightly")]
    examined(nightly + [call(1, at, 1, "0.3", after=at * SECOND) for at in range(2, 17)])
    assert of() == []
    store(PROJECT, call(1, 99, 1, "0.6", after=99 * SECOND))
    glanced()
    assert [each.sentence for each in of()] == [
        "nightly cost $5.10: there are no earlier traces of this name to compare it with."
    ]
    before = rows()
    examine(PROJECT, uuid(1))
    judge()
    (judged,) = rows()
    assert (judged["first_span"], judged["sentence"]) == (1, before[0]["sentence"])


def test_calls_that_another_trace_has_told_before_are_not_spent_again() -> None:
    examined([call(5, 1, 0, "9", name="the first", response_id=ANSWER, after=-SECOND)])
    Finding.objects.all().delete()
    store(PROJECT, *run(1, "9", response_id=ANSWER))
    glanced()
    assert of() == []
    store(PROJECT, *run(2, "9", response_id=f"{ANSWER}2"))
    glanced()
    assert [each.trace_id for each in of()] == [uuid(2)]


def test_tokens_are_told_where_no_price_is_known() -> None:
    usual = [
        run(100 + at, "", at * HOUR_NS // 2 - DAY_NS, model="llama-own", usage=Usage(900, 50))
        for at in range(12)
    ]
    examined(*usual)
    store(PROJECT, *run(1, "", model="llama-own", usage=Usage(40_000, 100)))
    glanced()
    assert [(each.code, each.sentence) for each in of()] == [
        (
            "token_anomaly",
            "scout used 40,100 tokens: 42 × this agent's median of 950 over 12 runs.",
        )
    ]


def test_the_history_is_of_the_project() -> None:
    examined(*usual(), project_id=OTHER)
    examined(run(1, "0.48"))
    assert of() == []
    examined(run(2, "0.48"), project_id=OTHER)
    assert [each.trace_id for each in of(OTHER)] == [uuid(2)]


def test_what_is_not_dear_is_not_compared() -> None:
    examined(*usual())
    store(PROJECT, *run(1, "0.24"), *run(2, "0.26"))
    rules = rules_of(PROJECT)
    with CaptureQueriesContext(connection) as cheap:
        examine(PROJECT, uuid(1), rules)
    with CaptureQueriesContext(connection) as dear:
        examine(PROJECT, uuid(2), rules)
    with CaptureQueriesContext(connection) as again:
        store(PROJECT, *run(3, "0.27"))
        examine(PROJECT, uuid(3), rules)
    histories = [
        sum("started_at desc, trace_id" in query["sql"] for query in queries)
        for queries in (cheap, dear, again)
    ]
    assert histories == [0, 1, 0], "the history is read once in a shift"


def test_many_dear_agents_take_no_more_queries_than_one() -> None:
    rules = rules_of(PROJECT)
    asked = []
    for trace, agents in ((1, 1), (2, 9)):
        root = span(trace, 1, name="root")
        runs = [call(trace, at, 1, "6", agent=f"a{trace}{at}") for at in range(2, 2 + agents)]
        store(PROJECT, root, *runs)
        with CaptureQueriesContext(connection) as queries:
            examine(PROJECT, uuid(trace), rules)
        asked.append(len(queries))
    assert len(of()) == 10
    assert asked[1] <= asked[0]


projects = count(1000)
amounts = st.sampled_from(["0.01", "0.04", "0.05", "0.3", "0.9", "6", "21"])
spent = st.tuples(amounts, st.integers(0, 3), st.sampled_from(["scout", "clerk"]))


@settings(max_examples=12, deadline=None)
@given(st.lists(spent, min_size=1, max_size=20), st.data())
def test_what_was_told_at_once_makes_no_difference_in_the_end(
    told: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    Finding.objects.all().delete()
    Trace.objects.all().delete()
    project_id = next(projects)
    order = data.draw(st.permutations(range(len(told))))
    for at in order:
        usd, days, name = told[at]
        store(project_id, *run(1 + at, usd, at * SECOND - days * DAY_NS, name))
        how = data.draw(st.sampled_from(["glance", "examination", "both"]))
        if how != "examination":
            glanced()
        if how != "glance":
            examine(project_id, uuid(1 + at))
        if data.draw(st.booleans()):
            judge()
    for at in order:
        examine(project_id, uuid(1 + at))
    judge()
    found = rows(project_id)
    Finding.objects.all().delete()
    for days in range(4):
        mark(project_id, (NOON_TIME - timedelta(days=days)).date())
    judge()
    assert found == rows(project_id)
