"""Making and changing channels: secrets go in and never come out; what is done is written down."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.utils import timezone

from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.locked import unlock
from agentscope.channels.message import Message, from_json, one_line, shortened, to_json
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.read import (
    channel_of,
    channels_of,
    deliveries_about,
    deliveries_of,
    delivery_of,
    shown,
    trouble,
)
from agentscope.channels.write import (
    KEPT,
    MOST_CHANNELS,
    change_channel,
    create_channel,
    delete_channel,
    deliver,
    forget_deliveries,
    lock_again,
    send_test,
    switch_channel,
)
from agentscope.projects.changes import changes_of
from agentscope.projects.write import create_project

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery staple"
SAID = {"url": "https://hooks.example/a", "secret": SECRET}


@pytest.fixture
def channel(project):
    return create_channel(project.pk, "webhook", "ops", SAID, "ada")


def test_a_secret_is_kept_encrypted_and_shown_by_four_characters(project, channel):
    kept = serializers.serialize("json", Channel.objects.all())
    log = json.dumps([each.details for each in changes_of(project.pk, None, 9)])
    assert "horse" not in kept + log + repr(vars(channel))
    assert unlock(channel.secret) == {"secret": SECRET}
    url, secret = shown(channel)
    assert (url.value, url.is_set, url.hint) == ("https://hooks.example/a", True, "")
    assert (secret.value, secret.is_set, secret.hint) == ("", True, "aple")


def test_a_secret_that_is_left_empty_stays(channel):
    change_channel(channel, "ops 2", {"url": "https://hooks.example/b", "secret": ""}, "bob")
    channel.refresh_from_db()
    assert unlock(channel.secret) == {"secret": SECRET}
    assert (channel.name, channel.settings) == ("ops 2", {"url": "https://hooks.example/b"})


def test_a_secret_is_changed(channel):
    change_channel(channel, "ops", {**SAID, "secret": "another one of length"}, "bob")
    assert unlock(channel.secret) == {"secret": "another one of length"}
    assert channel.hints == {"secret": "ngth"}


def test_one_that_no_key_opens_says_so_until_it_is_entered_again(channel, settings):
    assert trouble(channel) == ""
    settings.SECRET_KEY = "another"
    assert "enter it again" in trouble(channel)
    with pytest.raises(BadChannel):
        change_channel(channel, "ops", {**SAID, "secret": ""}, "ada")
    change_channel(channel, "ops", SAID, "ada")
    assert trouble(channel) == ""


def test_all_are_encrypted_under_a_new_key(channel, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [old]
    call_command("encrypt_again", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    channel.refresh_from_db()
    assert unlock(channel.secret) == {"secret": SECRET}
    settings.SECRET_KEY = "newer"
    with pytest.raises(CommandError, match="of 1 channels can be read with none"):
        call_command("encrypt_again")
    assert lock_again() == 1


@pytest.mark.parametrize(
    ("kind", "name", "said", "field"),
    [
        ("pigeon", "a", SAID, "kind"),
        ("webhook", "", SAID, "name"),
        ("webhook", "a/b", SAID, "name"),
        ("webhook", "ops", SAID, "name"),
        ("webhook", "a", {**SAID, "url": "https://a.example/" + "a" * 2000}, "url"),
        ("webhook", "a", {**SAID, "secret": "a" * 20 + "\0"}, "secret"),
    ],
)
def test_what_is_wrong_is_said_by_field(project, channel, kind, name, said, field):
    with pytest.raises(BadChannel) as caught:
        create_channel(project.pk, kind, name, said, "ada")
    assert list(caught.value.errors) == [field]
    assert Channel.objects.count() == 1


def test_a_project_has_so_many(project):
    Channel.objects.bulk_create(
        Channel(project_id=project.pk, name=str(number)) for number in range(MOST_CHANNELS)
    )
    with pytest.raises(BadChannel, match="100 channels at most"):
        create_channel(project.pk, "webhook", "ops", SAID, "ada")


def test_changes_are_written_down(project, channel):
    switch_channel(channel, False, "bob")
    delete_channel(channel, "eve")
    assert [(each.who, each.what) for each in changes_of(project.pk, None, 9)] == [
        ("eve", "Deleted the channel ops"),
        ("bob", "Switched the channel ops off"),
        ("ada", "Added the channel ops"),
    ]


def test_a_message_is_delivered_once_on_each_channel(project, channel, message):
    other = create_channel(project.pk, "webhook", "other", SAID, "ada")
    first = deliver(project.pk, [channel, other], message)
    again = deliver(project.pk, [channel, other], replace(message, title="Otherwise"))
    assert [each.pk for each in first] == [each.pk for each in again]
    assert from_json(again[0].message) == message
    assert len(deliver(project.pk, [channel], replace(message, about="alert-event:13"))) == 1
    assert Delivery.objects.count() == 3


def test_a_channel_of_another_project_is_not_told(project, channel, message):
    other = create_project("other")
    assert deliver(other.pk, [channel], message) == []
    assert not Delivery.objects.exists()


def test_reading_stays_in_the_project(project, channel, message):
    (delivery,) = deliver(project.pk, [channel], message)
    other = create_project("other").pk
    assert channels_of(other) == deliveries_of(other) == []
    assert channel_of(other, channel.pk) is delivery_of(other, delivery.pk) is None
    assert channel_of(project.pk, channel.pk) == channel
    assert delivery_of(project.pk, delivery.pk) == delivery
    assert deliveries_about(other, [message.about]) == {message.about: []}
    assert deliveries_about(project.pk, [message.about, "a"]) == {
        message.about: [delivery],
        "a": [],
    }


def test_deliveries_are_listed_newest_first_in_one_query(
    project, channel, django_assert_num_queries
):
    made = [send_test(channel) for _ in range(5)]
    with django_assert_num_queries(1):
        found = deliveries_of(project.pk, limit=3)
        assert [each.channel.name for each in found] == ["ops"] * 3
    assert found == made[:1:-1]
    assert deliveries_of(project.pk, before=made[2].pk) == made[1::-1]
    assert deliveries_of(project.pk, channel=channel, state="sent") == []


def test_old_ones_that_are_over_are_forgotten(channel):
    old, waiting, new = (send_test(channel) for _ in range(3))
    Delivery.objects.exclude(pk=waiting.pk).update(state="sent")
    Delivery.objects.exclude(pk=new.pk).update(created_at=timezone.now() - KEPT - timedelta(1))
    forget_deliveries()
    assert set(Delivery.objects.all()) == {waiting, new}
    assert old not in Delivery.objects.all()


def test_a_message_is_kept_as_it_is(message):
    assert from_json(json.loads(json.dumps(to_json(message)))) == message
    assert Message("a", (), (), "/", "info", "b").text("https://a/") == "https://a/"


def test_what_is_cut_is_counted():
    assert one_line(" a\nb ", 10) == "a b"
    assert shortened("a" * 30, 30) == "a" * 30
    found = shortened("a" * 100, 40)
    assert len(found) <= 40
    assert found.rstrip(")").endswith(f"({100 - found.index('…')} more characters")
