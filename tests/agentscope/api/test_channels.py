"""Channels and deliveries by machine."""

from __future__ import annotations

from datetime import timedelta

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from agentscope.channels.guard import networks
from agentscope.channels.locked import unlock
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.send import send_due
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.agentscope.api.test_schema import closed
from tests.kit.changes import noted
from tests.kit.receivers import receiver
from tests.ui.alerting import SECRET, channel_of, delivery_of

CHANNELS, DELIVERIES, JSON = "/api/v1/channels", "/api/v1/deliveries", "application/json"
URL = "https://hooks.example.com/in"
SAID = {"kind": "webhook", "name": "hook", "settings": {"url": URL, "secret": SECRET}}


def add(client, **said):
    return client.post(CHANNELS, SAID | said, JSON)


def patch(client, channel, **said):
    return client.patch(f"{CHANNELS}/{channel}", said, JSON)


def keeps_to(answer, schema, shape):
    jsonschema.validate(answer.json(), {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


def secret_of(channel):
    return unlock(Channel.objects.get(pk=channel).secret)["secret"]


def test_a_channel_is_made_read_changed_and_deleted(client, shop, schema):
    made = add(client)
    assert made.status_code == 201
    one = made.json()["id"]
    for answer in (made, client.get(f"{CHANNELS}/{one}")):
        keeps_to(answer, schema, "ChannelShape")
    keeps_to(client.get(CHANNELS), schema, "ChannelsShape")
    other = "https://hooks.example.com/other"
    changed = patch(client, one, settings={"url": other}).json()
    assert (changed["name"], changed["settings"]) == ("hook", {"url": other})
    assert secret_of(one) == SECRET
    assert patch(client, one, name="new").json()["settings"] == {"url": other}
    assert patch(client, one, settings={"secret": SECRET[::-1]}).status_code == 200
    assert (secret_of(one), client.get(CHANNELS).json()["total"]) == (SECRET[::-1], 1)
    assert client.delete(f"{CHANNELS}/{one}").status_code == 204
    assert client.get(f"{CHANNELS}/{one}").status_code == 404
    assert len(noted()) == 5


def test_no_answer_has_a_secret(client, shop):
    made = add(client)
    one = made.json()["id"]
    assert made.json()["secrets"] == [{"name": "secret", "is_set": True, "hint": SECRET[-4:]}]
    tested = client.post(f"{CHANNELS}/{one}/test", {}, JSON)
    answers = [made, tested, client.get(CHANNELS), client.get(f"{CHANNELS}/{one}")]
    answers += [patch(client, one, name="new"), client.get(DELIVERIES)]
    answers.append(client.get(f"{DELIVERIES}/{tested.json()['id']}"))
    tables = [client.get(f"{path}?format=csv").getvalue() for path in (CHANNELS, DELIVERIES)]
    for content in (*(each.content for each in answers), *tables):
        assert SECRET.encode() not in content
        assert Channel.objects.get().secret.encode() not in content


def test_a_channel_is_switched_off_and_on(client, shop):
    made = add(client, enabled=False).json()
    assert made["enabled"] is False
    assert patch(client, made["id"], enabled=True).json()["enabled"] is True
    assert patch(client, made["id"], enabled=False).json()["enabled"] is False
    assert Channel.objects.get().enabled is False


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"kind": "pigeon"}, "kind: 'pigeon' is not one of email, webhook"),
        ({"name": ""}, "name: "),
        ({"name": "a/b"}, "name: "),
        ({"settings": {"url": "http://[", "secret": SECRET}}, "url: "),
        ({"settings": {"url": URL, "secret": "short"}}, "secret: "),
        ({"settings": {"url": URL, "secret": SECRET, "colour": "red"}}, "colour: "),
        ({"settings": [URL]}, "settings: "),
        ({"settings": {"url": 7}}, "url: "),
        ({"enabled": "yes"}, "enabled: "),
        ({"secret": SECRET}, "secret: there is no such field"),
    ],
)
def test_what_is_wrong_with_a_channel_is_named(client, shop, wrong, part):
    known = channel_of(shop, "known")
    answers = [add(client, **wrong)]
    if "kind" not in wrong:
        answers.append(patch(client, known.pk, **wrong))
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(part)
        assert SECRET not in answer.json()["error"]["message"]
    assert [each.name for each in Channel.objects.all()] == ["known"]


def test_a_name_that_is_there_is_not_given_twice(client, shop):
    add(client)
    answer = add(client)
    assert answer.json()["error"]["message"] == "name: There is a channel “hook” already."


def test_a_test_takes_the_path_that_everything_goes(client, shop, schema, settings):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["127.0.0.0/8"])
    with receiver() as hook:
        one = add(client, settings={"url": hook.url, "secret": SECRET}).json()["id"]
        tested = client.post(f"{CHANNELS}/{one}/test", {}, JSON)
        assert tested.status_code == 202
        keeps_to(tested, schema, "DeliveryShape")
        assert (tested.json()["state"], tested.json()["title"]) == ("waiting", "This is a test")
        assert hook.arrived == []
        assert send_due() == 1
    (arrived,) = hook.arrived
    assert arrived.json["delivery"] == tested.json()["uid"]
    found = client.get(f"{DELIVERIES}/{tested.json()['id']}")
    keeps_to(found, schema, "OneDeliveryShape")
    assert (found.json()["state"], found.json()["log"][0]["status"]) == ("sent", 200)
    assert found.json()["message"]["sentences"] == arrived.json["sentences"]
    assert client.get(f"{CHANNELS}/{one}").json()["last_state"] == "sent"


def test_a_delivery_is_tried_again(client, shop):
    made = delivery_of(channel_of(shop), state="given_up", attempts=7, next_at=None)
    again = client.post(f"{DELIVERIES}/{made.pk}/retry", {}, JSON)
    assert again.status_code == 202
    assert (again.json()["state"], again.json()["attempts"]) == ("waiting", 0)
    for state in ("sent", "sending"):
        Delivery.objects.update(state=state)
        refused = client.post(f"{DELIVERIES}/{made.pk}/retry", {}, JSON)
        assert refused.status_code == 400
        assert refused.json()["error"]["message"].startswith("It was sent, or it is being sent")
        assert Delivery.objects.get().state == state


def test_deliveries_are_listed_page_by_page(client, shop, schema, django_assert_num_queries):
    hook, mail = channel_of(shop), channel_of(shop, "other")
    made = [delivery_of(hook, f"alert-event:{number}").pk for number in range(3)]
    sent = delivery_of(mail, "alert-event:9", state="sent", sent_at=timezone.now()).pk
    client.get(DELIVERIES)
    with django_assert_num_queries(2):
        page = client.get(f"{DELIVERIES}?limit=2")
    keeps_to(page, schema, "DeliveriesShape")
    assert [each["id"] for each in page.json()["deliveries"]] == [sent, made[2]]
    rest = client.get(f"{DELIVERIES}?limit=2&cursor={page.json()['next']}").json()
    assert ([each["id"] for each in rest["deliveries"]], rest["next"]) == ([made[1], made[0]], None)
    for query, found in (
        ("state=sent", [sent]),
        (f"channel={hook.pk}", made[::-1]),
        (f"channel={hook.pk}&state=sent", []),
    ):
        listed = client.get(f"{DELIVERIES}?{query}").json()["deliveries"]
        assert [each["id"] for each in listed] == found
    lines = client.get(f"{DELIVERIES}?format=csv&limit=1").getvalue().decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", *map(str, [sent, *made[::-1]])]
    for query in ("state=odd", "channel=x", f"channel={hook.pk + 99}", "cursor=x", "limit=0"):
        answer = client.get(f"{DELIVERIES}?{query}")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(query.split("=")[0])


def test_what_is_of_others_is_not_there(client, shop):
    hook = channel_of(shop)
    made = delivery_of(hook, state="given_up", next_at=None)
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    for number in (hook.pk, 2**70):
        assert theirs.get(f"{CHANNELS}/{number}").status_code == 404
        assert patch(theirs, number, name="mine").status_code == 404
        assert theirs.post(f"{CHANNELS}/{number}/test", {}, JSON).status_code == 404
        assert theirs.delete(f"{CHANNELS}/{number}").status_code == 404
    for number in (made.pk, 2**70):
        assert theirs.get(f"{DELIVERIES}/{number}").status_code == 404
        assert theirs.post(f"{DELIVERIES}/{number}/retry", {}, JSON).status_code == 404
    assert theirs.get(CHANNELS).json()["total"] == 0
    assert theirs.get(DELIVERIES).json()["deliveries"] == []
    assert theirs.get(f"{DELIVERIES}?channel={hook.pk}").status_code == 400
    assert Delivery.objects.get().state == "given_up"


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_whose_key_may(shop, settings, scope):
    hook = channel_of(shop)
    made = delivery_of(hook, created_at=timezone.now() - timedelta(days=1))
    settings.AGENTSCOPE_EMBEDDED = False
    headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
    client = Client(headers=headers)
    may = scope in (Key.Scope.MANAGE, Key.Scope.ADMIN)
    reads = may or scope == Key.Scope.READ
    done = [
        add(client, name="another").status_code,
        patch(client, hook.pk, name="new").status_code,
        client.post(f"{CHANNELS}/{hook.pk}/test", {}, JSON).status_code,
        client.post(f"{DELIVERIES}/{made.pk}/retry", {}, JSON).status_code,
    ]
    assert done == ([201, 200, 202, 202] if may else [403] * 4)
    for path in (CHANNELS, DELIVERIES, f"{CHANNELS}/{hook.pk}", f"{DELIVERIES}/{made.pk}"):
        assert client.get(path).status_code == (200 if reads else 403)
    gone = client.delete(f"{CHANNELS}/{hook.pk}").status_code
    assert gone == (204 if may else 403)
