"""What a project says otherwise of detectors."""

import pytest

from agentscope.findings.anomaly import CODES
from agentscope.findings.catalogue import catalogue
from agentscope.findings.detect import detect
from agentscope.findings.detectors import DETECTORS
from agentscope.findings.limits import Limit, Limits
from agentscope.findings.models import Finding, Threshold
from agentscope.findings.thresholds import set_limits
from agentscope.projects.models import Project
from tests.kit.changes import noted
from tests.kit.courses import Script
from tests.kit.loops import loop, tell_loop

pytestmark = pytest.mark.django_db
CODE = "exact_repeat"


@pytest.fixture
def project() -> Project:
    return Project.objects.create(name="loops")


def say(project: Project, **limits: Limit) -> int:
    return set_limits(project.pk, "ann", catalogue(project.pk), limits)


def test_the_catalogue_has_all_that_is_looked_for_and_says_what(project):
    entries = catalogue(project.pk)
    codes = [entry.code for entry in entries]
    assert codes == sorted({each.PATTERN.code for each in DETECTORS} | CODES)
    for entry in entries:
        assert entry.says.endswith("."), entry.code
        assert entry.limit == entry.usual


def test_own_thresholds_hold_from_then_on(project):
    assert say(project, exact_repeat=Limit(5, 8)) == 1
    tell_loop(project.pk, *loop(1, 4), *loop(2, 6))
    (found,) = Finding.objects.filter(code=CODE)
    assert (found.trace_id.int, found.repeats, found.severity) == (2, 6, 2)


def test_a_detector_that_is_off_finds_nothing_and_withdraws_what_it_found(project):
    tell_loop(project.pk, *loop(1, 5))
    assert Finding.objects.get(code=CODE).withdrawn_at is None
    say(project, exact_repeat=Limit(3, 5, enabled=False))
    tell_loop(project.pk, *loop(1, 6))
    assert Finding.objects.get(code=CODE).withdrawn_at is not None


@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_fewer_than_three_are_no_repetition_whatever_a_project_says(times):
    own = {each.PATTERN.code: Limit(1, 1) for each in DETECTORS}
    script = Script()
    with script.agent("scout", "Find it."):
        for _ in range(times):
            script.use("search", {"q": "rain"}, "Nothing was found in any of the places.")
    found = detect(script.scene(), Limits(own))
    assert [each.repeats for each in found if each.pattern.inform > 1] == [times] * (times >= 3)


def test_changes_are_noted_and_what_is_usual_is_not_kept(project):
    say(project, exact_repeat=Limit(5, 8), cycle=Limit(3, 5))
    say(project, exact_repeat=Limit(5, 8, enabled=False))
    assert say(project, exact_repeat=Limit(5, 8, enabled=False)) == 0
    say(project, exact_repeat=Limit(3, 5))
    assert not Threshold.objects.exists()
    changes = noted()
    assert [change.what for change in changes] == [
        "exact_repeat informs from 5 on and alerts from 8 on.",
        "exact_repeat is off.",
        "exact_repeat informs from 3 on and alerts from 5 on.",
    ]
    assert changes[0].details["before"] == {"inform": 3, "alert": 5, "enabled": True}


def test_projects_do_not_mix(project):
    other = Project.objects.create(name="other")
    say(project, exact_repeat=Limit(5, 8))
    assert [entry.code for entry in catalogue(other.pk) if entry.own] == []
    assert [entry.code for entry in catalogue(project.pk) if entry.own] == [CODE]
