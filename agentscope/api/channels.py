"""Channels, read, changed and tried by machine. What is secret of them is written only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.channels_shapes import (
    ChangedChannelShape,
    ChannelShape,
    ChannelsShape,
    DeliveryShape,
    NewChannelShape,
)
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.deliveries import delivery_body
from agentscope.api.json_body import bad, check_known, json_body, text
from agentscope.api.managed import (
    ACCEPTED,
    GONE,
    NOTHING,
    ManagedView,
    changing,
    created,
    who,
)
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.channels.kinds import BY_CODE
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.models import Channel
from agentscope.channels.read import channel_of, channels_of, shown, trouble
from agentscope.channels.write import (
    change_channel,
    create_channel,
    delete_channel,
    send_test,
    switch_channel,
)

TAKEN = [*parameters.PROJECT, FORMAT]
HEAD = ("id", "name", "kind", "enabled", "last_at", "last_state", "last_reason", "created_by")


class ChannelsView(ManagedView):
    takes = TAKEN

    @described("list_channels", {200: ChannelsShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """All channels by name, and what came of the last attempt of each."""
        found = channels_of(self.project.pk)
        if is_csv(request.query_params):
            rows = ([getattr(each, name) for name in HEAD] for each in found)
            return csv_answer("channels", HEAD, rows)
        bodies = [channel_body(each) for each in found]
        return json_answer({"channels": bodies, "total": len(bodies)})

    @changing("add_channel", NewChannelShape, {201: ChannelShape})
    def post(self, request: Request) -> HttpResponse:
        """A new channel."""
        said = json_body(request)
        check_known(said, ("kind", "name", "settings", "enabled"))
        kind, enabled = text(said, "kind"), is_on(said)
        if kind not in BY_CODE:
            raise bad("kind", kind, f"one of {', '.join(BY_CODE)}")
        with naming_fields():
            name, settings = text(said, "name"), settings_of(said, kind)
            made = create_channel(self.project.pk, kind, name, settings, who(request))
        if enabled is False:
            switch_channel(made, False, who(request))
        return created(channel_body(made))


class ChannelView(ManagedView):
    @described("read_channel", {200: ChannelShape})
    def get(self, request: Request, channel_id: int) -> HttpResponse:
        """One channel."""
        return json_answer(channel_body(known(self.project.pk, channel_id)))

    @changing("change_channel", ChangedChannelShape, {200: ChannelShape})
    def patch(self, request: Request, channel_id: int) -> HttpResponse:
        """Change what is said of a channel; a secret that is not said stays."""
        said, found = json_body(request), known(self.project.pk, channel_id)
        check_known(said, ("name", "settings", "enabled"))
        enabled, by = is_on(said), who(request)
        if "name" in said or "settings" in said:
            settings = {**found.settings, **settings_of(said, found.kind)}
            name = text(said, "name") if "name" in said else found.name
            with naming_fields():
                change_channel(found, name, settings, by)
        if enabled is not None and enabled != found.enabled:
            switch_channel(found, enabled, by)
        return json_answer(channel_body(found))

    @changing("delete_channel", None, NOTHING)
    def delete(self, request: Request, channel_id: int) -> HttpResponse:
        """Delete a channel with its deliveries."""
        delete_channel(known(self.project.pk, channel_id), who(request))
        return HttpResponse(status=GONE)


class TestView(ManagedView):
    @changing("test_channel", None, {202: DeliveryShape})
    def post(self, request: Request, channel_id: int) -> HttpResponse:
        """Send a test, the way that everything goes; its delivery says what came of it."""
        delivery = send_test(known(self.project.pk, channel_id))
        return created(delivery_body(delivery), ACCEPTED)


def known(project_id: int, number: int) -> Channel:
    """A channel of a project. Raises Refused."""
    found = channel_of(project_id, min(number, parameters.LARGEST_ID))
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no channel {number}.")
    return found


def is_on(said: Mapping[str, Any]) -> bool | None:
    """Whether a channel is to be on; None where nothing is said. Raises Refused."""
    found = said.get("enabled")
    if found is not None and not isinstance(found, bool):
        raise bad("enabled", found, "true or false")
    return found


def settings_of(said: Mapping[str, Any], kind: str) -> dict[str, str]:
    """What is said in the fields of a kind. Raises Refused."""
    found = said.get("settings") or {}
    if not isinstance(found, dict):
        raise bad("settings", found, "an object")
    check_known(found, [field.name for field in BY_CODE[kind].FIELDS])
    return {name: text(found, name) for name in found}


@contextmanager
def naming_fields() -> Iterator[None]:
    """What cannot be sent with is told by the name of its field. Raises Refused."""
    try:
        yield
    except BadChannel as error:
        said = "; ".join(f"{name}: {why}" for name, why in error.errors.items())
        raise Refused(BAD_REQUEST, said) from error


def channel_body(channel: Channel) -> dict[str, Any]:
    """A channel as ChannelShape: of what is secret the last characters at most."""
    fields = shown(channel)
    return {
        **{name: getattr(channel, name) for name in ("id", "name", "kind", "enabled")},
        "settings": {each.field.name: each.value for each in fields if not each.field.is_secret},
        "secrets": [
            {"name": each.field.name, "is_set": each.is_set, "hint": each.hint}
            for each in fields
            if each.field.is_secret
        ],
        "trouble": trouble(channel),
        **{name: getattr(channel, name) for name in ("last_at", "last_state", "last_reason")},
        "created_by": channel.created_by,
        "created_at": channel.created_at,
    }
