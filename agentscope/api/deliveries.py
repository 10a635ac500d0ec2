"""What was sent to whom, read by machine, and another attempt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.channels_shapes import (
    STATES,
    DeliveriesShape,
    DeliveryShape,
    OneDeliveryShape,
)
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.managed import ACCEPTED, ManagedView, changing, created
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.channels.message import data_of, from_json
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.read import channel_of, deliveries_of, delivery_of
from agentscope.channels.write import send_again

A_PAGE, AT_ONCE = 50, 500
HEAD = (
    *("id", "uid", "channel", "channel_name", "about", "title"),
    *("state", "attempts", "next_at", "created_at", "sent_at"),
)
TAKEN = [
    *parameters.PROJECT,
    OpenApiParameter("state", str, enum=STATES),
    OpenApiParameter("channel", int, description="through this channel"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"deliveries, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]


class DeliveriesView(ManagedView):
    takes = TAKEN

    @described("list_deliveries", {200: DeliveriesShape}, TAKEN)
    def get(self, request: Request) -> HttpResponseBase:
        """What was sent, the newest first; as csv all of it from `cursor` on."""
        said = request.query_params
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        state, channel = parameters.one_of(said, "state", STATES), self.channel(request)
        before = parameters.identity(said, "cursor")
        if is_csv(said):
            rows = cells(self.project.pk, channel, state, before)
            return csv_answer("deliveries", HEAD, rows)
        found = deliveries_of(
            self.project.pk, channel=channel, state=state, before=before, limit=limit + 1
        )
        bodies = [delivery_body(each) for each in found[:limit]]
        more = str(bodies[-1]["id"]) if len(found) > limit else None
        return json_answer({"deliveries": bodies, "next": more})

    def channel(self, request: Request) -> Channel | None:
        """The channel that is asked about; None for all. Raises Refused."""
        said = request.query_params
        number = parameters.identity(said, "channel")
        if number is None:
            return None
        found = channel_of(self.project.pk, number)
        if found is None:
            raise Refused(BAD_REQUEST, f"channel: this project has no channel {number}.")
        return found


class DeliveryView(ManagedView):
    @described("read_delivery", {200: OneDeliveryShape})
    def get(self, request: Request, delivery_id: int) -> HttpResponse:
        """One delivery: what was said, and each attempt."""
        return json_answer(whole_body(known(self.project.pk, delivery_id)))


class RetryView(ManagedView):
    @changing("retry_delivery", None, {202: DeliveryShape})
    def post(self, request: Request, delivery_id: int) -> HttpResponse:
        """Try a delivery again at once, and as often as a new one."""
        found = known(self.project.pk, delivery_id)
        if not send_again(found):
            raise Refused(BAD_REQUEST, "It was sent, or it is being sent: there is nothing to do.")
        return created(delivery_body(known(self.project.pk, delivery_id)), ACCEPTED)


def known(project_id: int, number: int) -> Delivery:
    """A delivery of a project. Raises Refused."""
    found = delivery_of(project_id, min(number, parameters.LARGEST_ID))
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no delivery {number}.")
    return found


def cells(
    project_id: int, channel: Channel | None, state: str, before: int | None
) -> Iterator[tuple[object, ...]]:
    """A line for each delivery, as HEAD names its cells, read page by page."""
    while found := deliveries_of(
        project_id, channel=channel, state=state, before=before, limit=AT_ONCE
    ):
        yield from (tuple(delivery_body(each).values()) for each in found)
        before = found[-1].pk


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    """A delivery as DeliveryShape, in the order of HEAD."""
    return {
        "id": delivery.pk,
        "uid": str(delivery.uid),
        "channel": delivery.channel_id,
        "channel_name": delivery.channel.name,
        "about": delivery.about,
        "title": from_json(delivery.message).title,
        **{name: getattr(delivery, name) for name in HEAD[6:]},
    }


def whole_body(delivery: Delivery) -> dict[str, Any]:
    """A delivery as OneDeliveryShape."""
    message = from_json(delivery.message)
    said = {name: getattr(message, name) for name in ("title", "sentences", "link", "severity")}
    facts = [{"name": name, "value": value} for name, value in message.facts]
    whole = {**said, "facts": facts, **data_of(message)}
    return {**delivery_body(delivery), "message": whole, "log": delivery.log}
