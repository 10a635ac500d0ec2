"""What senders write in the place of content that they took out before sending it.

Where that is all of an attribute, the attribute counts as absent when it is read; inside of
messages, arguments and results the rest is kept, but what they say as a whole is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentscope.vocabulary import Message

TAKEN_OUT = ("<REDACTED>", "[REDACTED]", "__REDACTED__", "<elided>")
SCRUBBED = "[Scrubbed due to "  # Logfire; the rest names the pattern that matched
HINTS = ("REDACTED", "<elided>", SCRUBBED)
WHOLE = re.compile(rf'"(?:(?:{"|".join(map(re.escape, TAKEN_OUT))})\\*"|{re.escape(SCRUBBED)})')


def hides(messages: Iterable[Message]) -> bool:
    """Whether a text, arguments or a result in some messages was taken out."""
    return any(
        said in TAKEN_OUT
        for message in messages
        for part in message.parts
        for said in (part.text, part.value)
        if isinstance(said, str)
    )


def may_hide(text: str) -> bool:
    """Whether something in a text may have been taken out, which is quick to see."""
    return HINTS[0] in text or HINTS[1] in text or HINTS[2] in text


def hides_value(text: str) -> bool:
    """Whether a text, or a value in a text of JSON, was taken out as a whole. That a document has
    such a word in it is another thing."""
    return may_hide(text) and (text in TAKEN_OUT or WHOLE.search(text) is not None)
