from decimal import Decimal

import pytest

from agentscope.alerts.watch import BadRule
from agentscope.reviews.rule import Candidate, hours_of, in_words, share_of, wanted
from tests.kit.costs import NOON_TIME, uuid

ONE = Candidate(
    uuid(1), 1, NOON_TIME, "planner", "done", ["refund_order"], ["exact_repeat"], 15 * 10**11
)


@pytest.mark.parametrize(
    "only",
    [
        {},
        {"agent": "planner"},
        {"effect": "any"},
        {"effect": "refund_order"},
        {"effect": "*refund*"},
        {"finding": "any"},
        {"finding": "exact_repeat"},
        {"outcome": "done"},
        {"cost": "1.5"},
        {"cost": 1},
        {"agent": "planner", "effect": "refund*", "finding": "any", "cost": "0.01"},
    ],
)
def test_it_is_meant(only):
    assert wanted(only).fits(ONE)


@pytest.mark.parametrize(
    "only",
    [
        {"agent": "plan"},
        {"effect": "refund"},
        {"effect": "?efund_order"},
        {"finding": "retry_storm"},
        {"outcome": "failed"},
        {"cost": "1.500000000001"},
        {"agent": "planner", "outcome": "failed"},
    ],
)
def test_it_is_not_meant(only):
    assert not wanted(only).fits(ONE)


@pytest.mark.parametrize("only", [{"effect": "any"}, {"finding": "any"}, {"cost": "0.01"}])
def test_what_has_none_is_not_meant(only):
    assert not wanted(only).fits(ONE._replace(effects=[], findings=[], pico=None))


def test_what_still_runs_is_meant_only_where_that_is_said():
    running = ONE._replace(outcome="running")
    assert not wanted({}).fits(running)
    assert wanted({"outcome": "running"}).fits(running)


@pytest.mark.parametrize(
    ("only", "why"),
    [
        ({"tool": "x"}, "there is no “tool”"),
        ({"agent": ["x"]}, "agent: it is a text"),
        ({"agent": "\0"}, "agent: it is a text"),
        ({"effect": "x" * 501}, "effect: it is a text"),
        ({"outcome": "good"}, "“good” is none of done, failed"),
        ({"cost": "much"}, "“much” is no number"),
        ({"cost": "-1"}, "is not above 0"),
        ({"cost": "nan"}, "is not above 0"),
        ({"cost": "1e99"}, "is not above 0"),
    ],
)
def test_what_is_wrong_with_it_is_named(only, why):
    with pytest.raises(BadRule, match=why) as wrong:
        wanted(only)
    assert wrong.value.part == "only"


def test_how_much_of_them_and_how_soon():
    assert share_of({}) == 1
    assert share_of({"share": Decimal("0.05")}) == share_of({"share": "0.05"}) == Decimal("0.05")
    assert hours_of({"hours": 24}) == hours_of({"hours": "24"}) == 24
    for share in ("0", "1.01", "nan", "x", "0.0000001", True):
        with pytest.raises(BadRule, match="The share"):
            share_of({"share": share})
    for hours in (0, -1, 1.5, "x", None, 10**6, True):
        with pytest.raises(BadRule, match="due within"):
            hours_of({"hours": hours})


CHANGED = "10 % of decisions that changed something that cost at least $1"
LOOPED = "0.1 % of decisions of planner with the finding loop that are failed"


@pytest.mark.parametrize(
    ("only", "share", "words"),
    [
        ({}, "1", "all decisions"),
        ({"effect": "refund"}, "0.05", "5 % of decisions with refund"),
        ({"finding": "any"}, "1", "all decisions with any finding"),
        ({"effect": "any", "cost": "1"}, "0.1", CHANGED),
        ({"agent": "planner", "finding": "loop", "outcome": "failed"}, "0.001", LOOPED),
    ],
)
def test_it_is_told_in_words(only, share, words):
    assert in_words(only, Decimal(share)) == words
