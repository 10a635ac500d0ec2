"""The pages of channels and deliveries: forms by kind, secrets that are never shown, a test, and
another attempt."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.budgets.models import Budget
from agentscope.budgets.write import save_budget
from agentscope.channels.kinds import KINDS
from agentscope.channels.models import Channel, Delivery
from agentscope.projects.models import Project
from tests.ui.alerting import SECRET, channel_of, delivery_of, rule_of

PAGE = "/p/shop/alerts/channels/"
DELIVERIES = "/p/shop/alerts/deliveries/"
SAID = {"name": "hook", "set_url": "https://hooks.example.com/in", "set_secret": SECRET}


@pytest.fixture
def channel(project) -> Channel:
    return channel_of(project)


def one(channel: Channel) -> str:
    return f"{PAGE}{channel.pk}/"


def test_each_kind_is_offered_and_has_its_form(client, embedded, project):
    text = client.get(PAGE).text
    assert "No channel yet" in text
    for kind in KINDS:
        assert f"{PAGE}new/?kind={kind.CODE}" in text
        form = client.get(f"{PAGE}new/?kind={kind.CODE}").text
        for field in kind.FIELDS:
            shown = re.search(rf'<input[^>]*name="set_{field.name}"[^>]*>', form)[0]
            assert ('type="password"' in shown) == field.is_secret
            assert field.help[:10] in form
    assert "No channel yet" in client.get(f"{PAGE}new/?kind=pigeon").text


def test_a_channel_is_made_and_its_secret_is_never_shown(client, embedded, project):
    answer = client.post(f"{PAGE}new/?kind=webhook", SAID)
    made = Channel.objects.get()
    assert answer["Location"] == f"{one(made)}?saved=1"
    text = client.get(f"{one(made)}?saved=1").text
    assert "https://hooks.example.com/in" in text
    assert SECRET not in text
    assert "empty: stays" in text
    client.post(one(made), SAID | {"name": "renamed", "set_secret": ""})
    made.refresh_from_db()
    assert made.name == "renamed"
    wrong = client.post(
        one(made), SAID | {"set_url": "gopher://x", "set_secret": f"other {SECRET}"}
    )
    assert wrong.status_code == 200
    assert SECRET not in wrong.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a/b"},
        {"name": ""},
        {"set_url": "gopher://x"},
        {"set_url": ""},
        {"set_secret": "x"},
    ],
)
def test_what_is_wrong_is_said(client, embedded, project, wrong):
    answer = client.post(f"{PAGE}new/?kind=webhook", SAID | wrong)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert not Channel.objects.exists()


def test_a_secret_that_cannot_be_read_any_more_is_said(client, embedded, channel):
    Channel.objects.update(secret="nonsense")
    assert re.search(r'<p class="wrong" role="alert">.+</p>', client.get(one(channel)).text)


def test_a_test_leads_to_its_delivery(client, embedded, channel):
    answer = client.post(f"{one(channel)}try/")
    made = Delivery.objects.get()
    assert answer["Location"] == f"{DELIVERIES}{made.pk}/"
    text = client.get(answer["Location"]).text
    assert "This is a test" in text
    assert "waiting" in text
    assert 'hx-trigger="every 1s"' in text
    part = client.get(answer["Location"], headers={"HX-Request": "true", "HX-Target": "delivery"})
    assert part.text.lstrip().startswith("<div")


def test_switched_off_and_deleted(client, embedded, channel):
    for _ in range(2):  # also of a page that does not know it yet
        client.post(f"{one(channel)}switch/", {"on": "0"})
        channel.refresh_from_db()
        assert not channel.enabled
    text = client.get(one(channel)).text
    assert "Send a test" not in text
    assert '<button name="on" value="1"' in text
    client.post(f"{one(channel)}switch/", {"on": "1"})
    channel.refresh_from_db()
    assert channel.enabled
    assert client.post(f"{one(channel)}remove/")["Location"] == PAGE
    assert not Channel.objects.exists()


def uses_of(client, channel: Channel) -> str:
    text = client.get(one(channel)).text
    found = re.search(r'<section aria-labelledby="uses">.*?</section>', text, re.DOTALL)
    assert found
    return found[0]


def budget_telling(project: Project, channel: Channel, name: str) -> Budget:
    said = {"name": name, "limit": "10", "window": {"kind": "calendar", "unit": "day"}}
    return save_budget(project, "ada", said, [channel])


def test_it_says_which_rules_and_budgets_tell_it(client, embedded, project, channel):
    assert "No rule and no budget yet" in uses_of(client, channel)
    rule_of(project, name="another").channels.add(channel_of(project, "other"))
    rule = rule_of(project, name="<i>dear")
    rule.channels.add(channel)
    budget = budget_telling(project, channel, "daily")
    text = uses_of(client, channel)
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', text) == [
        (f"/p/shop/alerts/rules/{rule.pk}/", "&lt;i&gt;dear"),
        (f"/p/shop/budgets/{budget.pk}/", "daily"),
    ]
    assert "more" not in text


def test_of_many_that_tell_it_twenty_are_named_in_as_many_queries(
    client, embedded, project, channel
):
    rule_of(project).channels.add(channel)
    budget_telling(project, channel, "daily")
    with CaptureQueriesContext(connection) as few:
        client.get(one(channel))
    for number in range(20, 43):
        rule_of(project, name=f"rule {number}").channels.add(channel)
    for number in range(20, 40):
        budget_telling(project, channel, f"over {number}")
    with CaptureQueriesContext(connection) as many:
        text = uses_of(client, channel)
    assert len(many) == len(few) <= 6
    assert text.count("<a ") == 40
    assert re.search(r"and 4 rules\s+more", text)
    assert re.search(r"and 1 budget\s+more", text)


def test_deliveries_are_listed_and_filtered(client, embedded, project, channel):
    empty = client.get(DELIVERIES).text
    assert "No delivery yet" in empty
    assert f'class="button" href="{PAGE}"' in empty
    delivery_of(channel, "one", state="sent")
    delivery_of(channel_of(project, "other"), "two", state="given_up")
    every = client.get(DELIVERIES).text
    assert every.count("It fires") == 2
    assert "2 messages shown, newest first" in every
    assert client.get(f"{DELIVERIES}?state=sent").text.count("It fires") == 1
    some = client.get(f"{DELIVERIES}?channel={channel.pk}").text
    assert some.count("It fires") == 1
    assert f"/api/v1/deliveries?project=shop&amp;channel={channel.pk}&amp;format=csv" in some
    assert "matches these filters" in client.get(f"{DELIVERIES}?state=failed").text
    for nonsense in ("state=x", "channel=x", "after=x", "channel=99999999999999999999"):
        assert client.get(f"{DELIVERIES}?{nonsense}").status_code == 200


def test_deliveries_go_on_and_take_as_many_queries(client, embedded, channel):
    delivery_of(channel)
    with CaptureQueriesContext(connection) as few:
        client.get(DELIVERIES)
    for number in range(50):
        delivery_of(channel, f"more {number}")
    with CaptureQueriesContext(connection) as many:
        text = client.get(DELIVERIES).text
    assert len(many) == len(few) <= 4
    older = re.search(r'rel="next"\s+href="([^"]+)"', text)[1]
    assert client.get(DELIVERIES + older.split("/")[-1]).text.count("It fires") == 1


def test_what_is_being_sent_says_so_alone(client, embedded, channel):
    said = {"state": "sending", "attempts": 1, "next_at": timezone.now() + timedelta(minutes=2)}
    text = client.get(f"{DELIVERIES}{delivery_of(channel, **said).pk}/").text
    assert "being sent" in text
    assert "The first is under way." in text
    assert "next attempt" not in text


def test_a_delivery_leads_to_what_it_is_about(client, embedded, channel):
    made = delivery_of(channel)
    link = made.message["link"]
    assert link != "/"
    assert f'href="{link}"' in client.get(f"{DELIVERIES}{made.pk}/").text
    test = client.post(f"{one(channel)}try/")["Location"]
    assert "What it is about" not in client.get(test).text


def test_what_failed_is_tried_again(client, embedded, channel):
    attempt = {"at": "2026-01-01T00:00:00+00:00", "status": 403, "reason": "answered 403", "ms": 12}
    delivery = delivery_of(channel, state="given_up", attempts=7, next_at=None, log=[attempt])
    address = f"{DELIVERIES}{delivery.pk}/"
    text = client.get(address).text
    assert "given up" in text
    assert "answered 403" in text
    assert "12 ms" in text
    assert "2026-01-01 00:00:00.000 UTC" in text
    assert 'hx-trigger="every 1s"' not in text
    assert client.post(f"{address}again/")["Location"] == address
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
    assert "Try again now" not in client.get(address).text


def test_foreign_ones_are_not_found(client, embedded, project):
    other = channel_of(Project.objects.create(name="other"), "theirs")
    delivery = delivery_of(other)
    assert client.get(one(other)).status_code == 404
    assert client.post(one(other), SAID).status_code == 404
    for verb in ("try", "switch", "remove"):
        assert client.post(f"{one(other)}{verb}/").status_code == 404
        assert client.get(f"{one(other)}{verb}/").status_code == 405
    assert client.get(f"{DELIVERIES}{delivery.pk}/").status_code == 404
    assert client.post(f"{DELIVERIES}{delivery.pk}/again/").status_code == 404
    assert other.name not in client.get(PAGE).text.split("<main")[1]


def test_strangers_change_nothing(client, production, charlie, channel):
    client.force_login(charlie)
    for address in (PAGE, one(channel), f"{one(channel)}try/", f"{one(channel)}remove/"):
        assert client.post(address, SAID).status_code in {404, 405}
    assert client.get(one(channel)).status_code == 404
    assert Channel.objects.exists()
    assert not Delivery.objects.exists()
