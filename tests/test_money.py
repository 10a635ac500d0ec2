"""Money adds up: from requests to every number that is shown anywhere, on a real Postgres."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable
from decimal import Decimal
from io import StringIO
from itertools import count, pairwise
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.costs.days import claim_day
from agentscope.costs.models import AttributeCost, DayCost, DayDue, PathCost, SessionCost
from agentscope.pipeline import add_up_day, add_up_sessions, examine
from agentscope.projects.models import Project
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from ingest.drain import drain
from tests.kit.money import SINCE, UNTIL, Told, request, worlds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SOME = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # making an example small takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)
PERIOD = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}
GROUPINGS = ("path", "agent", "tool", "model", "provider", "service", "environment", "session")
GROUPINGS += ("user", "outcome", "attribute:customer", "agent,model")
# What passes without any span, or says when something was worked out.
VOLATILE = {"examined_at", "state", "days_due", "last_seen_at", "received_at"}
numbers = count()
Figures = tuple[Decimal, int, int]  # known cost in USD, unpriced calls, model calls


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


@SOME
@given(worlds(), st.randoms(use_true_random=False))
def test_the_parts_are_the_whole_wherever_a_number_is_shown(told, chance):
    world = World()
    world.tell(told, chance)
    whole = world.whole()
    assert {name: found for name, found in world.totals() if found != whole} == {}
    assert world.wrong_sessions() == []
    assert world.wrong_pages(whole[0]) == []


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


class World:
    """A project, and everything that can be read of it."""

    def __init__(self) -> None:
        name = f"world {next(numbers)} {random.random()}"
        self.project = Project.objects.create(name=name, cost_attributes=["customer"])
        self.client = Client(headers={"host": "localhost", "x-agentscope-project": name})

    def tell(self, told: list[Told], chance: random.Random) -> None:
        """Send each span once or several times, in any order and in parts, some of which are
        examined before the next comes."""
        again = told + [span for span in told if chance.random() < 0.3]
        chance.shuffle(again)
        cuts = sorted(chance.sample(range(len(again) + 1), min(3, len(again))))
        for start, stop in pairwise([0, *cuts, len(again)]):
            if start < stop:
                self.send(again[start:stop])
            if chance.random() < 0.5:
                self.settle()
        self.settle()

    def send(self, told: list[Told]) -> None:
        answer = self.client.post(
            "/v1/traces", request(told), content_type="application/x-protobuf"
        )
        assert answer.status_code == 200

    def settle(self) -> None:
        """Store and examine until nothing is due, and add up sessions and days."""
        while drain(100):
            pass
        traces = Trace.objects.filter(project_id=self.project.pk)
        while due := list(traces.exclude(examined_generation=F("generation"))):
            for trace in due:
                examine(self.project.pk, trace.trace_id)
        add_up_sessions()
        DayDue.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
        while day := claim_day():
            add_up_day(day)

    def remove(self) -> None:
        """Delete every row of the project, in whatever table."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select table_name from information_schema.columns join information_schema.tables"
                " using (table_schema, table_name) where column_name = 'project_id'"
                " and table_schema = 'public' and table_type = 'BASE TABLE'"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f'delete from "{table}" where project_id = %s', [self.project.pk])

    # ---- what is read ----

    def json(self, path: str, **asked: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}?{urlencode(asked)}")
        assert answer.status_code == 200, (path, asked, answer.content)
        return answer.json()

    def csv(self, path: str, **asked: str) -> list[dict[str, str]]:
        answer = self.client.get(f"/api/v1/{path}?{urlencode(asked | {'format': 'csv'})}")
        assert answer.status_code == 200, (path, asked)
        body = b"".join(answer) if answer.streaming else answer.content
        return list(csv.DictReader(StringIO(body.decode(), newline="")))

    def exact(self, path: str, tag: str, **asked: str) -> Decimal:
        """The last exact amount that a page gives as the title of such a cell."""
        page = self.client.get(f"/p/{quote(self.project.name)}/{path}?{urlencode(asked)}")
        assert page.status_code == 200
        found = re.findall(rf'<{tag}[^>]*?title="\$([\d.,]+)"', page.content.decode())
        return Decimal(found[-1].replace(",", ""))

    def traces(self) -> list[dict[str, Any]]:
        return self.json("traces", limit="500")["traces"]

    def whole(self) -> Figures:
        return added(figures_of(trace) for trace in self.traces())

    def totals(self) -> Iterable[tuple[str, Figures]]:
        """The total as every output has it."""
        for trace in self.traces():
            yield from self.of_trace(trace)
        yield (
            "paths",
            added(
                figures_of(self.json(f"traces/{trace['trace_id']}/paths")["total"])
                for trace in self.traces()
            ),
        )
        for model in (PathCost, DayCost, SessionCost, AttributeCost):
            yield model.__name__, stored(model, self.project.pk)
        for grouping in GROUPINGS:
            yield from self.of_costs(grouping)
        yield from self.of_agents()
        calls = self.json("costs/calls", limit="1000", **PERIOD)["calls"]
        yield "calls", added(figures_of(call["amounts"]) for call in calls)
        yield "calls, CSV", added(map(figures_of, self.csv("costs/calls", **PERIOD)))

    def of_trace(self, trace: dict[str, Any]) -> Iterable[tuple[str, Figures]]:
        """Nothing, unless the parts of a trace are not the whole: then what they are."""
        address, whole = f"traces/{trace['trace_id']}", figures_of(trace)
        paths = self.json(f"{address}/paths")
        own = [path["own"] for path in paths["paths"]] + [paths["unattributed"]]
        spans = self.json(f"{address}/spans", limit="1000")["spans"]
        known = sum((Decimal(span["cost_usd"] or 0) for span in spans), Decimal(0))
        roots = [Decimal(span["subtree_cost_usd"]) for span in spans if span["depth"] == 0]
        costs = self.json("costs/calls", limit="1000", **PERIOD)["calls"]
        calls = [call["amounts"] for call in costs if call["trace_id"] == trace["trace_id"]]
        parts = {
            "own": added(map(figures_of, own)),
            "CSV": added(map(figures_of, map(own_of, self.csv(f"{address}/paths")))),
            "spans": (known, *whole[1:]),
            "subtrees": (sum(roots, Decimal(0)), *whole[1:]),
            "calls": added(map(figures_of, calls)),
            "page": (self.exact(f"{address}/costs/", "td"), *whole[1:]),
            "figure": (self.exact(f"{address}/costs/", "dd"), *whole[1:]),
        }
        yield from (
            (f"{name} of {address}", found) for name, found in parts.items() if found != whole
        )

    def of_costs(self, grouping: str) -> Iterable[tuple[str, Figures]]:
        """The costs of the period by a dimension: as a whole, its groups, its slices, its rows."""
        for top in ("1", "100"):
            asked = {"group_by": grouping, "interval": "day", "top": top, **PERIOD}
            said = self.json("costs", **asked)
            yield f"{grouping}, total", figures_of(said["total"])
            groups = [*(each["amounts"] for each in said["groups"]), said["others"]["amounts"]]
            yield f"{grouping}, {top} groups", added(map(figures_of, groups))
            slices = [part for each in said["series"] for part in (*each["groups"], each["others"])]
            yield f"{grouping}, slices", added(map(figures_of, slices))
        rows = self.csv("costs", group_by=grouping, interval="day", **PERIOD)
        yield f"{grouping}, CSV", added(map(figures_of, rows))

    def of_agents(self) -> Iterable[tuple[str, Figures]]:
        """What agents spent themselves, with what belongs to none."""
        rest = figures_of(self.json("costs", agent="", **PERIOD)["total"])
        agents = self.json("agents", limit="500", **PERIOD)["agents"]
        yield "agents", added([rest, *map(figures_of, agents)])
        yield "agents, CSV", added([rest, *map(figures_of, self.csv("agents", **PERIOD))])
        for agent in agents:
            detail = self.json(f"agents/{quote(agent['name'], safe='')}", **PERIOD)
            days = sum((Decimal(day["known_cost_usd"]) for day in detail["days"]), Decimal(0))
            if not Decimal(agent["known_cost_usd"]) == Decimal(detail["known_cost_usd"]) == days:
                yield f"agent {agent['name']}", figures_of(detail)

    def wrong_sessions(self) -> list[str]:
        """Sessions that are not the sum of their traces in the list, alone or as CSV."""
        traces, wrong = self.traces(), []
        listed = {each["session_id"]: each for each in self.json("sessions")["sessions"]}
        in_csv = {each["session_id"]: each for each in self.csv("sessions")}
        assert set(listed) == set(in_csv) == {each["session_id"] for each in traces} - {""}
        for name in listed:
            whole = added(figures_of(each) for each in traces if each["session_id"] == name)
            alone = self.json(f"sessions/{quote(name, safe='')}")
            found = {figures_of(each) for each in (listed[name], in_csv[name], alone)}
            by_costs = figures_of(self.json("costs", session=name, **PERIOD)["total"])
            if found | {by_costs} != {whole}:
                wrong.append(name)
        return wrong

    def wrong_pages(self, known: Decimal) -> list[str]:
        """Views of the costs page whose exact amounts are others than the known cost."""
        dates = {"since": SINCE.date().isoformat(), "until": UNTIL.date().isoformat()}
        asked = {
            "figure": ("dd", {}),
            "of the table": ("td", {"by": "session"}),
            "of the paths": ("td", {"view": "paths"}),
        }
        if not self.json("costs", **PERIOD)["total"]["calls"]:
            return []  # the page says that nothing was spent
        return [
            name
            for name, (tag, more) in asked.items()
            if self.exact("costs/", tag, **dates, **more) != known
        ]

    def answers(self) -> list[Any]:
        """All that machines can read of the project."""
        found = [self.json("traces", limit="500"), self.json("agents", limit="500", **PERIOD)]
        found += [self.json("sessions"), self.json("costs/calls", limit="1000", **PERIOD)]
        found += [
            self.json("costs", group_by=each, interval="hour", **PERIOD) for each in GROUPINGS
        ]
        for trace in found[0]["traces"]:
            address = f"traces/{trace['trace_id']}"
            found += [self.json(f"{address}/spans", limit="1000"), self.json(f"{address}/paths")]
        return [steady(each) for each in found]


def figures_of(said: dict[str, Any]) -> Figures:
    """The figures of an answer, or of a row of a table."""
    calls = said["llm_calls"] if "llm_calls" in said else said["calls"]
    return Decimal(said["known_cost_usd"]), int(said["unpriced_calls"]), int(calls)


def own_of(row: dict[str, str]) -> dict[str, str]:
    """What a row of the table of paths says of the path alone."""
    return {key.removeprefix("own_"): said for key, said in row.items()}


def added(found: Iterable[Figures]) -> Figures:
    known, unpriced, calls = zip((Decimal(0), 0, 0), *found, strict=True)
    return sum(known, Decimal(0)), sum(unpriced), sum(calls)


def stored(model: Any, project_id: int) -> Figures:
    sums = ("known_cost", "unpriced_calls", "calls")
    found = model.objects.filter(project_id=project_id).aggregate(*map(Sum, sums))
    return Decimal(found["known_cost__sum"] or 0), *(
        found[f"{name}__sum"] or 0 for name in sums[1:]
    )


def steady(said: Any) -> Any:
    """An answer without what does not follow from the spans."""
    if isinstance(said, dict):
        return {key: steady(value) for key, value in said.items() if key not in VOLATILE}
    return [steady(each) for each in said] if isinstance(said, list) else said
