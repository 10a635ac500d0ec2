"""The tree of paths: own and inclusive costs, nothing lost, names that hold a separator."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.costs.amounts import Amounts, total
from agentscope.costs.paths import EVERY, path_report
from agentscope.costs.query import CostQuery
from agentscope.costs.read import period_paths, trace_paths
from agentscope.projects.models import Project
from tests.kit.costs import agent, call, day, tell, uuid

TEAM = {"a": 4, "a/b": 2, "a/b/c": 1, "a/d": 3, "e": 1, "": 7}


def usd(number):
    return Amounts(known_cost=Decimal(number))


def report_of(spent, most=EVERY):
    return path_report({path: usd(number) for path, number in spent.items()}, most)


def drawn(nodes):
    return [
        (
            node.path,
            node.name,
            int(node.own.known_cost),
            int(node.inclusive.known_cost),
            drawn(node.children),
        )
        for node in nodes
    ]


def test_it_works():
    report = report_of(TEAM)
    assert drawn(report.nodes) == [
        ("a", "a", 4, 10, [
            ("a/b", "b", 2, 3, [("a/b/c", "c", 1, 1, [])]),
            ("a/d", "d", 3, 3, []),
        ]),
        ("e", "e", 1, 1, []),
    ]  # fmt: skip
    assert (report.unattributed, report.total) == (usd(7), usd(18))
    assert report.rest.groups == 0


def test_a_name_may_hold_the_separator():
    assert drawn(report_of({"team/lead": 1, "team/lead/aide": 2}).nodes) == [
        ("team/lead", "team/lead", 1, 3, [("team/lead/aide", "aide", 2, 2, [])])
    ]


def test_a_path_that_spent_nothing_itself_is_not_made_up():
    assert drawn(report_of({"a/b": 1, "a/bc": 2}).nodes) == [
        ("a/bc", "a/bc", 2, 2, []),
        ("a/b", "a/b", 1, 1, []),
    ]


def test_more_agents_than_are_told_apart_say_so():
    (node,) = report_of({"a": 1, "a/…": 2}).nodes
    assert (node.is_cut, node.children[0].is_cut) == (False, True)


def test_what_is_not_shown_is_counted_where_it_belongs():
    report = report_of(TEAM, most=2)
    (a,) = report.nodes
    assert [child.path for child in a.children] == ["a/b"]
    assert (a.rest.groups, a.rest.amounts) == (1, usd(3))
    assert (a.children[0].rest.groups, a.children[0].rest.amounts) == (1, usd(1))
    assert (report.rest.groups, report.rest.amounts) == (1, usd(1))


PATHS = st.lists(st.sampled_from("abc"), max_size=4).map("/".join)


@given(st.dictionaries(PATHS, st.integers(0, 9)), st.integers(0, 8))
def test_parts_and_rests_are_the_whole(spent, most):
    report = report_of(spent, most)
    parts, rests, waiting = [report.unattributed], [report.rest], list(report.nodes)
    while waiting:
        node = waiting.pop()
        assert node.inclusive == total(
            [node.own, node.rest.amounts, *(child.inclusive for child in node.children)]
        )
        assert all(child.depth == node.depth + 1 for child in node.children)
        parts.append(node.own)
        rests.append(node.rest)
        waiting += node.children
    assert len(parts) - 1 + sum(rest.groups for rest in rests) == len(spent.keys() - {""})
    assert len(parts) - 1 <= most
    assert total([*parts, *(rest.amounts for rest in rests)]) == report.total
    assert report.total == usd(sum(spent.values()))


@pytest.mark.django_db
def test_of_a_trace_and_of_a_period():
    shop, other = (Project.objects.create(name=name).pk for name in ("shop", "other"))
    tell(shop, agent(1, 1, "a"), call(1, 2, 1, "1"), agent(1, 3, "b", 1), call(1, 4, 3, "2"))
    tell(shop, agent(2, 1, "a"), call(2, 2, 1, "4"), call(2, 3, 0, "8"))
    assert drawn(trace_paths(shop, uuid(1)).nodes) == [("a", "a", 1, 3, [("a/b", "b", 2, 2, [])])]
    report = period_paths(shop, CostQuery(day(0), day(1), ("model",)))
    assert drawn(report.nodes) == [("a", "a", 5, 7, [("a/b", "b", 2, 2, [])])]
    assert report.unattributed.known_cost == 8
    only = CostQuery(day(0), day(1), filters={"within": "a/b"})
    assert period_paths(shop, only).total.known_cost == 2
    assert trace_paths(other, uuid(1)) is None
    assert trace_paths(shop, uuid(3)) is None
