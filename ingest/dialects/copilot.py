"""GitHub Copilot, in the terminal and in VS Code: OpenTelemetry's names, and a few of its own.

`github.copilot.cost` counts premium requests and `github.copilot.nano_aiu` another unit. Neither is
money, so no table here names them: they stay in the attributes."""

from __future__ import annotations

from ingest.reading.source import Events, Fields, Flattened, Refinements, Source

NAME = "copilot"

FIELDS: Fields = {
    "copilot_chat.session_id": Source("conversation", 62),
    "copilot_chat.chat_session_id": Source("conversation", 64),
}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {}
