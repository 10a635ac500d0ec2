"""Channels: where people are told of alerts. Secrets are entered, and never shown again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.alerts.read import rules_telling
from agentscope.budgets.read import budgets_telling
from agentscope.channels.kinds import BY_CODE, KINDS
from agentscope.channels.kinds.kind import BadChannel
from agentscope.channels.models import Channel
from agentscope.channels.read import channel_of, channels_of, deliveries_of, trouble
from agentscope.channels.write import (
    change_channel,
    create_channel,
    delete_channel,
    send_test,
    switch_channel,
)
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, page, who
from ui.channel_form import ChannelForm
from ui.delivery_words import channel_state

LATEST = 10  # deliveries on the page of a channel
MOST_NAMED = 20  # rules, and budgets, that tell it


@page
def all_channels(request: PageRequest) -> HttpResponse:
    """All channels by name, and the kinds of which there can be more."""
    return listed(request)


def listed(request: PageRequest) -> HttpResponse:
    """The list."""
    found = channels_of(request.project.pk)
    context = {
        "page": "alerts",
        "tab": "channels",
        "lines": [(each, BY_CODE[each.kind].LABEL, channel_state(each)) for each in found],
        "kinds": KINDS,
    }
    return render(request, "alerts/channels.html", context)


@form_page(to_read=Right.OPERATE)
def new_channel(request: PageRequest) -> HttpResponse:
    """A new channel of the kind that the address says; without one it is to be chosen first."""
    kind = request.GET.get("kind", "")
    if kind not in BY_CODE:
        return listed(request)
    form = ChannelForm(request.POST if request.method == "POST" else None, BY_CODE[kind])
    if form.is_valid():
        made = kept(request, form, None)
        if made is not None:
            return to(request, made)
    return show(request, form, None)


@form_page
def one_channel(request: PageRequest, channel: int) -> HttpResponse:
    """Change a channel."""
    found = known_channel(request, channel)
    said = request.POST if request.method == "POST" else None
    form = ChannelForm(said, BY_CODE[found.kind], found)
    if form.is_valid() and kept(request, form, found) is not None:
        return to(request, found)
    return show(request, form, found)


def kept(request: PageRequest, form: ChannelForm, found: Channel | None) -> Channel | None:
    """Save what the form says; None if something is wrong with it, which it then says itself."""
    name, said, by = form.cleaned_data["name"], form.said, who(request)
    try:
        if found is None:
            return create_channel(request.project.pk, form.kind.CODE, name, said, by)
        return change_channel(found, name, said, by)
    except BadChannel as problem:
        form.blame(problem)
        return None


@require_POST
@form_page
def try_channel(request: PageRequest, channel: int) -> HttpResponse:
    """Send a test, and go to the page of its delivery, which says what came of it."""
    delivery = send_test(known_channel(request, channel))
    return redirect("delivery", request.project.name, delivery.pk)


@require_POST
@form_page
def switch(request: PageRequest, channel: int) -> HttpResponse:
    """Switch a channel on or off, as the page that was looked at offered it."""
    found, is_on = known_channel(request, channel), request.POST.get("on") == "1"
    if found.enabled != is_on:
        switch_channel(found, is_on, who(request))
    return to(request, found)


@require_POST
@form_page
def drop_channel(request: PageRequest, channel: int) -> HttpResponse:
    """Delete a channel with its deliveries."""
    delete_channel(known_channel(request, channel), who(request))
    return redirect("channels", request.project.name)


def known_channel(request: PageRequest, pk: int) -> Channel:
    """A channel of the project. Raises Http404."""
    found = channel_of(request.project.pk, pk)
    if found is None:
        raise Http404("no such channel in this project")
    return found


def to(request: PageRequest, channel: Channel) -> HttpResponse:
    """The page of a channel, which says that it is saved."""
    address = reverse("channel", args=[request.project.name, channel.pk])
    return redirect(f"{address}?saved=1")


def uses(channel: Channel) -> list[dict[str, Any]]:
    """The rules and the budgets that tell a channel, each kind with the address of one, the first
    MOST_NAMED and how many more there are. Two queries."""
    kinds = [("rule", "alert-rule", rules_telling(channel))]
    kinds.append(("budget", "budget", budgets_telling(channel)))
    return [
        {"word": word, "page": page, "named": found[:MOST_NAMED], "more": len(found[MOST_NAMED:])}
        for word, page, found in kinds
        if found
    ]


def show(request: PageRequest, form: ChannelForm, found: Channel | None) -> HttpResponse:
    """The form of a channel, and its latest deliveries."""
    context: dict[str, Any] = {"page": "alerts", "tab": "channels", "form": form}
    context |= {"kind": form.kind, "saved": bool(request.GET.get("saved"))}
    if found is not None:
        latest = deliveries_of(request.project.pk, channel=found, limit=LATEST)
        context |= {"channel": found, "trouble": trouble(found), "deliveries": latest}
        context["uses"] = uses(found)
    return render(request, "alerts/channel.html", context)
