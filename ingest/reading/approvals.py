"""Answers that ask a person for leave before a tool runs. The call or the agent ends with the
request, and goes on when somebody has answered it."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Meaning, Message, Status

ASKED = (Kind.LLM, Kind.AGENT)
# OpenAI's Responses API, Microsoft's Agent Framework, Vercel's AI SDK
REQUESTS = {
    "mcp_approval_request",
    "function_approval_request",
    "tool_approval_request",
    "tool-approval-request",
}


def say_approval(meaning: Meaning) -> None:
    """A step whose last words are a request for approval waits for a person, unless it failed."""
    said = meaning.content.output_messages
    if said and meaning.kind in ASKED and meaning.status is not Status.ERROR:
        meaning.status = Status.WAITING if asks(said[-1]) else meaning.status


def asks(message: Message) -> bool:
    """Whether a message asks for approval."""
    others = (part.value for part in message.parts if part.type == "other")
    return any(isinstance(said, dict) and said.get("type") in REQUESTS for said in others)
