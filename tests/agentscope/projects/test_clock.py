import pytest

from agentscope.projects.clock import set_clock
from agentscope.projects.costs import BadSetting
from agentscope.projects.models import Project
from tests.kit.changes import noted, the_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return Project.objects.create(name="shop")


def test_it_is_set_and_noted_once(project):
    assert set_clock(project, "Asia/Kolkata", 6, "ada")
    assert not set_clock(project, "Asia/Kolkata", 6, "ada")
    project.refresh_from_db()
    assert (project.time_zone, project.week_start) == ("Asia/Kolkata", 6)
    change = the_change()
    assert change.what == "Days begin at midnight in Asia/Kolkata now, and weeks on Sunday"
    assert change.who == "ada"
    assert change.details["before"] == {"time_zone": "UTC", "week_start": 0}


@pytest.mark.parametrize("zone", ["", "Berlin", "../etc/passwd", "europe/berlin ", "UTC\0", "<b>"])
def test_only_zones_that_there_are(project, zone):
    with pytest.raises(BadSetting) as error:
        set_clock(project, zone, 7, "ada")
    assert set(error.value.errors) == {"time_zone", "week_start"}
    project.refresh_from_db()
    assert project.time_zone == "UTC"
    assert not noted()
