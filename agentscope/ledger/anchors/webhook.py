"""A receiver of checkpoints, each posted as JSON that is signed as channels sign."""

from __future__ import annotations

import json

from django.conf import settings

from agentscope.ledger.anchors.anchor import NotAnchored, Sender, shown
from agentscope.ledger.verifier import Checkpoint

CODE = "webhook"
LABEL = "Webhook (signed)"
VERSION = 1  # of the body
LEAST_SECRET = 16  # characters


def place() -> str:
    """The host of AGENTSCOPE_ANCHOR_WEBHOOK."""
    return shown(settings.AGENTSCOPE_ANCHOR_WEBHOOK)


def put(checkpoint: Checkpoint, sender: Sender) -> bytes:
    """Post it. Raises NotAnchored."""
    secret = settings.AGENTSCOPE_ANCHOR_SECRET
    if len(secret) < LEAST_SECRET:
        raise NotAnchored(f"AGENTSCOPE_ANCHOR_SECRET has less than {LEAST_SECRET} characters")
    said = {"version": VERSION, "about": "ledger.checkpoint", "checkpoint": checkpoint._asdict()}
    body = json.dumps(said).encode()
    headers = {"Content-Type": "application/json", **sender.signed(secret, body)}
    sender.post(settings.AGENTSCOPE_ANCHOR_WEBHOOK, body, headers)
    return b""
