"""Making and changing channels, with an entry in the project's log; having messages delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from agentscope.channels.kinds import BY_CODE
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.locked import CannotUnlock, hint, lock, unlock
from agentscope.channels.message import Message, to_json
from agentscope.channels.models import Channel, Delivery
from agentscope.projects.changes import note_change
from agentscope.projects.write import is_name

KEPT = timedelta(days=90)  # deliveries
MOST_CHANNELS = 100  # of a project
LONGEST_VALUE = 2000  # characters of a field
OVER = (Delivery.State.SENT, Delivery.State.GIVEN_UP)
TEST = Message(
    "This is a test",
    (
        "AgentScope can tell you here when a rule of this project fires.",
        "There is nothing to do.",
    ),
    (),
    "/",
    "info",
    "",
)


def create_channel(
    project_id: int, kind: str, name: str, said: Mapping[str, str], who: str
) -> Channel:
    """A new channel, by what was said in the fields of its kind. Raises BadChannel."""
    if kind not in BY_CODE:
        raise BadChannel(kind="There is no such kind of channel.")
    if Channel.objects.filter(project_id=project_id).count() >= MOST_CHANNELS:
        raise BadChannel(name=f"A project has {MOST_CHANNELS} channels at most.")
    channel = Channel(project_id=project_id, kind=kind, created_by=who)
    return kept(channel, name, said, who, "Added")


def change_channel(channel: Channel, name: str, said: Mapping[str, str], who: str) -> Channel:
    """A channel with other settings; a secret that is left empty stays as it is. Raises
    BadChannel."""
    return kept(channel, name, said, who, "Changed")


@transaction.atomic
def kept(channel: Channel, name: str, said: Mapping[str, str], who: str, verb: str) -> Channel:
    """Check a channel and write it down."""
    if not is_name(name):
        raise BadChannel(name="A name has 1 to 100 printable characters and no slash.")
    before = as_said(channel) if channel.pk else {}
    channel.name = name.strip()
    fill(channel, said)
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise BadChannel(name=f"There is a channel “{channel.name}” already.") from None
    what, details = (
        f"{verb} the channel {channel.name}",
        {"before": before, "after": as_said(channel)},
    )
    note_change(
        "channel", channel.project_id, who, what, details | {"secrets": entered(channel, said)}
    )
    return channel


def as_said(channel: Channel) -> dict[str, Any]:
    """A channel as it is noted: without its secrets."""
    plain = {name: getattr(channel, name) for name in ("name", "kind", "enabled")}
    return {**plain, **channel.settings}


def entered(channel: Channel, said: Mapping[str, str]) -> list[str]:
    """The names of the secrets that were entered, and so may be others now."""
    fields = BY_CODE[channel.kind].FIELDS
    return [each.name for each in fields if each.is_secret and said.get(each.name, "").strip()]


def fill(channel: Channel, said: Mapping[str, str]) -> None:
    """Take over what was said in the fields of a channel's kind. Raises BadChannel."""
    kind = BY_CODE[channel.kind]
    before = known(channel)
    secrets, open_ones = {}, {}
    for field in kind.FIELDS:
        value = said.get(field.name, "").strip()
        if len(value) > LONGEST_VALUE or "\0" in value:
            raise BadChannel(**{field.name: f"{LONGEST_VALUE} characters at most."})
        if field.is_secret:
            secrets[field.name] = value or before.get(field.name, "")
        else:
            open_ones[field.name] = value
    kind.check({**open_ones, **secrets})
    channel.settings, channel.secret = open_ones, lock(secrets)
    channel.hints = {name: hint(secret) for name, secret in secrets.items()}


def known(channel: Channel) -> dict[str, str]:
    """The secrets of a channel; none if they have to be entered again."""
    try:
        return unlock(channel.secret)
    except CannotUnlock:
        return {}


@transaction.atomic
def switch_channel(channel: Channel, enabled: bool, who: str) -> None:
    """Switch a channel on or off. What comes due while it is off is given up, and says so."""
    before, channel.enabled = channel.enabled, enabled
    channel.save(update_fields=["enabled"])
    what = f"Switched the channel {channel.name} {'on' if enabled else 'off'}"
    details = {"before": {"enabled": before}, "after": {"enabled": enabled}}
    note_change("channel", channel.project_id, who, what, details)


@transaction.atomic
def delete_channel(channel: Channel, who: str) -> None:
    """Delete a channel with its deliveries."""
    what, details = f"Deleted the channel {channel.name}", {"before": as_said(channel)}
    note_change("channel", channel.project_id, who, what, details)
    channel.delete()


def deliver(project_id: int, channels: Sequence[Channel], message: Message) -> list[Delivery]:
    """Have a message sent through channels, once the transaction of the caller is committed. What a
    channel was told already (Message.about) it is not told again. The deliveries, new or not."""
    own = [each for each in channels if each.project_id == project_id]
    kept_as = to_json(message)
    Delivery.objects.bulk_create(
        [
            Delivery(project_id=project_id, channel=each, about=message.about, message=kept_as)
            for each in own
        ],
        ignore_conflicts=True,
    )
    found = Delivery.objects.filter(project_id=project_id, channel__in=own, about=message.about)
    return list(found.order_by("channel_id"))


def send_test(channel: Channel) -> Delivery:
    """Have a test sent through a channel, the way that everything goes: by a worker, within a
    second or two. The delivery says what came of it."""
    message = Message(**{**to_json(TEST), "about": f"test:{uuid4()}"})
    (delivery,) = deliver(channel.project_id, [channel], message)
    return delivery


def send_again(delivery: Delivery) -> bool:
    """Try a delivery again at once, and as often as a new one; its receiver sees the same id. False
    if it was sent, or is being sent."""
    may = (Delivery.State.FAILED, Delivery.State.GIVEN_UP, Delivery.State.WAITING)
    ours = Delivery.objects.filter(pk=delivery.pk, state__in=may)
    return bool(ours.update(state=Delivery.State.WAITING, attempts=0, next_at=timezone.now()))


def forget_deliveries() -> None:
    """Delete deliveries that are over and older than KEPT."""
    old = timezone.now() - KEPT
    Delivery.objects.filter(created_at__lt=old, state__in=OVER).delete()


def lock_again() -> int:
    """Encrypt all secrets under the newest key, so that older ones are needed no longer; how many
    channels were left out, because no known key opens them."""
    left_out = 0
    for channel in Channel.objects.exclude(secret="").iterator():
        try:
            secret = lock(unlock(channel.secret))
        except CannotUnlock:
            left_out += 1
            continue
        Channel.objects.filter(pk=channel.pk, secret=channel.secret).update(secret=secret)
    return left_out
