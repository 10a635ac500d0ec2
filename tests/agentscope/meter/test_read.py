"""What was used is the sum of readings, whatever was added up meanwhile, and however it came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.meter.changes import take_changes
from agentscope.meter.models import MeterChange, Metered, QuarterDue, QuarterMetered
from agentscope.meter.quarters import MINUTES, QUARTER_NS, add_up_quarters
from agentscope.meter.read import Asked, first_minute, took, used
from agentscope.meter.readings import COLUMNS, Sums
from agentscope.meter.scope import COLUMN, Scope
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.vocabulary import Kind, Usage
from tests.kit.costs import agent, call, sent, span, store, uuid
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db
OFTEN = settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PROJECT, OTHER = 31, 32
NOON_MINUTE = NOON // (60 * 10**9)
LATER = NOON + 100 * QUARTER_NS


@pytest.fixture(autouse=True)
def _all_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 0


WHO = [
    Scope(),
    *(Scope(each=name) for name in COLUMN),
    Scope({"agent": "planner"}),
    Scope({"path": "planner"}, "path"),
    Scope({"session": "s1"}, "model"),
    Scope({"key": "#8"}, "agent"),
    Scope({"trace": str(uuid(1))}),
    Scope({"user": "ada", "environment": "test"}, "tool"),
    Scope({"model": "gpt-4o"}, traces=[uuid(2)]),
]


ATTRIBUTE = {"trace": "trace_id"}


@st.composite
def told(draw: Any, number: int) -> Any:
    """What a span says."""
    trace = draw(st.sampled_from([1, 2, 3]))
    found = span(
        trace,
        number,
        draw(st.integers(0, number - 1)),
        after=draw(st.integers(0, 4 * QUARTER_NS)),
        kind=draw(st.sampled_from([Kind.LLM, Kind.AGENT, Kind.TOOL])),
        agent=draw(st.sampled_from(["", "planner", "searcher"])),
        tool=draw(st.sampled_from(["", "search"])),
        model=draw(st.sampled_from(["gpt-4o", "no-such-model"])),
        usage=Usage(draw(st.integers(0, 9)), draw(st.integers(0, 9))),
        session=draw(st.sampled_from(["", "s1", "s2"])),
        user=draw(st.sampled_from(["", "ada"])),
        environment=draw(st.sampled_from(["", "test"])),
    )
    return sent(draw(st.sampled_from([None, 8, 9])), found)[0]


def by_hand(asked: Asked) -> dict[str, Sums]:
    """The same from all readings, one by one."""
    found: dict[str, list[list[int]]] = {}
    for row in Metered.objects.filter(project_id=asked.project_id, minute__gte=asked.first):
        said = {name: str(getattr(row, ATTRIBUTE.get(name, name))) for name in COLUMN}
        group = said[asked.scope.each] if asked.scope.each else ""
        if row.minute < asked.end and is_in(asked, said, group):
            found.setdefault(group, []).append([getattr(row, name) for name in COLUMNS])
    return {group: Sums(*map(sum, zip(*rows, strict=True))) for group, rows in found.items()}


def is_in(asked: Asked, said: dict[str, str], group: str) -> bool:
    """Whether a reading is asked for."""
    scope = asked.scope
    if scope.traces is not None and UUID(said["trace"]) not in scope.traces:
        return False
    if scope.each and (not group or (asked.groups is not None and group not in asked.groups)):
        return False
    return all(is_meant(name, said[name], value) for name, value in scope.only.items())


def is_meant(dimension: str, said: str, only: str) -> bool:
    """Whether a reading is of whom the scope says; a path with all below it."""
    return said == only or (dimension == "path" and said.startswith(only + "/"))


def settled() -> None:
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)


@OFTEN
@given(st.data())
def test_it_is_the_sum_of_readings_at_any_time(data: Any) -> None:
    for model in (Metered, MeterChange, QuarterDue, QuarterMetered, Trace):
        model.objects.all().delete()
    number = 0
    for _ in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 5))):
            number += 1
            store(PROJECT, data.draw(told(number)))
        settled()
        take_changes(PROJECT)
        add_up_quarters(NOON + data.draw(st.integers(0, 6 * QUARTER_NS)))
        first = NOON_MINUTE + data.draw(st.integers(-20, 40))
        asked_scope = data.draw(st.sampled_from(WHO))
        asked = Asked(
            PROJECT,
            asked_scope,
            first,
            first + data.draw(st.integers(0, 90)),
            data.draw(st.none() | st.just(["planner", "s1", "ada"]))
            if asked_scope.each != "trace"
            else None,
        )
        assert used(asked) == by_hand(asked)


@pytest.mark.parametrize("is_added_up", [False, True])
def test_keys_and_what_came_without_one_are_the_project(is_added_up: bool) -> None:
    store(
        PROJECT,
        agent(1, 1, "planner"),
        *sent(8, call(1, 2, 1, "0.5"), call(2, 3, 0, "0.25")),
        *sent(9, call(1, 4, 1, "0.125", after=QUARTER_NS)),
    )
    settled()
    changes = take_changes(PROJECT)
    assert changes.of("key") == {"#8", "#9"}
    add_up_quarters(LATER if is_added_up else 0)
    said = NOON_MINUTE, NOON_MINUTE + 60
    keys = used(Asked(PROJECT, Scope(each="key"), *said))
    assert {key: (each.pico, each.spans) for key, each in keys.items()} == {
        "#8": (750_000_000_000, 2),
        "#9": (125_000_000_000, 1),
    }
    none = used(Asked(PROJECT, Scope({"key": ""}), *said))[""]
    together = [*keys.values(), none]
    assert used(Asked(PROJECT, Scope(), *said))[""] == Sums(
        *(sum(getattr(each, name) for each in together) for name in COLUMNS)
    )


@pytest.mark.parametrize("is_added_up", [False, True])
def test_it_works(is_added_up: bool) -> None:
    store(
        PROJECT,
        agent(1, 1, "planner", session="s1"),
        call(1, 2, 1, "0.5"),
        call(1, 3, 1, "0.25", after=QUARTER_NS),
        call(1, 4, 1, after=2 * QUARTER_NS, model="mine"),
    )
    store(OTHER, call(1, 9, 0, "7"))
    settled()
    changes = take_changes(PROJECT)
    assert changes.of("session") == {"s1"}
    assert changes.of("trace") == {str(uuid(1))}
    assert not take_changes(PROJECT)
    assert add_up_quarters(LATER if is_added_up else 0) == (3 if is_added_up else 0)
    asked = Asked(PROJECT, Scope(), NOON_MINUTE, NOON_MINUTE + 60)
    assert used(asked) == {
        "": Sums(1, 4, 3, 0, 0, 0, 45, 750_000_000_000, 1, 15),
    }
    half = replace(asked, scope=Scope(each="model"), end=NOON_MINUTE + 20)
    assert {name: sums.calls for name, sums in used(half).items()} == {"gpt-4o": 2}
    assert used(replace(half, groups=["mine"])) == {}
    assert took(asked, Kind.LLM) == {"": {239: 3}}


def test_what_comes_late_is_read_at_once_and_added_up_again() -> None:
    store(PROJECT, call(1, 1, 0, "1"))
    settled()
    take_changes(PROJECT)
    assert add_up_quarters(LATER) == 1
    store(PROJECT, call(1, 2, 0, "2"))
    settled()
    asked = Asked(PROJECT, Scope(), NOON_MINUTE, NOON_MINUTE + MINUTES)
    take_changes(PROJECT)
    assert used(asked)[""].pico == 3 * 10**12
    assert add_up_quarters(LATER) == 1
    assert used(asked)[""].pico == 3 * 10**12
    assert QuarterDue.objects.count() == 0


def test_a_group_that_uses_nothing_any_more_is_touched() -> None:
    store(PROJECT, call(1, 1, 2, "1", session="s1"))
    settled()
    take_changes(PROJECT)
    store(PROJECT, agent(1, 2, "planner", session="s2"))
    settled()
    assert take_changes(PROJECT).of("session") == {"s1", "s2"}
    asked = Asked(PROJECT, Scope(each="session"), NOON_MINUTE, NOON_MINUTE + 1)
    assert used(asked).keys() == {"s2"}


def test_dimensions_are_known() -> None:
    with pytest.raises(ValueError, match="colour"):
        Scope(each="colour")


def test_the_first_minute_is_known_when_its_readings_have_expired() -> None:
    assert first_minute(PROJECT) is None
    store(
        PROJECT,
        call(1, 1, 0, "1", after=QUARTER_NS * 3 // 2),
        call(2, 2, 0, "1", after=9 * QUARTER_NS),
    )
    settled()
    take_changes(PROJECT)
    began = NOON_MINUTE + MINUTES * 3 // 2
    assert first_minute(PROJECT) == began
    add_up_quarters(LATER)
    assert first_minute(PROJECT) == began
    Metered.objects.filter(trace_id=uuid(1)).delete()
    assert first_minute(PROJECT) == NOON_MINUTE + MINUTES
    assert first_minute(OTHER) is None
