"""Alerts do what the reference says, whatever is used, said and looked at in whatever order: the
same states and the same messages, each once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.channels.models import Channel, Delivery
from agentscope.meter.models import MeterChange, Metered
from agentscope.meter.readings import NEWEST, Place, Reading, Sums
from agentscope.meter.write import write_readings
from agentscope.projects.models import Project
from tests.agentscope.alerts.reference import HOUR, MINUTE, SECOND, Cell, Terms, World
from tests.kit.costs import NOON_TIME, uuid
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db
LONG_AGO = "2026-01-01T00:00Z"
ZONE = "Pacific/Noumea"  # 11 hours ahead: a day begins an hour after noon
OFTEN = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TERMS = st.builds(
    Terms,
    metric=st.sampled_from(["cost", "error_rate"]),
    window=st.sampled_from(["rolling", "calendar", "whole"]),
    each=st.booleans(),
    threshold=st.just(Decimal("0.5")),
    hold=st.sampled_from([0, 0, 150]),
    remind=st.sampled_from([None, 300]),
    silence=st.sampled_from(["keep", "ok", "tell"]),
    day_ns=st.just(NOON + HOUR),
    seconds=st.sampled_from([60, 600, 3600]),
)
GROUPS = ("ada", "bob", "ada")  # of runs: their agent and their session
RUNS = st.integers(0, 2)
USED = st.tuples(
    st.just("use"), RUNS, st.integers(1, 80),
    st.sampled_from([None, (0, 1, 0), (46, 2, 1), (60, 1, 1), (20, 3, 1), (60, 0, 0)]),
)  # fmt: skip
LOOK = st.tuples(st.just("look"), st.sampled_from([0, 1, 20, 60, 61, 179, 600, 1800, 3600, 90_000]))
SAID = st.one_of(
    st.tuples(st.sampled_from(["snooze", "mute"]), RUNS, st.sampled_from([60, 900])),
    st.tuples(st.sampled_from(["wake", "acknowledge", "repeat"]), RUNS),
)
ACTIONS = st.lists(st.one_of(USED, LOOK, LOOK, SAID), min_size=4, max_size=30)


@dataclass
class Both:
    """The world and its reference, which the same happens to."""

    project: Project
    rule: Rule
    world: World
    now: int = NOON + 30 * MINUTE
    used: dict[int, dict[int, Sums]] = field(default_factory=dict)  # by run, by minute

    def use(self, run: int, ago: int, amounts: tuple[int, int, int] | None) -> None:
        """A run used this so many minutes ago."""
        at, cells = self.now // MINUTE - ago, self.used.setdefault(run, {})
        cells.pop(at, None)
        self.world.put(run, at, None)
        if amounts:
            cents, calls, failed = amounts
            pico = cents * 10**10
            cells[at] = Sums(spans=1, calls=calls, failed_calls=failed, pico=pico)
            self.world.put(run, at, Cell(GROUPS[run], pico, calls, failed))
        self.repeat(run)

    def repeat(self, run: int) -> None:
        """A run is examined, with nothing new."""
        cells = self.used.get(run, {}).items()
        place = Place(agent=GROUPS[run], path=GROUPS[run])
        found = [Reading(NEWEST, at, place, GROUPS[run], "", sums) for at, sums in cells]
        with transaction.atomic():
            write_readings(self.project.pk, trace_of(run), found)

    def snooze(self, run: int, seconds: int) -> None:
        self.until(run, self.now + seconds * SECOND)

    def wake(self, run: int) -> None:
        self.until(run, 0)

    def until(self, run: int, at: int) -> None:
        if stand := self.world.stands.get(self.group(run)):
            stand.snoozed_until = at
            self.alerts(run).update(snoozed_until=time(at))

    def acknowledge(self, run: int) -> None:
        stand = self.world.stands.get(self.group(run))
        if stand and stand.state not in ("ok", "resolved"):
            stand.is_acknowledged = True
            self.alerts(run).update(acknowledged_by="ada")

    def mute(self, run: int, seconds: int) -> None:
        begin, end = self.now, self.now + seconds * SECOND
        self.world.muted.append((begin, end))
        said = {"project_id": self.project.pk, "rule": self.rule if run else None}
        Mute.objects.create(**said, begins_at=time(begin), ends_at=time(end))

    def look(self, seconds: int) -> None:
        """A look by time, whether anything changed or not."""
        self.now += seconds * SECOND
        Rule.objects.update(looked_at=LONG_AGO)
        events = evaluate(self.project.pk, self.now)
        self.rule.refresh_from_db()
        assert self.rule.trouble == ""
        found = [
            (each.alert.group, each.state, each.notice, each.held_back, each.did == "late")
            for each in events
        ]
        assert found == self.world.look(self.now)

    def group(self, run: int) -> str:
        return GROUPS[run] if self.world.terms.each else ""

    def alerts(self, run: int) -> Any:
        return Alert.objects.filter(group=self.group(run))

    def check(self) -> None:
        """Alerts stand as the reference says, and each message was handed over once."""
        stands = {each.group: (each.state, each.heard, each.owed) for each in Alert.objects.all()}
        assert stands == {
            group: (stand.state, stand.believed, stand.owed)
            for group, stand in self.world.stands.items()
        }
        told = AlertEvent.objects.exclude(notice="").filter(held_back="")
        about = [each["about"] for each in Delivery.objects.values_list("message", flat=True)]
        assert sorted(about) == sorted(f"alert-event:{each.pk}" for each in told)


def time(ns: int) -> Any:
    return NOON_TIME + timedelta(microseconds=(ns - NOON) // 1000)


def trace_of(run: int) -> UUID:
    return uuid(run + 1)


def both(project: Project, terms: Terms) -> Both:
    for model in (Metered, MeterChange, Rule, Mute, Delivery):
        model.objects.all().delete()
    window = {
        "rolling": {"kind": "rolling", "seconds": terms.seconds},
        "calendar": {"kind": "calendar", "unit": "day"},
        "whole": {"kind": "whole"},
    }[terms.window]
    rule = Rule.objects.create(
        project_id=project.pk,
        name="r",
        metric=terms.metric,
        each=("session" if terms.window == "whole" else "agent") if terms.each else "",
        window=window,
        condition={"kind": "at_least", "threshold": str(terms.threshold)},
        hold=terms.hold,
        remind=terms.remind,
        silence=terms.silence,
    )
    rule.channels.set(Channel.objects.filter(project_id=project.pk))
    return Both(project, rule, World(terms))


@pytest.fixture
def project(db: None) -> Project:
    found = Project.objects.create(name="shop", time_zone=ZONE)
    Channel.objects.create(project_id=found.pk, name="pager", kind="webhook")
    return found


def is_rule(terms: Terms) -> bool:
    """Whether people can make it: only sessions are meant as a whole, and those end."""
    return terms.window != "whole" or (terms.each and terms.silence != "tell")


@OFTEN
@given(TERMS.filter(is_rule), ACTIONS)
def test_alerts_do_what_the_reference_says(
    project: Project, terms: Terms, actions: list[tuple[Any, ...]]
) -> None:
    found = both(project, terms)
    for name, *said in [*actions, ("look", 30), ("look", 7200)]:
        getattr(found, name)(*said)
    found.check()
