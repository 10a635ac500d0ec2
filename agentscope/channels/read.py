"""Channels and deliveries as pages and the API show them: never a secret, never those of another
project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentscope.channels.kinds import BY_CODE
from agentscope.channels.kinds.kind import Field
from agentscope.channels.locked import CannotUnlock, unlock
from agentscope.channels.models import Channel, Delivery

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form or a page shows of a field."""

    field: Field
    value: str  # of what is secret nothing
    is_set: bool
    hint: str  # the last characters of what is secret


def channels_of(project_id: int) -> list[Channel]:
    """The channels of a project, by name."""
    return list(Channel.objects.filter(project_id=project_id).order_by("name"))


def channel_of(project_id: int, pk: int) -> Channel | None:
    """A channel of a project."""
    return Channel.objects.filter(project_id=project_id, pk=pk).first()


def shown(channel: Channel) -> list[Shown]:
    """The fields of a channel, in the order of its form."""
    return [
        Shown(field, "", field.name in channel.hints, channel.hints.get(field.name, ""))
        if field.is_secret
        else Shown(field, said := channel.settings.get(field.name, ""), bool(said), "")
        for field in BY_CODE[channel.kind].FIELDS
    ]


def trouble(channel: Channel) -> str:
    """Why nothing can be sent through a channel, where that is known without trying; else empty."""
    try:
        unlock(channel.secret)
    except CannotUnlock as error:
        return str(error)
    return ""


def deliveries_of(
    project_id: int,
    *,
    channel: Channel | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = NEWEST,
) -> list[Delivery]:
    """The newest deliveries with their channels, of those before the one with this number."""
    found = Delivery.objects.filter(project_id=project_id).select_related("channel")
    if channel is not None:
        found = found.filter(channel=channel)
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])


def delivery_of(project_id: int, pk: int) -> Delivery | None:
    """A delivery of a project, with its channel."""
    found = Delivery.objects.filter(project_id=project_id, pk=pk)
    return found.select_related("channel").first()


def deliveries_about(project_id: int, abouts: Sequence[str]) -> dict[str, list[Delivery]]:
    """How people were told of these, with the channels."""
    found = Delivery.objects.filter(project_id=project_id, about__in=abouts)
    told: dict[str, list[Delivery]] = {each: [] for each in abouts}
    for delivery in found.select_related("channel").order_by("pk"):
        told[delivery.about].append(delivery)
    return told
