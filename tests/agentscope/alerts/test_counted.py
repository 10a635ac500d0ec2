"""Which findings are counted: those of a window, a scope and a kind, that stand and are news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from agentscope.alerts.counted import counted, counted_by, worst
from agentscope.alerts.metrics import BY_CODE, OfFindings
from agentscope.alerts.question import Question, Values
from agentscope.alerts.watch import watch
from agentscope.alerts.windows import Window
from agentscope.findings.models import Cause, Finding
from agentscope.findings.severity import Severity
from agentscope.meter.read import Steps
from agentscope.meter.scope import Scope
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import MINUTE, ROLLING, at_least, project
from tests.agentscope.alerts.test_looks import raised
from tests.kit.costs import HOUR_NS, NOON_TIME, agent, store, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
FINDINGS = cast("OfFindings", BY_CODE["findings"])
HOUR = Window(NOON, NOON + HOUR_NS)
ALL: Any = {"metric": "findings", "window": ROLLING, "condition": at_least("1")}


def found(project: Project, trace: int, path: str = "scout", **said: Any) -> None:
    """Something was found in a run of its own, a second after noon unless said otherwise."""
    store(project.pk, agent(trace, trace, "scout"))
    raised(project, trace, path)
    Finding.objects.filter(trace_id=uuid(trace)).update(**said)


def asked(project: Project, groups: Any = None, known: Any = (), **said: Any) -> Question:
    return Question(project.pk, watch(ALL | said), ZoneInfo("UTC"), NOON, groups, known)


def number(project: Project, window: Window = HOUR, **said: Any) -> Values:
    question = asked(project, **said)
    return counted(question, cast("OfFindings", question.watch.metric), window)


def test_a_finding_on_a_boundary_is_in_the_later_window(project: Project) -> None:
    found(project, 1, last_at=NOON_TIME)
    before = Window(NOON - HOUR_NS, NOON)
    assert [number(project, each) for each in (before, HOUR)] == [{"": 0}, {"": 1}]


def test_severities_count_with_all_that_are_worse_and_codes_alone(project: Project) -> None:
    codes = ("exact_repeat", "new_error", "cost_anomaly")
    for at, (severity, code) in enumerate(zip(Severity, codes, strict=True), 1):
        found(project, at, severity=severity, code=code)
    counts = {of: number(project, of=of)[""] for of in ("", "alert", "warning", "info", codes[0])}
    assert counts == {"": 3, "alert": 1, "warning": 2, "info": 3, codes[0]: 1}
    assert number(project, metric="anomalies") == {"": 2}


def test_what_is_expected_here_or_found_elsewhere_is_no_news(project: Project) -> None:
    other = Project.objects.create(name="other")
    found(project, 1, fingerprint=uuid(9))
    Cause.objects.create(
        project_id=project.pk, fingerprint=uuid(9), code="exact_repeat", subject="", agent="scout"
    )
    for decision, count in (("", 1), ("expected", 0)):
        Cause.objects.update(decision=decision)
        assert number(project) == {"": count}
    Cause.objects.update(project_id=other.pk)  # where others expect it
    assert number(project) == {"": 1}
    assert number(other) == {"": 0}


def test_a_path_is_meant_with_what_is_below_it_and_each_by_itself(project: Project) -> None:
    for at, path in enumerate(("scout", "scout/helper", "scouts"), 1):
        found(project, at, path)
    assert number(project, only={"path": "scout"}) == {"": 2}
    assert number(project, each="path") == {"scout": 1, "scout/helper": 1, "scouts": 1}
    own = asked(project)
    scope = Scope({"path": "scout"}, "", None, True)  # as evidence asks
    only = replace(own, watch=replace(own.watch, scope=scope))
    assert counted(only, FINDINGS, HOUR) == {"": 1}


def test_groups_are_those_that_are_asked_for_and_known_and_have_names(project: Project) -> None:
    for at, session in enumerate(("s1", "s2", ""), 1):
        found(project, at, session=session)
    assert number(project, each="session") == {"s1": 1, "s2": 1}
    told = number(project, each="session", groups=["s1", "s3"], known=["s4"])
    assert told == {"s1": 1, "s3": 0, "s4": 0}


def test_a_filter_that_lets_nothing_through_leaves_nothing(project: Project) -> None:
    found(project, 1)
    found(project, 2)
    question = asked(project)
    for traces, count in (([], 0), ([uuid(1)], 1), (None, 2)):
        scope = replace(question.watch.scope, traces=traces)
        narrow = replace(question, watch=replace(question.watch, scope=scope))
        assert counted(narrow, FINDINGS, HOUR) == {"": count}


def test_the_worst_comes_before_the_newest(project: Project) -> None:
    times = [NOON_TIME + timedelta(seconds=each) for each in (1, 2, 3)]
    severities = (Severity.ALERT, Severity.ALERT, Severity.WARNING)
    for at, (last_at, severity) in enumerate(zip(times, severities, strict=True), 1):
        found(project, at, last_at=last_at, severity=severity, sentence=f"Run {at}.")
    assert worst(asked(project), FINDINGS, HOUR) == "Run 2."
    assert worst(asked(project), FINDINGS, Window(NOON + HOUR_NS, NOON + 2 * HOUR_NS)) == ""


def test_stretches_are_those_in_which_it_was_the_latest_first(project: Project) -> None:
    """What was found within the last half second of a day is of that day."""
    noon = NOON // MINUTE
    for at, after in enumerate((59.7, 60.0, 15 * 60.0), 1):
        found(project, at, last_at=NOON_TIME + timedelta(seconds=after))
    fine = counted_by(asked(project), FINDINGS, HOUR, Steps(1, 9))
    assert fine == [("", noon + 15, 1), ("", noon + 1, 1), ("", noon, 1)]
    assert counted_by(asked(project), FINDINGS, HOUR, Steps(1, 1)) == [("", noon + 15, 1)]
    assert counted_by(asked(project), FINDINGS, HOUR, Steps(15, 9)) == [
        ("", noon + 15, 1),
        ("", noon, 2),
    ]
