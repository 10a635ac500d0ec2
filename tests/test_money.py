"""Money adds up: from requests to every number that is shown anywhere, on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.costs.models import AttributeCost, DayCost, PathCost, SessionCost
from tests.kit.money import SINCE, UNTIL, worlds
from tests.kit.world import GROUPINGS, PERIOD, Figures, World, added, figures_of, own_of, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SOME = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # making an example small takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


@SOME
@given(worlds(), st.randoms(use_true_random=False))
def test_the_parts_are_the_whole_wherever_a_number_is_shown(told, chance):
    world = World()
    world.tell(told, chance)
    whole = world.whole()
    assert {name: found for name, found in totals(world) if found != whole} == {}
    assert wrong_sessions(world) == []
    assert wrong_pages(world, whole[0]) == []


@SOME
@given(worlds(), worlds(), st.randoms(use_true_random=False))
def test_two_projects_with_the_same_batches_are_two_equal_worlds(told, others, chance):
    plain, mixed = World(), World()
    plain.send(told)
    plain.settle()
    alone = plain.answers()
    mixed.tell(told, chance)
    assert mixed.answers() == alone  # in any order, in parts, again and late
    assert plain.answers() == alone
    mixed.tell(others, chance)
    assert plain.answers() == alone
    mixed.remove()
    plain.settle()
    assert plain.answers() == alone


def totals(world: World) -> Iterable[tuple[str, Figures]]:
    """The total as every output has it."""
    for trace in world.traces():
        yield from of_trace(world, trace)
    yield (
        "paths",
        added(
            figures_of(world.json(f"traces/{trace['trace_id']}/paths")["total"])
            for trace in world.traces()
        ),
    )
    for model in (PathCost, DayCost, SessionCost, AttributeCost):
        yield model.__name__, stored(model, world.project.pk)
    for grouping in GROUPINGS:
        yield from of_costs(world, grouping)
    yield from of_agents(world)
    calls = world.json("costs/calls", limit="1000", **PERIOD)["calls"]
    yield "calls", added(figures_of(call["amounts"]) for call in calls)
    yield "calls, CSV", added(map(figures_of, world.csv("costs/calls", **PERIOD)))


def of_trace(world: World, trace: dict[str, Any]) -> Iterable[tuple[str, Figures]]:
    """Nothing, unless the parts of a trace are not the whole: then what they are."""
    address, whole = f"traces/{trace['trace_id']}", figures_of(trace)
    paths = world.json(f"{address}/paths")
    own = [path["own"] for path in paths["paths"]] + [paths["unattributed"]]
    spans = world.json(f"{address}/spans", limit="1000")["spans"]
    known = sum((Decimal(span["cost_usd"] or 0) for span in spans), Decimal(0))
    roots = [Decimal(span["subtree_cost_usd"]) for span in spans if span["depth"] == 0]
    costs = world.json("costs/calls", limit="1000", **PERIOD)["calls"]
    calls = [call["amounts"] for call in costs if call["trace_id"] == trace["trace_id"]]
    parts = {
        "own": added(map(figures_of, own)),
        "CSV": added(map(figures_of, map(own_of, world.csv(f"{address}/paths")))),
        "spans": (known, *whole[1:]),
        "subtrees": (sum(roots, Decimal(0)), *whole[1:]),
        "calls": added(map(figures_of, calls)),
        "page": (world.exact(f"{address}/costs/", "td"), *whole[1:]),
        "figure": (world.exact(f"{address}/costs/", "dd"), *whole[1:]),
    }
    yield from ((f"{name} of {address}", found) for name, found in parts.items() if found != whole)


def of_costs(world: World, grouping: str) -> Iterable[tuple[str, Figures]]:
    """The costs of the period by a dimension: as a whole, its groups, its slices, its rows."""
    for top in ("1", "100"):
        asked = {"group_by": grouping, "interval": "day", "top": top, **PERIOD}
        said = world.json("costs", **asked)
        yield f"{grouping}, total", figures_of(said["total"])
        groups = [*(each["amounts"] for each in said["groups"]), said["others"]["amounts"]]
        yield f"{grouping}, {top} groups", added(map(figures_of, groups))
        slices = [part for each in said["series"] for part in (*each["groups"], each["others"])]
        yield f"{grouping}, slices", added(map(figures_of, slices))
    rows = world.csv("costs", group_by=grouping, interval="day", **PERIOD)
    yield f"{grouping}, CSV", added(map(figures_of, rows))


def of_agents(world: World) -> Iterable[tuple[str, Figures]]:
    """What agents spent themselves, with what belongs to none."""
    rest = figures_of(world.json("costs", agent="", **PERIOD)["total"])
    agents = world.json("agents", limit="500", **PERIOD)["agents"]
    yield "agents", added([rest, *map(figures_of, agents)])
    yield "agents, CSV", added([rest, *map(figures_of, world.csv("agents", **PERIOD))])
    for agent in agents:
        detail = world.json(f"agents/{quote(agent['name'], safe='')}", **PERIOD)
        days = sum((Decimal(day["known_cost_usd"]) for day in detail["days"]), Decimal(0))
        if not Decimal(agent["known_cost_usd"]) == Decimal(detail["known_cost_usd"]) == days:
            yield f"agent {agent['name']}", figures_of(detail)


def wrong_sessions(world: World) -> list[str]:
    """Sessions that are not the sum of their traces in the list, alone or as CSV."""
    traces, wrong = world.traces(), []
    listed = {each["session_id"]: each for each in world.json("sessions")["sessions"]}
    in_csv = {each["session_id"]: each for each in world.csv("sessions")}
    assert set(listed) == set(in_csv) == {each["session_id"] for each in traces} - {""}
    for name in listed:
        whole = added(figures_of(each) for each in traces if each["session_id"] == name)
        alone = world.json(f"sessions/{quote(name, safe='')}")
        found = {figures_of(each) for each in (listed[name], in_csv[name], alone)}
        by_costs = figures_of(world.json("costs", session=name, **PERIOD)["total"])
        if found | {by_costs} != {whole}:
            wrong.append(name)
    return wrong


def wrong_pages(world: World, known: Decimal) -> list[str]:
    """Views of the costs page whose exact amounts are others than the known cost."""
    dates = {"since": SINCE.date().isoformat(), "until": UNTIL.date().isoformat()}
    asked = {
        "figure": ("dd", {}),
        "of the table": ("td", {"by": "session"}),
        "of the paths": ("td", {"view": "paths"}),
    }
    if not world.json("costs", **PERIOD)["total"]["calls"]:
        return []  # the page says that nothing was spent
    return [
        name
        for name, (tag, more) in asked.items()
        if world.exact("costs/", tag, **dates, **more) != known
    ]
