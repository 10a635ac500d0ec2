"""The page of what happened to alerts: of a project, and of one rule."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.alerts.models import AlertEvent
from agentscope.projects.models import Project
from tests.kit.costs import call, tell, uuid
from tests.ui.alerting import alert_of, channel_of, delivery_of, rule_of
from tests.ui.test_alerts import words

PAGE = "/p/shop/alerts/history/"


def test_nothing_yet_leads_to_the_rules(client, embedded, project):
    text = client.get(PAGE).text
    assert "Nothing happened yet" in text
    assert '"/p/shop/alerts/rules/"' in text


def test_each_event_says_of_whom_at_which_value_and_leads_to_the_runs(client, embedded, project):
    alert = alert_of(rule_of(project))
    event = AlertEvent.objects.get()
    delivery_of(channel_of(project), f"alert-event:{event.pk}", state="sent")
    text = client.get(PAGE).text
    said = words(text)
    for told in ("Session s-1", "dear session", "Fires", "at least $2.41", "$2.00", "sent"):
        assert told in said
    assert f'"/p/shop/alerts/{alert.pk}/?event={event.pk}#behind"' in text
    assert "1 event shown, newest first" in said


def test_a_run_is_called_by_its_name(client, embedded, project):
    tell(project.pk, call(1, 1, 0, "3", name="think"))
    alert_of(rule_of(project, each="trace", window={"kind": "whole"}), str(uuid(1)))
    assert str(uuid(1)) not in client.get(PAGE).text


def test_one_rule_alone_and_as_a_file(client, embedded, project):
    alert_of(rule_of(project))
    other = rule_of(project, name="other")
    text = client.get(f"{PAGE}?rule={other.pk}").text
    assert "Nothing happened to alerts of this rule" in text
    alert_of(other, "s-2")
    text = client.get(f"{PAGE}?rule={other.pk}").text
    assert "Session s-2" in text
    assert "Session s-1" not in text
    asked = f"/api/v1/alerts/history?project=shop&amp;rule={other.pk}"
    assert f'href="{asked}&amp;format=csv"' in text
    assert client.get(f"{PAGE}?rule=x").text.count("Session s-") == 2


def test_it_goes_on_and_takes_as_many_queries_however_long_it_is(client, embedded, project):
    rule = rule_of(project)
    alert_of(rule)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(50):
        alert_of(rule, f"more-{number}")
    with CaptureQueriesContext(connection) as many:
        text = client.get(PAGE).text
    assert len(many) == len(few) <= 7
    older = re.search(r'rel="next"\s+href="([^"]+)"', text)[1]
    last = client.get(older.replace("&amp;", "&")).text
    assert last.count("Session ") == 1
    assert ">Newest</a>" in last
    assert client.get(f"{PAGE}?after=nonsense").status_code == 200


def test_strangers_see_nothing(client, production, charlie, project):
    client.force_login(charlie)
    assert client.get(PAGE).status_code == 404


def test_foreign_rules_show_nothing(client, embedded, project):
    other = rule_of(Project.objects.create(name="other"))
    alert_of(other, "theirs")
    assert "theirs" not in client.get(PAGE).text
    assert "theirs" not in client.get(f"{PAGE}?rule={other.pk}").text
