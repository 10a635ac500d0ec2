"""The ways in which usage is told twice, and the same totals at every level for each of them,
whichever span comes late and however often it is sent."""

from dataclasses import dataclass, replace
from decimal import Decimal
from operator import add
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum

from agentscope.agents.models import AgentRun
from agentscope.costs.models import DayCost, PathCost, SessionCost
from agentscope.pipeline import add_up_sessions, examine, roll_up_days
from agentscope.sessions.models import Session
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage, WireScope
from tests.kit.spans import NOON, TRACE, wire_span

pytestmark = pytest.mark.django_db

PROJECT = 7
SECOND = 10**9
ID = UUID(bytes=TRACE)
PRICE = (Decimal("2.5e-6"), Decimal("10e-6"))  # USD a token of gpt-4o, in and out


@dataclass(frozen=True)
class Told:
    """A span as a fixture has it. Times are in seconds after noon."""

    parent: int  # its number in the fixture, from 1; 0: none
    kind: Kind
    tokens: tuple[int, int] | None = None
    scope: str = "framework"
    answer: str = ""
    time: tuple[int, int] = (0, 10)
    agent: str = ""


def agent(tokens=None, **said) -> Told:
    return Told(0, Kind.AGENT, tokens, agent="planner", **said)


def call(tokens, parent=1, **said) -> Told:
    return Told(parent, Kind.LLM, tokens, **said)


ONE, OTHER = call((100, 10), time=(1, 3), answer="r1"), call((200, 20), time=(4, 6), answer="r2")
# What is told, and the tokens that were really used.
FIXTURES: dict[str, tuple[list[Told], tuple[int, int]]] = {
    "sum on the parent": ([agent((300, 30)), ONE, OTHER], (300, 30)),
    "on the parent only": ([agent((300, 30)), Told(1, Kind.TOOL, time=(1, 2))], (300, 30)),
    "a remainder": ([agent((450, 50)), ONE, OTHER], (450, 50)),
    "a parent smaller than its calls": ([agent((200, 20)), ONE, OTHER], (300, 30)),
    "two instrumentations, nested": (
        [agent(), ONE, call((100, 10), parent=2, scope="sdk", time=(1, 2)), OTHER],
        (300, 30),
    ),
    "two instrumentations, side by side": (
        [agent(), replace(ONE, answer=""), replace(ONE, answer="", scope="sdk"), OTHER],
        (300, 30),
    ),
    "a cumulative series": (
        [
            agent((900, 90)),
            *(
                replace(agent((total, total // 10)), parent=1, time=(at, at + 1))
                for at, total in ((1, 100), (3, 400), (5, 900))
            ),
        ],
        (900, 90),
    ),
    "a child that comes late": ([agent((300, 30)), ONE, OTHER, Told(1, Kind.TOOL)], (300, 30)),
    "a batch that is sent again": ([agent((300, 30)), ONE, ONE, OTHER], (300, 30)),
}


def spans(told: list[Told]):
    """The spans of a fixture; the same thing twice is the same span, sent again."""
    for number, each in enumerate(told, start=1):
        again = told.index(each) + 1
        name = number if each.kind != Kind.LLM or each.answer == "" else again
        wire = wire_span(
            name,
            parent_id=each.parent.to_bytes(8, "big") if each.parent else b"",
            start_ns=NOON + each.time[0] * SECOND,
            end_ns=NOON + each.time[1] * SECOND,
            scope=WireScope({"service.name": "shop"}, each.scope, "1", {}, "", each.scope.encode()),
        )
        usage = Usage(*each.tokens) if each.tokens else Usage()
        is_call = each.kind == Kind.LLM
        model = "gpt-4o" if is_call or each.kind != Kind.TOOL else ""
        yield (
            wire,
            Meaning(
                kind=each.kind,
                agent=each.agent,
                model=model,
                provider="openai" if model else "",
                response_id=each.answer,
                session="s",
                usage=usage,
            ),
        )


def levels() -> dict[str, tuple[int, int, Decimal]]:
    """Tokens and cost at every level."""
    examine(PROJECT, ID)
    add_up_sessions()
    roll_up_days()
    trace = Trace.objects.get(trace_id=ID, project_id=PROJECT)
    session = Session.objects.get(session="s", project_id=PROJECT)
    tree = trace_tree(PROJECT, ID)
    assert tree
    roots = tree.parent == -1
    found: dict[str, Any] = {
        "trace": (trace.input_tokens, trace.output_tokens, trace.known_cost),
        "session": (session.input_tokens, session.output_tokens, session.known_cost),
        "tree": (
            int(tree.sum_input[roots].sum()),
            int(tree.sum_output[roots].sum()),
            Decimal(int(tree.sum_cost[roots].sum())).scaleb(-12),
        ),
    }
    runs = AgentRun.objects.filter(project_id=PROJECT)
    sums = runs.aggregate(Sum("input_tokens"), Sum("output_tokens"), Sum("known_cost"))
    found["agents"] = tuple(map(add, sums.values(), added(PathCost, agent="")))
    for model in (PathCost, DayCost, SessionCost):
        found[model.__name__] = added(model)
    return found


def added(model, **said: str) -> tuple[int, int, Decimal]:
    """The sums of lines, 0 of none."""
    into = ("fresh_input", "cache_read", "cache_write_5m", "cache_write_1h", "audio_input")
    out = ("output_text", "reasoning", "audio_output")
    sums = model.objects.filter(project_id=PROJECT, **said).aggregate(
        **{name: Sum(name, default=0) for name in (*into, *out, "known_cost")}
    )
    return sum(sums[name] for name in into), sum(sums[name] for name in out), sums["known_cost"]


@pytest.mark.parametrize("name", FIXTURES)
def test_the_same_totals_at_every_level(name):
    told, (tokens_in, tokens_out) = FIXTURES[name]
    save_spans(PROJECT, list(spans(told)))
    cost = tokens_in * PRICE[0] + tokens_out * PRICE[1]
    assert set(levels().values()) == {(tokens_in, tokens_out, cost)}


@pytest.mark.parametrize(
    ("name", "late"), [(name, at) for name in FIXTURES for at in range(len(FIXTURES[name][0]))]
)
def test_whichever_span_comes_late_and_all_is_sent_again(name, late):
    told, (tokens_in, tokens_out) = FIXTURES[name]
    stored = list(spans(told))
    save_spans(PROJECT, stored[:late] + stored[late + 1 :])
    examine(PROJECT, ID)
    save_spans(PROJECT, [stored[late]])
    examine(PROJECT, ID)
    save_spans(PROJECT, stored)
    cost = tokens_in * PRICE[0] + tokens_out * PRICE[1]
    assert set(levels().values()) == {(tokens_in, tokens_out, cost)}


def test_what_a_parent_has_more_is_unattributed():
    told, _ = FIXTURES["a remainder"]
    save_spans(PROJECT, list(spans(told)))
    levels()
    by_path = {line.path: (line.fresh_input, line.output_text) for line in PathCost.objects.all()}
    assert by_path == {"planner": (300, 30), "": (150, 20)}
    assert [run.input_tokens for run in AgentRun.objects.all()] == [300]


def test_two_projects_with_the_same_batch_are_two_runs():
    stored = list(spans(FIXTURES["sum on the parent"][0]))
    for project in (PROJECT, 8):
        save_spans(project, stored)
    before = levels()
    examine(8, ID)
    assert levels() == before
    assert Trace.objects.filter(known_cost=before["trace"][2]).count() == 2


def test_tokenjam_749_a_trace_that_two_sessions_share():
    root = Told(0, Kind.CHAIN)
    workers = [Told(1, Kind.AGENT, agent=name) for name in ("a", "b")]
    spent = call((1, 1), time=(1, 2))
    stored = list(spans([root, *workers, spent]))
    sessions = ("", "s1", "s2", "")
    for (_, meaning), session in zip(stored, sessions, strict=True):
        meaning.session = session
        meaning.reported_cost = Decimal(2) if meaning.kind == Kind.LLM else None
    save_spans(PROJECT, stored)
    examine(PROJECT, ID)
    lines = PathCost.objects.filter(project_id=PROJECT)
    assert Trace.objects.get(trace_id=ID).known_cost == 2
    assert sum(line.known_cost for line in lines) == 2
    assert [line.path for line in lines if line.known_cost] == [""]  # shown as unattributed
