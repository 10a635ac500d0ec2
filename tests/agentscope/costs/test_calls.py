"""From a report down to the single calls."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agentscope.costs.amounts import total
from agentscope.costs.models import Charge, PathCost
from agentscope.costs.query import DIMENSIONS, BadQuery, CostQuery, Show
from agentscope.costs.read import calls
from agentscope.projects.models import Project
from agentscope.traces.models import Span, TraceIndex
from agentscope.vocabulary import Kind, Status
from tests.kit.costs import DAY_NS, HOUR_NS, agent, call, day, span, tell, uuid

pytestmark = pytest.mark.django_db

WEEK = CostQuery(day(0), day(7))


@pytest.fixture
def shop():
    project = Project.objects.create(name="shop").pk
    tell(
        project,
        agent(1, 1, "planner", session="s1", user="ada"),
        call(1, 2, 1, "0.1", name="early"),
        call(1, 3, 1, "0.2", name="late", after=10**9),
        span(1, 4, 1, kind=Kind.TOOL, tool="search", status=Status.ERROR, name="failed"),
        span(1, 5, 1, kind=Kind.CHAIN, name="only takes time"),
        call(1, 6, 0, model="no-such-model", name="unpriced", after=HOUR_NS),
        call(2, 1, 0, "0.4", name="next day", after=DAY_NS),
    )
    return project


def names(page):
    return [call.name for call in page.calls]


def test_it_works(shop):
    page = calls(shop, WEEK, "", 10)
    assert sorted(names(page)) == ["early", "failed", "late", "next day", "unpriced"]
    assert names(page)[:2] == ["next day", "unpriced"]
    assert names(page).index("late") < names(page).index("early")
    assert page.next is None
    late = next(call for call in page.calls if call.name == "late")
    assert (late.trace_id, late.span_id, late.cost) == (uuid(1), 3, Decimal("0.2"))
    assert (late.kind, late.billing, late.why, late.discarded) == ("llm", "counted", "none", "none")
    assert late.dimensions["path"] == "planner"
    assert (late.dimensions["session"], late.dimensions["user"]) == ("s1", "ada")


def test_an_unknown_cost_is_unknown_with_a_reason(shop):
    found = {call.name: call for call in calls(shop, WEEK, "", 10).calls}
    assert (found["unpriced"].cost, found["unpriced"].why) == (None, "unknown_model")
    assert found["unpriced"].amounts.unpriced_tokens == 15


@pytest.mark.parametrize("show", Show)
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_page_by_page_nothing_is_left_out_or_told_twice(shop, limit, show):
    every = calls(shop, WEEK, "", 100, show).calls
    found, after = [], ""
    while after is not None:
        page = calls(shop, WEEK, after, limit, show)
        found += page.calls
        after = page.next
    assert found == every
    assert total(call.amounts for call in every).known_cost == Decimal("0.7")


def test_the_dearest_first_and_what_nobody_knows_last(shop):
    assert names(calls(shop, WEEK, "", 10, Show.DEAREST)) == [
        *("next day", "late", "early", "unpriced")
    ]
    within = replace(WEEK, filters={"within": "planner"})
    assert names(calls(shop, within, "", 10, Show.DEAREST)) == ["late", "early"]
    assert names(calls(shop, CostQuery(day(1), day(2)), "", 10, Show.DEAREST)) == ["next day"]


def test_the_newest_that_were_charged(shop):
    page = calls(shop, WEEK, "", 10, Show.NEWEST)
    assert names(page) == ["next day", "unpriced", "late", "early"]


def test_charges_of_traces_without_a_tree_make_no_gap(shop):
    TraceIndex.objects.filter(trace_id=uuid(2)).delete()
    Span.objects.filter(trace_id=uuid(2)).delete()
    page = calls(shop, WEEK, "", 1, Show.DEAREST)
    assert names(page) == ["late"]
    assert names(calls(shop, WEEK, page.next, 9, Show.DEAREST)) == ["early", "unpriced"]


def test_charges_follow_their_trace(shop):
    assert charged(shop) == [400_000_000_000, 200_000_000_000, 100_000_000_000, -1]
    tell(shop, call(1, 7, 2, "0.3", name="a call inside that was told late"))
    assert charged(shop) == [400_000_000_000, 300_000_000_000, 200_000_000_000, -1]
    assert list(calls(shop, WEEK, "", 1, Show.DEAREST).calls[0].dimensions) == list(DIMENSIONS)


def charged(project):
    """The charges of a project in 1e-12 USD, the greatest first."""
    found = Charge.objects.filter(project_id=project).order_by("-cost")
    return list(found.values_list("cost", flat=True))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tool": "search"}, ["failed"]),
        ({"path": ""}, ["next day", "unpriced"]),
        ({"model": "gpt-4o", "agent": "planner"}, ["late", "early"]),
        ({"session": "s2"}, []),
    ],
)
def test_only_what_is_asked_for(shop, filters, expected):
    assert names(calls(shop, replace(WEEK, filters=filters), "", 10)) == expected


def test_only_the_period(shop):
    assert names(calls(shop, CostQuery(day(1), day(2)), "", 10)) == ["next day"]


def test_a_page_reads_the_tree_of_a_trace_once(shop, django_assert_num_queries):
    PathCost.objects.filter(trace_id=uuid(2)).delete()
    with django_assert_num_queries(7):  # one for the lines, one for the tree, five around them
        calls(shop, WEEK, "", 10)


def test_a_page_of_the_dearest_reads_the_tree_of_a_trace_once(shop, django_assert_num_queries):
    with django_assert_num_queries(8):  # one for the charges, two for trees, five around them
        calls(shop, WEEK, "", 10, Show.DEAREST)


@pytest.mark.parametrize("wrong", ["here", f"-2~{uuid(1).hex}~1", f"1~{uuid(1).hex}~{2**63}", "~~"])
def test_a_place_among_the_dearest_that_is_not_ours(shop, wrong):
    with pytest.raises(BadQuery) as error:
        calls(shop, WEEK, wrong, 10, Show.DEAREST)
    assert error.value.name == "cursor"


@pytest.mark.parametrize(
    "wrong", ["here", "2026-11-25T12~zz~0~0", f"2026-11-25T12~{uuid(1).hex}~-1~0", "~~~"]
)
def test_a_place_that_is_not_ours(shop, wrong):
    with pytest.raises(BadQuery) as error:
        calls(shop, WEEK, wrong, 10)
    assert error.value.name == "cursor"
