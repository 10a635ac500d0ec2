"""What senders write in the place of content that they took out before sending it.

Where that is all of an attribute, the attribute counts as absent when it is read; inside of
messages the rest is kept, and only what was taken out is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentscope.vocabulary import Message

TAKEN_OUT = ("<REDACTED>", "[REDACTED]", "__REDACTED__", "<elided>")


def hides(messages: Iterable[Message]) -> bool:
    """Whether a text, arguments or a result in some messages was taken out."""
    return any(
        said in TAKEN_OUT
        for message in messages
        for part in message.parts
        for said in (part.text, part.value)
        if isinstance(said, str)
    )
