"""The pages of alerts: how they stand, one with its history, and what people do about it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agentscope.alerts.models import Alert, AlertEvent
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.kit.costs import HOUR_NS, call, tell, uuid
from tests.kit.hostile import CORPUS
from tests.kit.spans import NOON
from tests.ui.alerting import alert_of, channel_of, delivery_of, mute_of, rule_of

PAGE = "/p/shop/alerts/"


@pytest.fixture
def alert(project) -> Alert:
    return alert_of(rule_of(project))


def one(alert: Alert) -> str:
    return f"{PAGE}{alert.pk}/"


def words(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_nothing_yet_says_what_to_do(client, embedded, project):
    answer = client.get(PAGE)
    assert "No alert yet" in answer.text
    assert "/p/shop/alerts/rules/new/" in answer.text


def test_the_list_says_who_how_much_and_of_what(client, embedded, alert):
    said = words(client.get(PAGE).text)
    assert "Session s-1" in said
    assert "dear session" in said
    assert "$2.41" in said
    assert "$2.00" in said
    assert "1 alert, those that fire first" in said


def test_tiles_count_and_filter(client, embedded, project):
    rule = rule_of(project)
    for group, state in (("a", "firing"), ("b", "firing"), ("c", "resolved")):
        alert_of(rule, group, state)
    said = words(client.get(PAGE).text)
    assert "2 Firing" in said
    assert "1 Resolved" in said
    firing = client.get(f"{PAGE}?state=firing").text
    assert "Session a" in firing
    assert "Session c" not in firing
    assert "No alert matches" in client.get(f"{PAGE}?state=pending").text
    assert "Session c" in client.get(f"{PAGE}?state=nonsense").text
    other = rule_of(project, name="other")
    assert "Session a" not in client.get(f"{PAGE}?rule={other.pk}").text


def test_those_that_flap_are_a_tile_that_filters(client, embedded, project):
    rule = rule_of(project)
    flaps, at_ns = alert_of(rule, "a"), int(timezone.now().timestamp()) * 10**9
    alert_of(rule, "b")
    said = {"project_id": project.pk, "alert": flaps, "state": "firing", "notice": "fired"}
    for ago in range(1, 4):
        AlertEvent.objects.create(**said, at_ns=at_ns - ago * 10**9)
    text = client.get(PAGE).text
    assert "1 Flapping" in words(text)
    assert "?state=flapping" in text
    found = client.get(f"{PAGE}?state=flapping").text
    assert "Session a" in found
    assert "Session b" not in found


def test_what_a_forecast_comes_to_is_not_spent_yet(client, embedded, project):
    soon = {"kind": "gone_within", "limit": "3", "seconds": 3600}
    made = alert_of(rule_of(project, condition=soon), value="4")
    assert "on course for $4.00" in words(client.get(PAGE).text)
    text = words(client.get(one(made)).text)
    assert "Value on course for $4.00" in text
    assert "on course for at least $4.00, 3 without a price" in text
    alert_of(rule_of(project, name="other"), value="5")
    assert "on course for $5" not in client.get(PAGE).text
    Alert.objects.update(value=None)
    assert "on course" not in client.get(PAGE).text


def test_tiles_are_of_the_rule_that_is_asked_for(client, embedded, project):
    alert_of(rule_of(project), "a")
    other = rule_of(project, name="other")
    alert_of(other, "b", "resolved")
    said = words(client.get(f"{PAGE}?rule={other.pk}").text)
    assert "0 Firing" in said
    assert "1 Resolved" in said
    assert "of the rule other" in said


def test_an_alert_of_a_run_says_its_name_and_leads_to_it(client, embedded, project):
    tell(project.pk, call(1, 1, 0, "3", name="think"))
    Trace.objects.update(name="refund")
    rule = rule_of(project, each="trace", window={"kind": "whole"})
    alert = alert_of(rule, str(uuid(1)))
    AlertEvent.objects.update(window_begin_ns=0)
    known = f"Run refund {uuid(1).hex[:8]}"
    assert known in words(client.get(PAGE).text)
    text = client.get(one(alert)).text
    assert known in words(text)
    assert f'"/p/shop/traces/{uuid(1).hex}/"' in text
    assert "from its begin to" in words(text)
    assert "1970" not in text
    Trace.objects.update(name="")
    assert f"Run {uuid(1).hex}" in words(client.get(PAGE).text)


@pytest.mark.parametrize(("each", "path"), [("session", "sessions"), ("agent", "agents")])
def test_whose_it_is_leads_to_its_page(client, embedded, project, each, path):
    alert = alert_of(rule_of(project, each=each), "a/b")
    assert f'"/p/shop/{path}/a/b/' in client.get(one(alert)).text


def test_a_group_of_what_the_rule_said_before_stays_as_it_is(client, embedded, project):
    alert = alert_of(rule_of(project, each="trace"), "planner")
    said = words(client.get(one(alert)).text)
    assert "Run planner" in said
    assert "The rule is of something else by now" in said


def test_the_list_as_a_file_has_its_filters(client, embedded, alert):
    text = client.get(f"{PAGE}?state=firing&rule={alert.rule_id}").text
    asked = f"/api/v1/alerts?project=shop&amp;state=firing&amp;rule={alert.rule_id}"
    assert f'href="{asked}&amp;format=csv"' in text
    assert f'href="{asked}"' in text


def test_a_list_that_did_not_change_is_not_sent_again(client, embedded, alert):
    asks = {"HX-Request": "true", "HX-Target": "alerts"}
    first = client.get(PAGE, headers=asks)
    seen = re.search(r'"seen": "(\w+)"', first.text)[1]
    assert client.get(f"{PAGE}?seen={seen}", headers=asks).status_code == 204
    Alert.objects.update(state="resolved")
    assert client.get(f"{PAGE}?seen={seen}", headers=asks).status_code == 200


def test_the_list_takes_as_many_queries_however_long_it_is(client, embedded, project, alert):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            client.get(PAGE)
        return len(taken)

    few = queries()
    for number in range(20):
        alert_of(alert.rule, f"more {number}")
    assert queries() == few <= 9


def test_an_alert_with_its_history_and_what_has_no_price(client, embedded, alert):
    said = words(client.get(one(alert)).text)
    assert "at least $2.41, 3 without a price" in said
    assert "Fires" in said
    assert "no channel" in said
    assert "No run that is still stored" in said


@pytest.mark.parametrize(("days", "is_said"), [(7, True), (1, False)])
def test_of_a_long_window_it_says_from_when_on_the_runs_are(
    client, embedded, project, days, is_said
):
    tell(project.pk, call(1, 1, 0, "3"))
    made, end_ns = alert_of(rule_of(project, each=""), ""), NOON + HOUR_NS
    begin_ns = end_ns - days * 24 * HOUR_NS
    AlertEvent.objects.update(at_ns=end_ns, window_begin_ns=begin_ns, window_end_ns=end_ns)
    text = client.get(one(made)).text
    assert uuid(1).hex in text
    assert ("these are the runs since" in text) is is_said


def test_how_people_were_told_is_linked(client, embedded, project, alert):
    event = AlertEvent.objects.get()
    delivery = delivery_of(channel_of(project), f"alert-event:{event.pk}", state="sent")
    text = client.get(one(alert)).text
    assert reverse("delivery", args=["shop", delivery.pk]) in text
    assert "sent" in words(text)


def test_acknowledged_with_a_note(client, embedded, alert):
    answer = client.post(one(alert), {"do": "acknowledge", "note": "looking at it"})
    assert answer["Location"] == one(alert)
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.note) == ("somebody", "looking at it")
    said = words(client.get(one(alert)).text)
    assert "acknowledged" in said
    assert "by somebody" in said
    assert "looking at it" in said


def test_what_is_over_cannot_be_acknowledged(client, embedded, project):
    over = alert_of(rule_of(project), state="resolved")
    answer = client.post(one(over), {"do": "acknowledge"})
    assert answer.status_code == 200
    assert "nothing to acknowledge" in answer.text


def test_snoozed_and_woken(client, embedded, alert):
    assert client.post(one(alert), {"do": "snooze", "hours": "4"}).status_code == 302
    text = client.get(one(alert)).text
    assert "Snoozed until" in text
    assert "1 snoozed" in words(client.get(PAGE).text).lower()
    client.post(one(alert), {"do": "wake"})
    assert "Snoozed until" not in client.get(one(alert)).text


@pytest.mark.parametrize(
    "said", [{"hours": "9999"}, {"hours": ""}, {"hours": "4", "reason": "x" * 1001}]
)
def test_what_is_wrong_with_a_snooze_is_said(client, embedded, alert, said):
    answer = client.post(one(alert), {"do": "snooze", **said})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    alert.refresh_from_db()
    assert alert.snoozed_until is None


def test_muted_alerts_say_so(client, embedded, project, alert):
    mute_of(project, alert.rule)
    assert "Nobody is told of it" in client.get(one(alert)).text
    assert "1 Muted" in words(client.get(PAGE).text)


def test_what_cannot_be_done_and_other_alerts_are_not_found(client, embedded, project, alert):
    other = alert_of(rule_of(Project.objects.create(name="other")))
    assert client.post(one(alert), {"do": "explode"}).status_code == 404
    assert client.get(one(other)).status_code == 404
    assert client.post(one(other), {"do": "acknowledge"}).status_code == 404
    event = AlertEvent.objects.get(alert=other)
    assert client.get(f"{one(alert)}?event={event.pk}").status_code == 404
    assert client.get(f"{one(alert)}?event=x").status_code == 404
    assert client.get(f"{one(alert)}?after=nonsense").status_code == 200


def test_pages_stay_small_however_long_the_names_are(client, embedded, project):
    rule = rule_of(project, name="n" * 100)
    for number in range(50):
        alert_of(rule, f"{number}<'\"&>{'é' * 4_000}")
    for address in (PAGE, f"{PAGE}history/"):
        answer = client.get(address)
        assert answer.text.count("Session ") == 50
        assert len(answer.content) <= 150_000


def test_strangers_see_and_do_nothing(client, production, charlie, alert):
    client.force_login(charlie)
    assert client.get(PAGE).status_code == 404
    assert client.post(one(alert), {"do": "acknowledge"}).status_code == 404
    alert.refresh_from_db()
    assert not alert.acknowledged_by


def test_a_rule_that_makes_no_sense_any_more_has_its_alerts(client, embedded, alert):
    rule = alert.rule
    rule.metric = "gone"
    rule.save()
    for address in (PAGE, one(alert), f"{PAGE}rules/"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("text", CORPUS)
def test_hostile_texts_stay_texts(client, embedded, project, text):
    rule = rule_of(project)
    rule.name, rule.only = text, {"agent": text}
    rule.save()
    at = timezone.now()
    kept = alert_of(rule, text, note=text, acknowledged_by=text, acknowledged_at=at)
    AlertEvent.objects.update(note=text, who=text)
    channel = channel_of(project)
    channel.name = text
    channel.save()
    rule.channels.add(channel)
    delivery = delivery_of(
        channel, text, log=[{"at": at.isoformat(), "reason": text, "status": 1, "ms": 2}]
    )
    delivery.message |= {"title": text, "sentences": [text], "facts": [[text, text]]}
    delivery.save()
    mute_of(project, rule, text)
    pages = [
        "", "history/", f"history/?rule={rule.pk}",
        f"{kept.pk}/", "rules/", f"rules/{rule.pk}/", "channels/", f"channels/{channel.pk}/",
        "deliveries/", f"deliveries/{delivery.pk}/", "mutes/",
    ]  # fmt: skip
    for address in pages:
        answer = client.get(PAGE + address)
        assert answer.status_code == 200
        assert not re.search(r"<script(?![^>]*\bsrc=)|<img|<iframe|<math|<svg/onload", answer.text)
