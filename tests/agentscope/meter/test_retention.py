"""What is forgotten with the traces, and what stays of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agentscope.meter.changes import projects_changed, take_changes
from agentscope.meter.models import MeterChange, Metered, QuarterDue, QuarterMetered
from agentscope.meter.quarters import QUARTER_NS, add_up_quarters
from agentscope.meter.read import Asked, used
from agentscope.meter.retention import KEPT, forget_readings
from agentscope.meter.scope import Scope
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.kit.costs import DAY_NS, call, store, uuid
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db
EXPIRED = NOON + 40 * DAY_NS


@pytest.fixture
def project(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Project:
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    then = datetime.fromtimestamp(EXPIRED / 10**9, UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)
    found = Project.objects.create(name="shop")
    store(found.pk, call(1, 1, 0, "2"))
    examine(found.pk, uuid(1))
    return found


def spent(project: Project) -> int:
    quarters = NOON // QUARTER_NS * 15, (NOON // QUARTER_NS + 1) * 15
    return sum(each.pico for each in used(Asked(project.pk, Scope(), *quarters)).values())


def test_readings_go_with_their_trace_and_sums_stay(project: Project) -> None:
    take_changes(project.pk)
    add_up_quarters(EXPIRED)
    forget_readings(EXPIRED)
    assert Metered.objects.count() == 1  # its trace is still there
    Trace.objects.all().delete()
    forget_readings(EXPIRED)
    assert Metered.objects.count() == 0
    assert spent(project) == 2 * 10**12


def test_readings_that_were_not_added_up_are_kept(project: Project) -> None:
    take_changes(project.pk)
    Trace.objects.all().delete()
    forget_readings(EXPIRED)
    assert Metered.objects.count() == 1
    assert spent(project) == 2 * 10**12


def test_what_is_left_of_old_readings_takes_nothing_from_sums(project: Project) -> None:
    take_changes(project.pk)
    add_up_quarters(EXPIRED)
    Metered.objects.all().delete()  # as the examination of a trace that lost its oldest day does
    MeterChange.objects.create(
        project_id=project.pk,
        trace_id=uuid(1),
        first_minute=NOON // QUARTER_NS * 15,
        last_minute=NOON // QUARTER_NS * 15,
        touched={},
    )
    take_changes(project.pk)
    assert QuarterDue.objects.count() == 0
    assert spent(project) == 2 * 10**12


def test_sums_are_kept_for_400_days(project: Project) -> None:
    take_changes(project.pk)
    add_up_quarters(EXPIRED)
    kept = KEPT.days * DAY_NS
    forget_readings(NOON + kept - DAY_NS)
    assert QuarterMetered.objects.count() == 1
    forget_readings(NOON + kept + DAY_NS)
    assert QuarterMetered.objects.count() == 0


def test_changes_of_projects_that_are_gone_are_nobodys(project: Project) -> None:
    assert projects_changed() == [project.pk]
    project.delete()
    assert projects_changed() == []
    forget_readings(EXPIRED)
    assert MeterChange.objects.count() == 0
