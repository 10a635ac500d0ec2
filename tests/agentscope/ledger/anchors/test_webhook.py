"""Checkpoints that are posted, signed."""

import json

import pytest

from agentscope.ledger.anchors import webhook
from agentscope.ledger.anchors.anchor import NotAnchored

SECRET = "s" * webhook.LEAST_SECRET


def test_it_is_posted_and_signed(checkpoint, sender, settings):
    settings.AGENTSCOPE_ANCHOR_WEBHOOK = "https://kept.example/here"
    settings.AGENTSCOPE_ANCHOR_SECRET = SECRET
    assert webhook.put(checkpoint, sender) == b""
    ((url, body, headers),) = sender.posted
    assert url == "https://kept.example/here"
    assert headers["Signed"] == f"{SECRET} {len(body)}"
    said = json.loads(body)
    assert (said["version"], said["checkpoint"]) == (1, checkpoint._asdict())


def test_without_a_secret_nothing_is_posted(checkpoint, sender, settings):
    settings.AGENTSCOPE_ANCHOR_SECRET = SECRET[1:]
    with pytest.raises(NotAnchored, match="less than 16 characters"):
        webhook.put(checkpoint, sender)
    assert sender.posted == []
