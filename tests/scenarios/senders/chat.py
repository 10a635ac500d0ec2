"""Messages as OpenAI's chat API has them, which several senders pass on."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.steps import Call, Turn


def message(turn: Turn) -> dict[str, Any]:
    """A turn of a conversation. A call without words has null for a text."""
    said: dict[str, Any] = {"role": turn.role, "content": turn.text or None}
    if turn.role == "tool":
        return {"role": "tool", "content": turn.text, "tool_call_id": turn.call_id}
    if turn.calls:
        said["tool_calls"] = [tool_call(call) for call in turn.calls]
    elif turn.text == "":
        said["content"] = ""
    return said


def tool_call(call: Call) -> dict[str, Any]:
    """What was asked of a tool, with the arguments as a text."""
    asked = {"name": call.tool, "arguments": json.dumps(call.arguments)}
    return {"id": call.id, "type": "function", "function": asked}
