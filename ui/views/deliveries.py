"""Deliveries: what was sent to whom, each attempt, and another one."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.channels.message import from_json
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.read import channel_of, channels_of, deliveries_of, delivery_of
from agentscope.channels.write import send_again
from ui.access import PageRequest, form_page, page, wants
from ui.address import address_of
from ui.delivery_words import DELIVERY
from ui.exports import Links, exports
from ui.views.mappings import is_number

PAGE = 50
OVER = (Delivery.State.SENT, Delivery.State.GIVEN_UP)
AGAIN = (Delivery.State.FAILED, Delivery.State.GIVEN_UP)


@page
def all_deliveries(request: PageRequest) -> HttpResponse:
    """The newest deliveries; `?state=` and `?channel=` filter."""
    asked, state = request.GET.get("channel", ""), request.GET.get("state", "")
    before = request.GET.get("after", "")
    state = state if state in Delivery.State.values else ""
    channel = channel_of(request.project.pk, int(asked)) if is_number(asked) else None
    found = deliveries_of(
        request.project.pk,
        channel=channel,
        state=state,
        before=int(before) if is_number(before) else None,
        limit=PAGE + 1,
    )
    shown = found[:PAGE]
    context = {
        "page": "alerts",
        "tab": "deliveries",
        "deliveries": shown,
        "states": [(each, words) for each, (words, _) in DELIVERY.items()],
        "channels": channels_of(request.project.pk),
        "state": state,
        "channel": channel,
        "exports": same_list(request, state, channel),
        "newest": address_of(request).with_() if before else "",
        "older": address_of(request).with_(after=str(shown[-1].pk)) if found[PAGE:] else "",
    }
    return render(request, "alerts/deliveries.html", context)


def same_list(request: PageRequest, state: str, channel: Channel | None) -> Links:
    """The list for machines, with the filters of this page."""
    said = {"state": state, "channel": str(channel.pk) if channel else ""}
    asked = {name: text for name, text in said.items() if text}
    return exports(reverse("api-deliveries"), {"project": request.project.name, **asked})


@page
def one_delivery(request: PageRequest, delivery: int) -> HttpResponse:
    """One delivery: what was said, and each attempt. htmx asks again until it is over."""
    found = known_delivery(request, delivery)
    context = {
        "page": "alerts",
        "tab": "deliveries",
        "delivery": found,
        "message": from_json(found.message),
        "attempts": [(datetime.fromisoformat(each["at"]), each) for each in found.log],
        "is_over": found.state in OVER,
        "may_again": found.state in AGAIN,
    }
    template = "_delivery" if wants(request, "delivery") else "delivery"
    return render(request, f"alerts/{template}.html", context)


@require_POST
@form_page
def again(request: PageRequest, delivery: int) -> HttpResponse:
    """Try a delivery again at once."""
    send_again(known_delivery(request, delivery))
    return redirect("delivery", request.project.name, delivery)


def known_delivery(request: PageRequest, pk: int) -> Delivery:
    """A delivery of the project. Raises Http404."""
    found = delivery_of(request.project.pk, pk)
    if found is None:
        raise Http404("no such delivery in this project")
    return found
