"""Settings: thresholds of detectors."""

import re

import pytest

from agentscope.findings.catalogue import catalogue
from agentscope.findings.limits import Limit
from agentscope.findings.models import Threshold
from tests.kit.changes import noted

PAGE = "/p/shop/settings/detectors/"
pytestmark = pytest.mark.usefixtures("embedded")


def sent(page: str, **changed: str | None) -> dict[str, str]:
    """The form of a page as a browser would send it, with some fields changed."""
    fields = {}
    for field in re.findall(r"<input[^>]+>", page):
        said = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if said["name"] != "csrfmiddlewaretoken" and (
            said["type"] != "checkbox" or " checked" in field
        ):
            fields[said["name"]] = said.get("value", "on" if said["type"] == "checkbox" else "")
    return {name: text for name, text in (fields | changed).items() if text is not None}


def test_every_detector_is_listed_with_its_thresholds(client, project):
    page = client.get(PAGE).text
    for entry in catalogue(project.pk):
        assert f'name="inform_{entry.code}"' in page
        assert entry.code.replace("_", " ") in page
    assert "The same call with the same result, again and again." in page
    assert 'placeholder="3"' in page


def test_saving_what_is_there_changes_nothing(client, project):
    answer = client.post(PAGE, sent(client.get(PAGE).text))
    assert answer["Location"] == f"{PAGE}?saved=1"
    assert not Threshold.objects.exists()
    assert not noted()


def test_numbers_are_kept_shown_and_taken_back(client, project):
    page = client.get(PAGE).text
    client.post(PAGE, sent(page, inform_cycle="4", alert_cycle="9", enabled_polling=None))
    assert {each.code: each.enabled for each in Threshold.objects.all()} == {
        "cycle": True,
        "polling": False,
    }
    page = client.get(f"{PAGE}?saved=1").text
    assert "Saved." in page
    assert re.search(r'name="alert_cycle" value="9"', page)
    assert "data-off" in page
    client.post(PAGE, sent(page, inform_cycle="", alert_cycle="", enabled_polling="on"))
    assert not Threshold.objects.exists()
    assert len(noted()) == 4


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"inform_cycle": "9", "alert_cycle": "4"}, "cannot alert before it informs"),
        ({"inform_cycle": "0"}, "greater than or equal to 3"),
        ({"alert_cycle": "x"}, "whole number"),
        ({"alert_cycle": "9" * 30}, "less than or equal to 1000000"),
    ],
)
def test_what_cannot_be_says_why(client, project, said, reason):
    page = client.post(PAGE, sent(client.get(PAGE).text, **said))
    assert page.status_code == 200
    assert reason in page.text
    assert not Threshold.objects.exists()


def test_a_page_from_before_an_upgrade_leaves_newer_detectors_alone(client, project):
    client.post(PAGE, {"inform_cycle": "4", "alert_cycle": "", "enabled_cycle": "on"})
    (kept,) = Threshold.objects.all()
    assert (kept.code, kept.inform, kept.alert) == ("cycle", 4, 5)


def test_three_queries(client, project, django_assert_num_queries):
    Threshold.objects.create(project_id=project.pk, code="cycle", inform=4, alert=5)
    assert next(e for e in catalogue(project.pk) if e.code == "cycle").limit == Limit(4, 5)
    with django_assert_num_queries(3):  # project, projects, thresholds
        client.get(PAGE)
