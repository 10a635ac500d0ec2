"""How deliveries stand and what the last one of a channel came to, in words with their tones."""

from __future__ import annotations

from agentscope.channels.models import Channel, Delivery

DELIVERY = {
    Delivery.State.WAITING: ("waiting", "warn"),
    Delivery.State.SENDING: ("being sent", "warn"),
    Delivery.State.SENT: ("sent", "good"),
    Delivery.State.FAILED: ("failed, tried again", "warn"),
    Delivery.State.GIVEN_UP: ("given up", "bad"),
}


def delivery_words(delivery: Delivery) -> tuple[str, str]:
    """How a delivery stands, and its tone."""
    return DELIVERY[Delivery.State(delivery.state)]


def channel_state(channel: Channel) -> tuple[str, str]:
    """How the last attempt of a channel went, and its tone; nothing before the first."""
    if not channel.enabled:
        return "off", ""
    if not channel.last_state:
        return "", ""
    return DELIVERY[Delivery.State(channel.last_state)]
