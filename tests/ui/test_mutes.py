"""The page of mutes: times of the project's zone, of a rule or of all."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from agentscope.alerts.models import Mute
from agentscope.projects.models import Project
from tests.ui.alerting import mute_of, rule_of

PAGE = "/p/shop/alerts/mutes/"
BERLIN = ZoneInfo("Europe/Berlin")


def local(hours: int) -> str:
    """So many hours from now on a clock in Berlin."""
    return (timezone.now() + timedelta(hours=hours)).astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def berlin(project: Project) -> Project:
    project.time_zone = BERLIN.key
    project.save()
    return project


def test_times_are_those_of_the_project(client, embedded, berlin):
    rule = rule_of(berlin)
    ends = local(2)
    answer = client.post(PAGE, {"rule": rule.pk, "begins": "", "ends": ends, "reason": "cleaning"})
    assert answer["Location"] == PAGE
    made = Mute.objects.get()
    assert made.rule == rule
    assert made.ends_at == datetime.fromisoformat(ends).replace(tzinfo=BERLIN)
    assert abs(made.begins_at - timezone.now()) < timedelta(minutes=1)
    text = client.get(PAGE).text
    assert ends.replace("T", " ") in text
    assert "Europe/Berlin" in text
    assert "cleaning" in text
    assert ">now<" in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends": ""}, "This field is required"),
        ({"ends": "soon"}, "Write the time like"),
        ({"ends": "2020-01-01T00:00"}, "It has to end after it begins"),
        ({"ends": "9999-01-01T00:00"}, "366 days at most"),
        ({"begins": "0001-01-01T00:00"}, "Write the time like"),
        ({"rule": "99"}, "Select a valid choice"),
        ({"reason": "x" * 1001}, "at most 1000"),
    ],
)
def test_what_is_wrong_is_said(client, embedded, berlin, wrong, words):
    answer = client.post(PAGE, {"rule": "", "begins": "", "ends": local(1)} | wrong)
    assert answer.status_code == 200
    assert words in answer.text
    assert not Mute.objects.exists()


def test_a_mute_ends_when_somebody_says_so(client, embedded, project):
    mute = mute_of(project)
    assert "all rules" in client.get(PAGE).text
    assert client.post(f"{PAGE}{mute.pk}/end/")["Location"] == PAGE
    mute.refresh_from_db()
    assert mute.ends_at <= timezone.now()


def test_the_list_is_given_as_files(client, embedded, project):
    assert "/api/v1/alert-mutes" not in client.get(PAGE).text
    mute_of(project)
    text = client.get(PAGE).text
    for address in ("project=shop&amp;format=csv", "project=shop"):
        assert f'href="/api/v1/alert-mutes?{address}"' in text


def test_a_rule_is_chosen_where_its_alert_led_here(client, embedded, project):
    rule = rule_of(project)
    assert f'value="{rule.pk}" selected' in client.get(f"{PAGE}?rule={rule.pk}").text


def test_foreign_mutes_and_rules_are_not_found(client, embedded, project):
    other = Project.objects.create(name="other")
    mute = mute_of(other)
    assert client.post(f"{PAGE}{mute.pk}/end/").status_code == 404
    foreign = rule_of(other)
    answer = client.post(PAGE, {"rule": foreign.pk, "ends": local(1)})
    assert "Select a valid choice" in answer.text
    assert Mute.objects.count() == 1


def test_strangers_change_nothing(client, production, charlie, project):
    mute = mute_of(project)
    client.force_login(charlie)
    assert client.post(PAGE, {"ends": local(1)}).status_code == 404
    assert client.post(f"{PAGE}{mute.pk}/end/").status_code == 404
    mute.refresh_from_db()
    assert mute.ends_at > timezone.now()
