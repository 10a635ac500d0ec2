"""Webhook: JSON that is signed, so that its receiver knows that it is ours, whole and new."""

from __future__ import annotations

import hmac
from hashlib import sha256
from time import time
from typing import Any

import orjson

from agentscope.channels.kinds.kind import BadChannel, Field, Letter, Settings
from agentscope.channels.kinds.posting import check_address, posted
from agentscope.channels.message import data_of
from agentscope.channels.outcome import Outcome

CODE = "webhook"
LABEL = "Webhook (signed)"
FIELDS: tuple[Field, ...] = (
    Field("url", "Address", "Begins with https://. It is shown: put no secret into it."),
    Field(
        "secret",
        "Secret",
        "At least 16 characters that the receiver knows too: it signs what is sent.",
        is_secret=True,
    ),
)
VERSION = 1  # of the body
LEAST_SECRET = 16  # characters


def check(settings: Settings) -> None:
    """Raises BadChannel."""
    check_address("url", settings.get("url", ""))
    if len(settings.get("secret", "")) < LEAST_SECRET:
        raise BadChannel(secret=f"A secret has at least {LEAST_SECRET} characters.")


def send(letter: Letter) -> Outcome:
    """Post it, signed for this moment."""
    body = orjson.dumps(body_of(letter))
    headers = signed(letter.settings["secret"], body) | {"X-AgentScope-Delivery": str(letter.uid)}
    return posted(letter.settings["url"], body, headers)


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers that sign a body for this moment."""
    timestamp = str(int(time()))
    return {
        "X-AgentScope-Timestamp": timestamp,
        "X-AgentScope-Signature": signature(secret, timestamp, body),
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a receiver compares with: the timestamp is signed too, so that what was recorded cannot
    be sent once more later."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def body_of(letter: Letter) -> dict[str, Any]:
    """The same on each attempt."""
    message = letter.message
    return {
        "version": VERSION,
        "delivery": str(letter.uid),
        "project": letter.project,
        "about": message.about,
        "severity": message.severity,
        "title": message.title,
        "sentences": message.sentences,
        "facts": [{"name": name, "value": value} for name, value in message.facts],
        "url": letter.address,
        **data_of(message),
        "created_at": letter.at.isoformat(),
    }
