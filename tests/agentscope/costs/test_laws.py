"""The laws of money on a real Postgres: the parts are the whole in every output, and neither order
nor batching, repetition or lateness matters."""

import csv
from dataclasses import astuple
from decimal import Decimal
from io import StringIO

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.costs.amounts import COLUMNS, total
from agentscope.costs.models import AttributeCost, DayCost, DayDue, PathCost, SessionCost
from agentscope.costs.query import DIMENSIONS, CostQuery, Interval, Show
from agentscope.costs.read import calls, costs, period_paths, trace_paths
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.vocabulary import PICO, Kind, Status, Usage
from tests.kit.costs import DAY_NS, HOUR_NS, day, settle, span, store, uuid

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OFTEN = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TRACES = (1, 2)
ALL = CostQuery(since=day(-2), until=day(4))
GROUPINGS = [
    (),
    *((name,) for name in (*DIMENSIONS, "attribute:customer")),
    *(("agent", "model"), ("session", "user"), ("session", "tool")),
    *(("attribute:customer", "outcome"), ("attribute:customer", "path")),
]
PERIOD = "since=2026-11-23&until=2026-11-29"


@st.composite
def told(draw, number):
    """What a span says: maybe a call with or without a price, an agent, a tool, a failure."""
    trace = draw(st.sampled_from(TRACES))
    cost = draw(st.none() | st.integers(1, 10**13).map(lambda pico: pico * PICO))
    return span(
        trace,
        number,
        draw(st.integers(0, number - 1) | st.just(99)),
        after=draw(st.integers(-30, 50)) * HOUR_NS + draw(st.integers(0, 10**9)),
        kind=draw(st.sampled_from([Kind.LLM, Kind.LLM, Kind.AGENT, Kind.TOOL, Kind.CHAIN])),
        agent=draw(st.sampled_from(["", "planner", "searcher", "a/b"])),
        tool=draw(st.sampled_from(["", "search"])),
        model=draw(st.sampled_from(["gpt-4o", "no-such-model"])),
        usage=Usage(
            draw(st.integers(0, 9)), draw(st.integers(0, 9)), reasoning=draw(st.integers(0, 9))
        ),
        reported_cost=cost,
        status=draw(st.sampled_from([Status.UNSET, Status.ERROR])),
        session=draw(st.sampled_from(["", "", "s1", "s2"])),
        user=draw(st.sampled_from(["", "ada"])),
        outcome=draw(st.sampled_from(["", "", "success", "failure"])),
        environment=draw(st.sampled_from(["", "test"])),
        dimensions=draw(st.sampled_from([{}, {}, {"customer": "acme"}])),
    )


@st.composite
def runs(draw):
    """Spans of two traces."""
    return [draw(told(number)) for number in range(1, draw(st.integers(1, 9)) + 1)]


@st.composite
def deliveries(draw, spans):
    """These spans, some of them again, in any order and in batches of any size."""
    again = draw(st.lists(st.sampled_from(spans), max_size=4))
    order = draw(st.permutations([*spans, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    return [order[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def new_project(name="shop"):
    return Project.objects.create(name=name, cost_attributes=["customer"])


def stored():
    """All that is kept of costs but the numbers of rows."""
    found = []
    for model in (PathCost, DayCost, SessionCost, AttributeCost):
        names = [
            field.name
            for field in model._meta.concrete_fields
            if field.name not in {"id", "pk", "project_id"}
        ]
        rows = [tuple(map(str, row)) for row in model.objects.values_list(*names)]
        found.append((model.__name__, sorted(rows)))
    return found


def in_the_end(batches, each_settled):
    """What is kept after these deliveries, each followed by all that follows, or only the last."""
    with transaction.atomic():
        project = new_project()
        for batch in batches:
            store(project.pk, *batch)
            if each_settled:
                settle()
        settle()
        found = stored()
        transaction.set_rollback(True)
    return found


@OFTEN
@given(st.data())
def test_order_batching_repetition_and_lateness_do_not_matter(data):
    spans = data.draw(runs())
    once = in_the_end([spans], each_settled=False)
    assert in_the_end(data.draw(deliveries(spans)), each_settled=data.draw(st.booleans())) == once


@OFTEN
@given(runs(), st.sampled_from(GROUPINGS), st.sampled_from(list(Interval)))
def test_the_parts_are_the_whole_in_every_output(spans, group_by, interval):
    with transaction.atomic():
        project = new_project()
        store(project.pk, *spans)
        settle()
        whole = of_traces(project.pk)
        assert whole == of_trees(project.pk)
        assert whole == figures(of_paths(project.pk))
        for found in of_reports(project.pk, group_by, interval):
            assert figures(found) == whole
        assert of_calls(project.pk) == whole
        for show in (Show.NEWEST, Show.DEAREST):
            assert of_calls(project.pk, show)[:4] == whole[:4]
        assert of_api(project) == whole
        transaction.set_rollback(True)


def figures(amounts):
    """Those amounts that a trace has in its own row, too."""
    return (
        amounts.known_cost,
        amounts.discarded_cost,
        amounts.unpriced_calls,
        amounts.unpriced_tokens,
        amounts.calls,
        amounts.tool_calls,
        amounts.errors,
    )


def of_traces(project_id):
    rows = Trace.objects.filter(project_id=project_id).values_list(
        *("known_cost", "discarded_cost", "unpriced_calls", "unpriced_tokens"),
        *("llm_calls", "tool_calls", "errors"),
    )
    return tuple(map(sum, zip(*rows, strict=True)))


def of_trees(project_id):
    sums = [0] * 7
    for trace in Trace.objects.filter(project_id=project_id):
        tree = trace_tree(project_id, trace.trace_id)
        for root in tree.children(-1):
            row = tree.row(root)
            sums[0] += row.usd("sum_cost")
            sums[1] += row.usd("sum_discarded")
            for at, name in enumerate(("unpriced", None, "llm_calls", "tool_calls", "errors"), 2):
                sums[at] += int(getattr(tree, f"sum_{name}")[root]) if name else 0
        unpriced = tree.cost == -1
        sums[3] += int((tree.billed_input + tree.billed_output)[unpriced].sum())
    return tuple(sums)


def of_paths(project_id):
    """Every path of every trace, added up by hand from the nodes."""
    found = []
    for number in TRACES:
        report = trace_paths(project_id, uuid(number))
        if report is None:
            continue
        waiting, own = list(report.nodes), [report.unattributed]
        while waiting:
            node = waiting.pop()
            own.append(node.own)
            waiting += node.children
            assert node.inclusive == total([node.own, *(each.inclusive for each in node.children)])
        assert total(own) == report.total
        found.append(report.total)
    return total(found)


def of_reports(project_id, group_by, interval):
    """The total of the period, of its groups, of its slices and of its paths."""
    query = CostQuery(ALL.since, ALL.until, group_by, interval, top=1, compare=True)
    report = costs(project_id, query)
    yield report.total
    yield total([*(each.amounts for each in report.groups), report.others.amounts])
    if interval != Interval.NONE:
        slices = [each.total for each in report.series]
        assert slices == [total([*each.groups, each.others]) for each in report.series]
        yield total(slices)
    yield period_paths(project_id, ALL, most=1).total


def of_calls(project_id, show=Show.ALL):
    found, after = [], ""
    while after is not None:
        page = calls(project_id, ALL, after, 2, show)
        assert len(page.calls) <= 2
        found += page.calls
        after = page.next
    if show == Show.DEAREST:
        spent = [-1 if call.cost is None else call.cost for call in found]
        assert spent == sorted(spent, reverse=True)
    assert len({(call.trace_id, call.span_id) for call in found}) == len(found)
    return figures(total(call.amounts for call in found))


def of_api(project):
    """The total of the JSON, which is that of the table."""
    client = Client(headers={"host": "localhost", "x-agentscope-project": project.name})
    said = client.get(f"/api/v1/costs?{PERIOD}&group_by=path&top=1").json()["total"]
    answer = client.get(f"/api/v1/costs?{PERIOD}&group_by=path,model&interval=day&format=csv")
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text, newline="")))
    names = (
        *("known_cost_usd", "discarded_cost_usd", "unpriced_calls", "unpriced_tokens"),
        *("calls", "tool_calls", "errors"),
    )
    in_json = tuple(Decimal(said[name]) for name in names)
    assert in_json == tuple(sum(Decimal(row[name]) for row in rows) for name in names)
    return in_json


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


@OFTEN
@given(runs(), runs())
def test_two_projects_never_mix(spans, others):
    with transaction.atomic():
        mine, other = new_project(), new_project("other")
        store(mine.pk, *spans)
        settle()
        query = CostQuery(ALL.since, ALL.until, ("path", "session"), Interval.DAY, compare=True)
        before = costs(mine.pk, query), calls(mine.pk, ALL, "", 100)
        store(other.pk, *others)
        settle()
        assert (costs(mine.pk, query), calls(mine.pk, ALL, "", 100)) == before
        transaction.set_rollback(True)


def test_examining_again_changes_nothing_and_makes_no_day_due():
    project = new_project()
    store(project.pk, span(1, 1, kind=Kind.LLM, usage=Usage(1, 2), reported_cost=Decimal("0.1")))
    settle()
    before = stored(), list(DayDue.objects.values())
    examine(project.pk, uuid(1))
    assert (stored(), list(DayDue.objects.values())) == before


def test_a_session_that_is_told_late_changes_every_line_of_its_trace():
    project = new_project()
    store(project.pk, span(1, 2, 1, kind=Kind.LLM, reported_cost=Decimal("0.1")))
    settle()
    store(project.pk, span(1, 1, kind=Kind.AGENT, agent="planner", session="s1", after=-DAY_NS))
    settle()
    by_session = CostQuery(ALL.since, ALL.until, ("session",))
    assert [group.key for group in costs(project.pk, by_session).groups] == [("s1",)]
    assert set(PathCost.objects.values_list("session", "path")) == {("s1", "planner")}


def test_a_sum_of_a_million_tiny_costs_is_exact():
    tiny = Decimal("0.0000001")
    one = total([])
    for name in COLUMNS:
        assert getattr(one, name) == 0
    made = type(one)(known_cost=tiny)
    assert total([made] * 1_000_000).known_cost == Decimal("0.1")
    assert len(astuple(made)) == len(COLUMNS)
