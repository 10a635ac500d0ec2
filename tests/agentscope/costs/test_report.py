"""Reports: by groups, over time, against the period before, and always the whole."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from agentscope.costs.amounts import total
from agentscope.costs.models import AttributeCost, DayCost, PathCost, SessionCost
from agentscope.costs.query import BadQuery, CostQuery, Interval
from agentscope.costs.read import cost_rows, costs
from agentscope.projects.models import Project
from agentscope.vocabulary import Kind, Status
from tests.kit.costs import DAY_NS, HOUR_NS, agent, call, day, span, tell

pytestmark = pytest.mark.django_db

WEEK = CostQuery(since=day(0), until=day(7))


@pytest.fixture
def shop():
    return Project.objects.create(name="shop", cost_attributes=["customer"]).pk


@pytest.fixture
def told(shop):
    """Three tasks on three days: two planners, one of which asks a searcher by a tool."""
    tell(
        shop,
        agent(1, 1, "planner", session="s1", user="ada", outcome="success"),
        call(1, 2, 1, "0.50"),
        span(1, 3, 1, kind=Kind.TOOL, tool="search"),
        agent(1, 4, "searcher", 3),
        call(1, 5, 4, "0.25", model="mini"),
        agent(2, 1, "planner", session="s2", outcome="failure", after=DAY_NS),
        call(2, 2, 1, "1.00", after=DAY_NS, dimensions={"customer": "acme"}),
        agent(3, 1, "writer", session="s2", after=2 * DAY_NS),
        call(3, 2, 1, after=2 * DAY_NS, model="no-such-model", environment="test"),
        span(3, 3, 1, kind=Kind.TOOL, tool="save", status=Status.ERROR, after=2 * DAY_NS),
    )
    return shop


def keyed(report):
    return {group.key: group.amounts for group in report.groups}


def spent(report):
    return {key: str(amounts.known_cost.normalize()) for key, amounts in keyed(report).items()}


def test_it_works(told):
    report = costs(told, replace(WEEK, group_by=("agent",)))
    assert spent(report) == {("planner",): "1.5", ("searcher",): "0.25", ("writer",): "0"}
    assert report.total.known_cost == Decimal("1.75")
    assert (report.total.calls, report.total.tool_calls, report.total.errors) == (4, 2, 1)
    assert (report.total.unpriced_calls, report.total.unpriced_tokens) == (1, 15)
    assert (report.others.groups, report.days_due, report.calls_since) == (0, 0, None)


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("path", {"planner": "1.5", "planner/searcher": "0.25", "writer": "0"}),
        ("tool", {"": "1.5", "search": "0.25", "save": "0"}),
        ("model", {"gpt-4o": "1.5", "mini": "0.25", "": "0", "no-such-model": "0"}),
        ("service", {"shop": "1.75"}),
        ("environment", {"": "1.75", "test": "0"}),
        ("session", {"s1": "0.75", "s2": "1"}),
        ("user", {"ada": "0.75", "": "1"}),
        ("outcome", {"success": "0.75", "failure": "1", "": "0"}),
        ("attribute:customer", {"acme": "1", "": "0.75"}),
    ],
)
def test_by_any_dimension(told, dimension, expected):
    found = spent(costs(told, replace(WEEK, group_by=(dimension,))))
    assert found == {(value,): usd for value, usd in expected.items()}


def test_by_two_dimensions(told):
    found = spent(costs(told, replace(WEEK, group_by=("agent", "session"))))
    assert found[("planner", "s1")] == "0.5"
    assert found[("planner", "s2")] == "1"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"agent": "planner"}, "1.5"),
        ({"path": "planner"}, "1.5"),
        ({"within": "planner"}, "1.75"),
        ({"path": ""}, "0"),
        ({"session": "s1", "model": "mini"}, "0.25"),
        ({"attribute:customer": "acme"}, "1"),
        ({"attribute:customer": "acme", "model": "mini"}, "0"),
        ({"attribute:customer": "", "environment": "", "outcome": "success"}, "0.75"),
        ({"tool": "search", "user": "ada"}, "0.25"),
    ],
)
def test_only_what_is_asked_for(told, filters, expected):
    report = costs(told, replace(WEEK, filters=filters))
    assert report.total.known_cost == Decimal(expected)


def test_what_is_not_shown_is_counted_and_named(told):
    report = costs(told, replace(WEEK, group_by=("model",), top=1))
    assert [group.key for group in report.groups] == [("gpt-4o",)]
    assert (report.others.groups, report.others.amounts.known_cost) == (3, Decimal("0.25"))
    assert report.groups[0].amounts + report.others.amounts == report.total


def test_without_groups_everything_is_in_the_rest(told):
    report = costs(told, WEEK)
    assert (report.groups, report.others.groups) == ([], 0)
    assert report.others.amounts == report.total


@pytest.mark.parametrize("interval", [Interval.HOUR, Interval.DAY, Interval.WEEK, Interval.MONTH])
def test_over_time_every_slice_is_there_and_adds_up(told, interval):
    report = costs(told, replace(WEEK, group_by=("agent",), interval=interval, top=1))
    starts = [each.start for each in report.series]
    assert starts == sorted(set(starts))
    assert len(starts) == {"hour": 168, "day": 7, "week": 2, "month": 2}[interval]
    assert total(each.total for each in report.series) == report.total
    assert total(each.groups[0] for each in report.series) == report.groups[0].amounts
    assert total(each.others for each in report.series) == report.others.amounts


def test_against_the_period_before(told):
    query = CostQuery(since=day(1), until=day(2), group_by=("agent",), compare=True, top=1)
    report = costs(told, query)
    assert (report.total.known_cost, report.previous.known_cost) == (1, Decimal("0.75"))
    (planner,) = report.groups
    assert (planner.amounts.known_cost, planner.previous.known_cost) == (1, Decimal("0.5"))
    assert (report.others.groups, report.others.previous.known_cost) == (0, Decimal("0.25"))
    assert [(mover.key, mover.change) for mover in report.movers] == [
        (("planner",), Decimal("0.5")),
        (("searcher",), Decimal("-0.25")),
    ]


def test_the_cost_of_a_success_includes_what_failed(told):
    found = costs(told, WEEK).outcomes
    assert (found.successes, found.failures, found.unknown) == (1, 1, 1)
    assert (found.known.known_cost, found.cost_per_success) == (Decimal("1.75"), Decimal("1.75"))
    assert costs(told, replace(WEEK, filters={"session": "s2"})).outcomes.cost_per_success is None
    assert costs(told, replace(WEEK, filters={"model": "mini"})).outcomes is None


def test_ordered_by_what_is_asked(told):
    report = costs(told, replace(WEEK, group_by=("agent",), order="errors"))
    assert report.groups[0].key == ("writer",)
    report = costs(told, replace(WEEK, group_by=("agent",), order="tokens"))
    assert report.groups[0].key == ("planner",)


def test_hours_at_either_end_of_the_period(shop):
    tell(
        shop,
        agent(1, 1, "planner"),
        call(1, 2, 1, "0.1", after=-HOUR_NS),
        call(1, 3, 1, "0.2"),
        call(1, 4, 1, "0.4", after=DAY_NS),
        call(1, 5, 1, "0.8", after=2 * DAY_NS),
        call(1, 6, 1, "1.6", after=2 * DAY_NS + HOUR_NS),
    )
    noon = timedelta(hours=12)
    query = CostQuery(since=day(0) + noon, until=day(2) + noon + timedelta(minutes=1))
    assert costs(shop, query).total.known_cost == Decimal("1.4")


def test_the_roll_ups_say_the_same_as_the_lines(told):
    lines = [PathCost.objects.values_list("known_cost", flat=True)]
    for model in (DayCost, SessionCost, AttributeCost):
        assert sum(model.objects.values_list("known_cost", flat=True)) == sum(*lines)


def test_another_project_sees_nothing(told):
    other = Project.objects.create(name="other").pk
    report = costs(other, replace(WEEK, group_by=("agent",), compare=True))
    assert (report.groups, bool(report.total), report.movers) == ([], False, [])


def test_files_have_every_group(told):
    query = replace(WEEK, group_by=("agent", "model"), interval=Interval.DAY, top=1)
    rows = list(cost_rows(told, query))
    assert total(row.amounts for row in rows) == costs(told, query).total
    assert {row.key for row in rows} >= {("planner", "gpt-4o"), ("searcher", "mini")}
    assert [row.start for row in rows] == sorted(row.start for row in rows)
    assert [row.start for row in cost_rows(told, WEEK)] == [day(0)]


def test_five_statements_whatever_is_asked(told, django_assert_num_queries):
    query = replace(WEEK, group_by=("agent",), interval=Interval.DAY, compare=True)
    with django_assert_num_queries(8):  # with those around them
        costs(told, query)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"group_by": ("colour",)}, "group_by"),
        ({"group_by": ("agent", "agent")}, "group_by"),
        ({"group_by": ("attribute:plan",)}, "group_by"),
        ({"filters": {"colour": "red"}}, "colour"),
        ({"until": day(0)}, "until"),
        ({"top": 0}, "top"),
        ({"order": "beauty"}, "order"),
        ({"since": day(-100), "interval": Interval.HOUR}, "interval"),
    ],
)
def test_what_cannot_be_asked_is_named(shop, wrong, name):
    with pytest.raises(BadQuery) as error:
        costs(shop, replace(WEEK, **wrong))
    assert error.value.name == name


@pytest.mark.parametrize("names", [(), ("agent",), ("session",), ("model",)])
def test_periods_that_meet_within_a_day_share_it_by_the_hour(shop, names: tuple[str, ...]):
    """All is at noon, at 3 and at 5 in the afternoon of one day, in which the period begins."""
    for number, usd in enumerate(("1", "2", "4")):
        trace, after = number + 1, (0, 3 * HOUR_NS, 5 * HOUR_NS)[number]
        tell(shop, call(trace, 1, 0, usd, after=after), agent(trace, 2, "planner", after=after))
    begin = day(0) + timedelta(hours=14)
    query = CostQuery(since=begin, until=begin + timedelta(days=3), group_by=names)
    for interval in (Interval.NONE, Interval.HOUR, Interval.DAY):
        report = costs(shop, replace(query, interval=interval, compare=True))
        assert report.total.known_cost == 6
        assert report.previous
        assert report.previous.known_cost == 1
        assert sum(group.amounts.known_cost for group in report.groups) == (6 if names else 0)
        assert costs(shop, replace(query, interval=interval)).total == report.total
