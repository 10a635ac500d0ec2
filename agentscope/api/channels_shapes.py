"""How channels and deliveries look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.alerts.machine import Notice
from agentscope.alerts.models import SEVERITIES
from agentscope.api.fields import Shape, count, text
from agentscope.channels.kinds import KINDS
from agentscope.channels.models import Delivery

CODES = tuple(kind.CODE for kind in KINDS)
STATES = tuple(Delivery.State.values)
FIELDS = "; ".join(
    f"{kind.CODE}: {', '.join(field.name for field in kind.FIELDS)}" for kind in KINDS
)


class ChangedChannelShape(Shape):
    """What is not said stays as it is."""

    name = serializers.CharField(required=False)
    settings = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text=f"by the fields of its kind ({FIELDS}); what is secret is never shown again",
    )
    enabled = serializers.BooleanField(required=False)


class NewChannelShape(ChangedChannelShape):
    kind = serializers.ChoiceField(CODES)
    name = serializers.CharField()
    settings = serializers.DictField(
        child=serializers.CharField(), help_text=f"by the fields of its kind: {FIELDS}"
    )


class SecretShape(Shape):
    name = text("of the field")
    is_set = serializers.BooleanField()
    hint = text("its last characters; of a short one nothing")


class ChannelShape(Shape):
    """Where people want to be told."""

    id = serializers.IntegerField()
    name = text()
    kind = serializers.ChoiceField(CODES)
    enabled = serializers.BooleanField()
    settings = serializers.DictField(child=serializers.CharField(allow_blank=True))
    secrets = SecretShape(many=True, help_text="which there are")
    trouble = text("why nothing can be sent")
    last_at = serializers.DateTimeField(
        allow_null=True, help_text="of the last attempt, as the next two"
    )
    last_state = serializers.ChoiceField(STATES, allow_blank=True)
    last_reason = text()
    created_by = text()
    created_at = serializers.DateTimeField()


class ChannelsShape(Shape):
    channels = ChannelShape(many=True, help_text="by name")
    total = count()


class DeliveryShape(Shape):
    """A message on its way through a channel."""

    id = serializers.IntegerField()
    uid = serializers.UUIDField(help_text="that its receiver sees, the same on each attempt")
    channel = serializers.IntegerField()
    channel_name = text()
    about = text("`alert-event:` and its id, or `test:`")
    title = text()
    state = serializers.ChoiceField(
        STATES, help_text="failed: it is tried again at `next_at`; given_up: it is not"
    )
    attempts = count()
    next_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class DeliveriesShape(Shape):
    deliveries = DeliveryShape(many=True, help_text="the newest first")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


class AttemptShape(Shape):
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(STATES, help_text="that it left the delivery in")
    status = serializers.IntegerField(allow_null=True, help_text="of HTTP or SMTP")
    reason = text()
    ms = count("that it took")


def nullable(about: str) -> serializers.CharField:
    """A text, or null where nothing is known."""
    return serializers.CharField(allow_null=True, allow_blank=True, help_text=about)


class DeliveredFactShape(Shape):
    name = text()
    value = text()


class DeliveredBudgetShape(Shape):
    id = serializers.IntegerField()
    name = text()


class DeliveredMessageShape(Shape):
    """What is told; from `budget` on for machines, null where it is of no budget or not known. A
    webhook is sent the same fields."""

    title = text()
    sentences = serializers.ListField(child=serializers.CharField())
    facts = DeliveredFactShape(many=True)
    link = text("to the evidence: a path of the pages")
    severity = serializers.ChoiceField(SEVERITIES)
    budget = DeliveredBudgetShape(allow_null=True, help_text="whose level is told of")
    level = nullable("soft or hard")
    notice = nullable(f"{', '.join(Notice)}: what happened at the level")
    group = nullable("whose budget it is; empty: everybody's; null: of several")
    session = nullable("that the budget is of")
    trace = nullable("likewise, 32 hex digits")
    unit = nullable("of the amounts: usd or tokens")
    spent = nullable("a decimal, what is known of it: see unpriced_calls")
    limit = nullable("the limit of the budget, likewise")
    unpriced_calls = serializers.IntegerField(allow_null=True, help_text="calls not in `spent`")


class OneDeliveryShape(DeliveryShape):
    """A delivery with what was said, and each attempt."""

    message = DeliveredMessageShape()
    log = AttemptShape(many=True, help_text="the first one first")
