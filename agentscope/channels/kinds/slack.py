"""Slack, and what takes its incoming webhooks (Mattermost, Rocket.Chat, Discord with /slack).

Limits: docs.slack.dev/reference/block-kit/blocks. Receivers that know no blocks show `text` alone,
so all is in it.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

import orjson

from agentscope.channels.kinds.kind import Field, Letter, Settings
from agentscope.channels.kinds.posting import check_address, posted
from agentscope.channels.message import left_out, one_line, uncalled
from agentscope.channels.outcome import Outcome

CODE = "slack"
LABEL = "Slack or compatible"
FIELDS: tuple[Field, ...] = (
    Field(
        "url",
        "Address of the incoming webhook",
        "As https://hooks.slack.com/services/…; who knows it can write there.",
        is_secret=True,
    ),
)
MOST_TITLE, MOST_SECTION, MOST_FIELD, MOST_TEXT = 150, 3000, 2000, 4000  # characters
MOST_FIELDS = 10  # of a section


def check(settings: Settings) -> None:
    """Raises BadChannel."""
    check_address("url", settings.get("url", ""))


def send(letter: Letter) -> Outcome:
    """Post it."""
    return posted(letter.settings["url"], orjson.dumps(body_of(letter)), {})


def body_of(letter: Letter) -> dict[str, Any]:
    """The message in blocks, and as text."""
    message = letter.message
    text = f"*{one_line(message.title, MOST_TITLE)}*\n{message.text(letter.address)}"
    title = {"type": "plain_text", "text": one_line(message.title, MOST_TITLE), "emoji": False}
    said = section("\n".join(message.sentences) or message.title)
    facts = [marked(f"{name}: {value}", MOST_FIELD) for name, value in message.facts]
    tables = [
        {"type": "section", "fields": facts[first : first + MOST_FIELDS]}
        for first in range(0, len(facts), MOST_FIELDS)
    ]
    link = section(letter.address)
    return {
        "text": escaped(text, MOST_TEXT),
        "blocks": [{"type": "header", "text": title}, said, *tables, link],
    }


def section(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "section", "text": marked(text, MOST_SECTION)}


def marked(text: str, most: int) -> dict[str, Any]:
    """Text in Slack's markup, in which none of ours is any."""
    return {"type": "mrkdwn", "text": escaped(text, most), "verbatim": True}


def escaped(text: str, most: int) -> str:
    """Text without Slack's control characters, nor those of what takes its webhooks, of at most so
    many characters when escaped: `<!channel>` or `@all` in a name of a tool calls nobody."""
    text = uncalled(text)
    whole = plain(text)
    if len(whole) <= most:
        return whole
    lengths = list(accumulate(len(plain(each)) for each in text))
    kept = bisect_right(lengths, most - len(left_out(len(text))))
    return plain(text[:kept]) + left_out(len(text) - kept)


def plain(text: str) -> str:
    """Text in which Slack finds no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
