"""What is shown of where checkpoints go."""

import pytest

from agentscope.ledger.anchors import timestamp, webhook
from agentscope.ledger.anchors.anchor import shown


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://kept.example/hooks/s3cret?token=s3cret#s3cret", "https://kept.example"),
        ("https://s3cret:s3cret@kept.example:8443", "https://kept.example:8443"),
        ("http://[::1]:80?s3cret", "http://[::1]:80"),
        ("kept.example/s3cret", "an address that cannot be read"),
        ("https:///s3cret", "an address that cannot be read"),
        ("", ""),
    ],
)
def test_nothing_that_may_be_secret_is_shown(settings, address, wanted):
    assert shown(address) == wanted
    settings.AGENTSCOPE_ANCHOR_WEBHOOK = settings.AGENTSCOPE_ANCHOR_TIMESTAMPS = address
    assert (webhook.place(), timestamp.place()) == (wanted, wanted)
