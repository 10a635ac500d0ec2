"""What a rule would have done is what it does, look by look."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.alerts import evaluate as evaluating
from agentscope.alerts import measure as measuring
from agentscope.alerts import preview as previewing
from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.measure import minutes, values
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.alerts.preview import Preview, by_group, preview, read
from agentscope.alerts.question import Question
from agentscope.alerts.replay import Point, Replay, highest
from agentscope.alerts.watch import BadRule, watch
from agentscope.alerts.windows import Window
from agentscope.meter.changes import take_changes
from agentscope.meter.models import Metered
from agentscope.meter.quarters import add_up_quarters
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    ROLLING,
    TODAY,
    WHOLE,
    at_least,
    project,
)
from tests.agentscope.alerts.test_evaluate import tell as store_and_examine
from tests.kit.costs import DAY_NS, HOUR_NS, call, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
NOW = NOON + 2 * DAY_NS
PLAIN: dict[str, Any] = {"metric": "cost", "window": ROLLING, "condition": at_least("2")}
OFTEN = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _all_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 0


def tell(project: Project, *spans: Any) -> None:
    """Store spans, and take note of what changed, as a worker does within a second."""
    store_and_examine(project, *spans)
    take_changes(project.pk)


def would(project: Project, **said: Any) -> Preview:
    return preview(project, PLAIN | said, NOW)


def test_how_often_it_would_have_fired_and_for_whom(project: Project) -> None:
    tell(
        project,
        call(1, 1, 0, "3", session="s1"),
        call(2, 2, 0, "3", session="s1", after=5 * HOUR_NS),
        call(3, 3, 0, "2", session="s2", after=3 * HOUR_NS),
        call(4, 4, 0, "1", session="s3", after=HOUR_NS),
    )
    of_all = would(project)
    assert (of_all.fired, of_all.groups) == (3, [("", 3)])
    by_session = would(project, each="session")
    assert (by_session.fired, by_session.groups, by_session.more) == (
        3,
        [("s1", 2), ("s2", 1)],
        0,
    )
    assert by_session.group == "s1"
    assert max(each.value or 0 for each in by_session.points) == 3
    assert {each.threshold for each in by_session.points} <= {None, Decimal(2)}
    assert len(of_all.points) == 720
    assert of_all.left_out == []


def test_calendar_windows_are_drawn_by_the_hour_and_long_ones_by_the_day(project: Project) -> None:
    tell(project, call(1, 1, 0, "3"))
    assert len(would(project, window=TODAY).points) == 720
    month = would(project, window={"kind": "calendar", "unit": "month"})
    assert len(month.points) == 30
    assert month.fired == 1
    assert month.points[-1].value == 3


def test_without_data_nothing_fires(project: Project) -> None:
    found = would(project)
    assert (found.fired, found.groups, found.left_out) == (0, [], [])
    assert {each.value for each in found.points} == {0}
    assert would(project, each="session").points == []


def test_a_rule_that_makes_no_sense_is_refused(project: Project) -> None:
    for said in ({"metric": "colour"}, {"filter": "agnet=x"}):
        with pytest.raises(BadRule):
            would(project, **said)


def test_what_is_left_out_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(project, *(call(at, 1, 0, "3", session=f"s{at:02}", after=at) for at in range(1, 30)))
    many = would(project, each="session")
    assert (many.fired, len(many.groups), many.more) == (29, 20, 9)
    monkeypatch.setattr(previewing, "MOST_LOOKS", 10)
    few = would(project, each="session")
    assert few.left_out == ["26 of 29 sessions were not looked at: those with the lowest values."]
    monkeypatch.setattr(previewing, "MOST_ROWS", 5)
    assert "only the newest was looked at" in would(project, each="session").left_out[0]
    assert "What was before" in would(project, each="session", window=WHOLE).left_out[0]
    monkeypatch.setattr(previewing, "read_in_time", lambda *_: None)
    assert "not even a day" in would(project).left_out[0]


def test_fewer_days_are_read_if_it_takes_too_long(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = previewing.read_in_time

    def slow(question: Question, stretch: Window) -> Any:
        is_long = stretch.end_ns - stretch.begin_ns > 7 * DAY_NS
        return None if is_long else real(question, stretch)

    monkeypatch.setattr(previewing, "read_in_time", slow)
    found = would(project)
    assert found.left_out == ["There is so much of it that 7 days were looked at, not 30."]
    assert found.begin_ns == NOW - 7 * DAY_NS


def test_what_was_before_it_is_no_history(project: Project) -> None:
    hours = enumerate([4, 4, 4, 1, 1, 1, 1, 1, 4], 1)  # in the first of them the project begins
    tell(project, *(call(at, 1, 0, str(usd), after=at * HOUR_NS) for at, usd in hours))
    usual = {"kind": "times_usual", "times": "3", "floor": "1"}
    found = would(project, condition=usual)
    assert found.fired == 1  # when the last is more than the three before
    assert found.left_out == ["What is usual is told from the last 30 days alone."]
    assert would(project, condition=usual | {"fallback": "4"}).fired == 2


def test_of_a_project_that_began_before_it_that_is_unknown(project: Project) -> None:
    hours = [(-31 * 24, 1), *((at, 1) for at in range(-30 * 24 + 2, -30 * 24 + 7))]
    tell(
        project,
        *(
            call(at, 1, 0, str(usd), after=2 * DAY_NS + hour * HOUR_NS + MINUTE)
            for at, (hour, usd) in enumerate(hours, 1)
        ),
    )
    usual = {"kind": "times_usual", "times": "1", "floor": "1"}
    seen = [each.threshold for each in would(project, condition=usual).points[:8]]
    assert seen[:3] == [None, None, None]
    assert seen[4:] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("more", "days", "said"),
    [
        ({"each": "session"}, 7, "Runs are stored for 7 days: what was before is not in it."),
        ({"each": "agent"}, 30, ""),
    ],
)
def test_it_says_for_how_long_runs_are_stored(
    project: Project, settings: Any, more: dict[str, Any], days: int, said: str
) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 7
    found = would(project, **more)
    assert found.begin_ns == NOW - days * DAY_NS
    assert "".join(found.left_out) == said


def test_reading_that_takes_too_long_is_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(5)")

    monkeypatch.setattr(previewing, "PATIENCE", 20)
    monkeypatch.setattr(previewing, "read", sleep)
    assert "not even a day" in would(project).left_out[0]


METRICS = ("cost", "calls", "error_rate", "p50_llm", "unpriced_share")
SPANS = st.lists(
    st.tuples(
        st.integers(0, 30),  # quarters of an hour after noon
        st.sampled_from(["1", "2.5", ""]),
        st.sampled_from(["s1", "s2"]),
    ),
    min_size=1,
    max_size=8,
)
CONDITIONS = [
    at_least("1"),
    {"kind": "times_usual", "times": "2", "floor": "1", "fallback": "2"},
    {"kind": "gone_within", "limit": "4", "seconds": 3600},
]


def minutes_until(now_ns: int) -> Any:
    """Minutes of a window without those that were yet to come: they are stored in this test."""

    def until(window: Window) -> tuple[int, int]:
        begin, end = minutes(window)
        return begin, min(end, minutes(Window(0, now_ns))[1])

    return until


@OFTEN
@given(
    SPANS,
    st.sampled_from(METRICS),
    st.sampled_from([ROLLING, {"kind": "rolling", "seconds": 3 * 3600}, TODAY, WHOLE]),
    st.sampled_from(CONDITIONS),
    st.sampled_from([0, 900]),
)
def test_it_is_what_evaluating_step_by_step_comes_to(
    project: Project, spans: Any, metric: str, window: Any, condition: Any, hold: int
) -> None:
    if window == WHOLE and condition["kind"] == "times_usual":
        return
    for model in (Trace, Metered, Rule):
        model.objects.all().delete()
    told = enumerate(spans, 1)
    tell(
        project,
        *(
            call(at, at, 0, usd, session=session, after=quarter * 15 * MINUTE + at * 10**9)
            for at, (quarter, usd, session) in told
        ),
    )
    said = {"metric": metric, "window": window, "condition": condition, "hold": hold}
    said["each"] = "session"
    rule = Rule.objects.create(project_id=project.pk, name="r", **said)
    now_ns = NOON + 10 * HOUR_NS
    question = Question(project.pk, watch(said), ZoneInfo("UTC"), now_ns)
    begin_ns = NOON - 2 * HOUR_NS
    groups = by_group(question, read(question, Window(begin_ns, now_ns)))
    times = {name: set(Replay(question, of, begin_ns).times()) for name, of in groups.items()}
    for each in sorted(set().union(*times.values())):
        looked = sorted(name for name, at in times.items() if each in at)
        Rule.objects.filter(pk=rule.pk).update(looked_at="2026-01-01T00:00Z")
        with pytest.MonkeyPatch.context() as patched:  # each group is looked at as it is replayed
            patched.setattr(evaluating, "is_due", lambda *_, **__: True)
            patched.setattr(evaluating, "may_have_risen", lambda *_: False)
            patched.setattr(evaluating, "begins_anew", lambda *_: False)
            patched.setattr(evaluating, "asked_for", lambda *_, groups=looked: groups)
            patched.setattr(measuring, "minutes", minutes_until(each))
            evaluate(project.pk, each)
    fired = Counter(
        AlertEvent.objects.filter(notice="fired").values_list("alert__group", flat=True)
    )
    found = preview(project, said, now_ns)
    found.groups.sort()
    assert dict(found.groups) == dict(fired)
    assert found.fired == fired.total()
    assert Alert.objects.count() >= len(fired)


@OFTEN
@given(SPANS, st.sampled_from(METRICS), st.integers(0, 40), st.integers(1, 40))
def test_a_series_tells_what_a_look_measures(
    project: Project, spans: Any, metric: str, begin: int, length: int
) -> None:
    for model in (Trace, Metered):
        model.objects.all().delete()
    told = enumerate(spans, 1)
    tell(
        project,
        *(
            call(at, at, 0, usd, session=session, after=quarter * 15 * MINUTE + at * 10**9)
            for at, (quarter, usd, session) in told
        ),
    )
    add_up_quarters(NOON + 2 * HOUR_NS)  # some of it
    said = PLAIN | {"metric": metric, "each": "session"}
    question = Question(project.pk, watch(said), ZoneInfo("UTC"), NOW)
    groups = by_group(question, read(question, Window(NOON - DAY_NS, NOW)))
    quarter = 15 * MINUTE
    window = Window(NOON + begin * quarter, NOON + (begin + length) * quarter)
    asked = Question(project.pk, watch(said), ZoneInfo("UTC"), NOW, sorted(groups))
    measured = values(asked, window)
    assert {name: each.value(window) for name, each in groups.items()} == {
        name: measured.get(name) for name in groups
    }


def test_points_are_the_highest_of_their_time() -> None:
    seen = [Point(at, Decimal(value), None) for at, value in ((1, 5), (2, 9), (3, 1), (11, 4))]
    assert [each.value for each in highest(seen, 0, 30, 10)] == [9, 4, 4]
    assert [each.at_ns for each in highest(seen, 0, 25, 10)] == [10, 20, 25]


def test_findings_and_silence_are_played_too(project: Project) -> None:
    tell(project, call(1, 1, 0, "1"), call(2, 2, 0, "1", after=9 * HOUR_NS))
    silent = would(project, metric="silence", condition=at_least("7200"))
    assert silent.fired == 2  # until the second call, and since
    assert would(project, metric="findings", condition=at_least("1")).fired == 0
    assert Trace.objects.filter(trace_id=uuid(1)).exists()
