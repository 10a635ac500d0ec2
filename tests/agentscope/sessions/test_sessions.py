"""Sessions are what their traces come to, whatever came first."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.pipeline import add_up_sessions, examine, examine_due, partitions
from agentscope.sessions import write
from agentscope.sessions.models import Session
from agentscope.sessions.sums import SUMMED, sums
from agentscope.traces.ladder import LINK, ROOT, SPAN
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Rung, Status, Usage
from tests.kit.spans import NOON, wire_span

pytestmark = pytest.mark.django_db

SECOND = 10**9
DAY = 86_400
FIRST, SECOND_RUN, THIRD = (UUID(int=number) for number in (1, 2, 3))
PROJECT = 7


def run(trace_id, *, root="", leaf="", rung=Rung.EXPLICIT, at=0, links=(), **said):
    """An agent that calls a model, from so many seconds after noon on, for 10 seconds."""
    ids = [trace_id.int * 10 + number for number in (1, 2)]
    times = {"start_ns": NOON + at * SECOND, "end_ns": NOON + (at + 10) * SECOND}
    agent = Meaning(
        Kind.AGENT,
        agent="planner",
        session=root,
        session_rung=rung if root else Rung.NONE,
        linked_traces=[each.bytes for each in links],
        **said,
    )
    call = Meaning(
        Kind.LLM,
        model="gpt-4o",
        provider="openai",
        usage=Usage(1000, 100),
        session=leaf,
        session_rung=rung if leaf else Rung.NONE,
    )
    return [
        (wire_span(ids[0], trace_id=trace_id.bytes, **times), agent),
        (
            wire_span(
                ids[1], trace_id=trace_id.bytes, parent_id=ids[0].to_bytes(8, "big"), **times
            ),
            call,
        ),
    ]


def store(*runs, project=PROJECT):
    for spans in runs:
        save_spans(project, spans)


def settle():
    """Examine and add up until nothing is due any more."""
    for _ in range(6):
        changed = Trace.objects.exclude(examined_generation=F("generation"))
        changed.update(examine_after=timezone.now())
        examine_due()
        Session.objects.exclude(due_at=None).update(due_at=timezone.now())
        add_up_sessions()


def sessions(project=PROJECT):
    return {row["session"]: row for row in Session.objects.filter(project_id=project).values()}


def trace(trace_id, project=PROJECT):
    return Trace.objects.get(trace_id=trace_id, project_id=project)


def test_it_works():
    store(run(FIRST, root="s", user="ada", environment="staging", outcome="success"))
    store(run(SECOND_RUN, root="s", at=100))
    settle()
    (found,) = sessions().values()
    assert (found["session"], found["user"], found["traces"], found["spans"]) == ("s", "ada", 2, 4)
    assert (found["llm_calls"], found["input_tokens"], found["output_tokens"]) == (2, 2000, 200)
    assert found["known_cost"] == 2 * Decimal("0.0035")
    assert (found["agents"], found["model_names"]) == (["planner"], ["gpt-4o"])
    assert (found["environments"], found["successes"], found["failures"]) == (["staging"], 1, 0)
    assert found["due_at"] is None


@pytest.mark.parametrize(
    ("runs", "basis"),
    [
        ([run(FIRST, root="s"), run(SECOND_RUN, root="s", at=60)], ROOT),
        ([run(FIRST, leaf="s"), run(SECOND_RUN, leaf="s", at=60)], SPAN),
        ([run(FIRST), run(SECOND_RUN, root="s", at=60, links=[FIRST])], LINK),
        ([run(FIRST, leaf="s"), run(SECOND_RUN, at=60, links=[FIRST])], SPAN),
    ],
    ids=["root only", "leaf only", "later trace only", "earlier leaf only"],
)
@pytest.mark.parametrize("is_late", [False, True])
def test_wherever_the_session_is_named_the_totals_are_the_same(runs, basis, is_late):
    for spans in runs[::-1] if is_late else runs:
        store(spans)
        settle()
    (found,) = sessions().values()
    assert trace(FIRST).session_basis == basis
    assert (found["session"], found["traces"], found["llm_calls"]) == ("s", 2, 2)
    assert found["known_cost"] == 2 * Decimal("0.0035")
    assert found["working_ns"] == 20 * SECOND


def test_a_late_root_moves_the_trace_and_both_sessions_are_right():
    root, call = run(FIRST, root="s", leaf="other")
    store([call])
    settle()
    assert sessions().keys() == {"other"}
    store([root])
    settle()
    assert sessions().keys() == {"s"}
    assert sessions()["s"]["spans"] == 2


def test_conversations_inside_one_trace_do_not_split_it():
    chats = [
        (
            wire_span(at, trace_id=FIRST.bytes, parent_id=(9).to_bytes(8, "big")),
            Meaning(session=f"chat {at}", session_rung=Rung.CONVERSATION),
        )
        for at in (1, 2, 3)
    ]
    store([*chats, (wire_span(9, trace_id=FIRST.bytes), Meaning())])
    settle()
    assert sessions().keys() == {"chat 1"}


def test_a_pause_of_three_days_is_not_a_duration_of_three_days():
    store(run(FIRST, root="s"), run(SECOND_RUN, root="s", at=3 * DAY))
    settle()
    found = sessions()["s"]
    assert (found["working_ns"], found["waiting_ns"]) == (20 * SECOND, 0)
    assert (found["last_at"] - found["first_at"]).days == 3


def test_an_interrupted_run_waits_for_its_resume_and_is_no_error():
    asks = Meaning(Kind.TOOL, tool="publish", status=Status.WAITING)
    question = wire_span(
        99, trace_id=FIRST.bytes, parent_id=(11).to_bytes(8, "big"), start_ns=NOON + 10 * SECOND,
        end_ns=NOON + 10 * SECOND,
    )  # fmt: skip
    store([*run(FIRST, root="s"), (question, asks)])
    settle()
    Trace.objects.update(state="ended")
    store(run(THIRD, root="other"))
    Session.objects.filter(session="s").update(due_at=timezone.now())
    settle()
    assert (sessions()["s"]["state"], sessions()["s"]["errors"]) == ("waiting", 0)
    store(run(SECOND_RUN, root="s", at=3 * DAY))
    settle()
    found = sessions()["s"]
    assert (found["working_ns"], found["errors"]) == (20 * SECOND, 0)
    assert found["waiting_ns"] == (3 * DAY - 10) * SECOND
    assert found["state"] == "running"


def test_a_chain_of_links_is_one_session_and_a_circle_ends():
    store(run(FIRST, links=[THIRD]), run(SECOND_RUN, links=[FIRST]), run(THIRD, links=[SECOND_RUN]))
    settle()
    assert sessions() == {}
    fourth = UUID(int=4)
    store(run(fourth, root="s", at=60, links=[THIRD]))
    settle()
    assert sessions()["s"]["traces"] == 4
    assert {trace(each).session_basis for each in (FIRST, SECOND_RUN, THIRD)} == {LINK}


def test_a_session_of_its_own_is_kept_in_spite_of_links():
    store(run(FIRST, root="one"), run(SECOND_RUN, root="two", links=[FIRST]))
    store(run(THIRD, root="chat", rung=Rung.CONVERSATION, links=[SECOND_RUN]))
    settle()
    assert {name: row["traces"] for name, row in sessions().items()} == {"one": 1, "two": 2}


def test_links_do_not_lead_into_other_projects():
    store(run(FIRST, root="s"), project=1)
    store(run(SECOND_RUN, links=[FIRST]), project=2)
    settle()
    assert sessions(2) == {}


def test_one_that_cannot_be_added_up_keeps_nobody_waiting(monkeypatch, caplog):
    def fail_for_bad(traces):
        if len(traces) == 2:
            raise RuntimeError("cannot be added up")
        return sums(traces)

    store(run(FIRST, root="bad"), run(SECOND_RUN, root="bad"), run(THIRD, root="good"))
    monkeypatch.setattr(write, "sums", fail_for_bad)
    for trace_id in (FIRST, SECOND_RUN, THIRD):
        examine(PROJECT, trace_id)
    add_up_sessions()
    assert {name: row["traces"] for name, row in sessions().items()} == {"bad": 0, "good": 1}
    assert sessions()["bad"]["due_at"] > timezone.now()
    assert "Cannot add up session 'bad' of project 7" in caplog.text


def test_two_projects_with_the_same_session_do_not_mix():
    store(run(FIRST, root="s"), project=1)
    store(run(FIRST, root="s"), run(SECOND_RUN, root="s"), project=2)
    settle()
    assert [sessions(project)["s"]["traces"] for project in (1, 2)] == [1, 2]


def test_a_session_without_traces_is_gone(settings):
    store(run(FIRST, root="s"))
    settle()
    Trace.objects.all().delete()
    settings.AGENTSCOPE_RETENTION_DAYS = 1
    Session.objects.update(first_at=timezone.now() - timedelta(days=5))
    partitions()
    add_up_sessions()
    assert sessions() == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_linked_traces_examined_at_once_the_later_sees_the_earlier():
    for number in range(8):
        first, second = UUID(int=100 + number), UUID(int=200 + number)
        store(run(first, root=f"s {number}"), run(second, links=[first]))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(examine_in_thread, (first, second)))
        found = trace(second)
        is_due = found.examined_generation != found.generation
        assert found.session == f"s {number}" or is_due


def examine_in_thread(trace_id):
    with closing(connection):
        examine(PROJECT, trace_id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_totals_are_those_of_the_traces_in_any_order(data):
    named = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["", "a", "b"]), st.sets(st.integers(1, 5), max_size=2)),
            min_size=2,
            max_size=5,
        )
    )
    runs = [
        run(UUID(int=at), root=name, at=at * 60, links=[UUID(int=link) for link in links - {at}])
        for at, (name, links) in enumerate(named, start=1)
    ]
    seen = []
    for order in (runs, data.draw(st.permutations(runs))):
        with transaction.atomic():
            for spans in order:
                store(spans)
                if data.draw(st.booleans()):
                    settle()
            settle()
            seen.append(sessions())
            for name, row in seen[-1].items():
                of_it = Trace.objects.filter(project_id=PROJECT, session=name)
                for column in SUMMED:
                    assert row[column] == sum(getattr(each, column) for each in of_it)
                assert row["traces"] == len(of_it)
            transaction.set_rollback(True)
    assert timeless(seen[0]) == timeless(seen[1])


def timeless(found):
    """Sessions without their state, which passing time changes too."""
    return {name: {**row, "state": ""} for name, row in found.items()}
