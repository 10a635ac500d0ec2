"""The networks that are sent to beside public addresses, as the operator set them."""

from __future__ import annotations

from django.conf import settings

from agentscope.channels.guard import Network


def allowed_networks() -> tuple[Network, ...]:
    """AGENTSCOPE_ALLOWED_NETWORKS. Those of this machine count in an embedded installation only:
    there everybody who can name a target is on this machine already."""
    said: tuple[Network, ...] = settings.AGENTSCOPE_ALLOWED_NETWORKS
    return tuple(each for each in said if settings.AGENTSCOPE_EMBEDDED or not each.is_loopback)
