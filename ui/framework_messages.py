"""Messages in what a framework wrote down of its state, as JSON or as the `repr` of its objects.
Pure; nothing is evaluated but quoted texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import orjson

from agentscope.transcript.news import Plain

ROLES = {"human": "user", "ai": "assistant"}  # as LangChain calls them
NO_TEXT: Plain = {"role": "", "parts": []}
CUT_OFF = "(its sender cut it off before what was said)"
LONGEST = 100_000  # characters of a text that is looked into
AROUND = ("inputs", "outputs", "ev")  # what a state lies in
DEEPEST = 3  # of these in each other
QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
# LangChain: `content='noted' name='note' tool_call_id='…'`, without a role
LANGCHAIN = re.compile(rf"content=({QUOTED})(?= |$)")
LANGCHAIN_CALL = re.compile(rf"\{{'name': ({QUOTED}), 'args': (\{{.{{0,500}}?\}}), 'id': ")
# LlamaIndex: `ChatMessage(role=<MessageRole.USER: 'user'>, …, blocks=[TextBlock(…), …])`
LLAMAINDEX = re.compile(r"ChatMessage\(role=<MessageRole\.\w+: '(\w+)'>")
LLAMAINDEX_BLOCK = re.compile(
    rf"TextBlock\(block_type='text', text=(?P<text>{QUOTED})"
    rf"|ToolCallBlock\(.{{0,200}}?tool_name=(?P<name>{QUOTED})"
    rf", tool_kwargs=(?P<given>{QUOTED}|\{{.{{0,500}}?\}})\)",
    re.DOTALL,
)


def messages_of_state(value: Any) -> list[Plain]:
    """The messages of a state; empty where there are none, or the last, which is the one that is
    shown, has neither text nor call."""
    found = [each or NO_TEXT for each in read(decoded(value))]
    return found if found and found[-1]["parts"] else []


def decoded(value: Any) -> Any:
    """What a text is the JSON of; else the value itself."""
    if not isinstance(value, str) or not value.startswith("{") or len(value) > LONGEST:
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def read(state: Any, depth: int = DEEPEST) -> list[Plain]:
    """The messages that are known by their form, empty ones for others."""
    if isinstance(state, str) and len(state) <= LONGEST:
        return of_llamaindex(state) or [found for found in [of_langchain(state)] if found]
    if not isinstance(state, dict):
        return []
    if depth and (inner := next((state[name] for name in AROUND if name in state), None)):
        return read(inner, depth - 1)
    said, response = state.get("messages"), state.get("response")
    if isinstance(response, dict) and isinstance(response.get("blocks"), list):
        return [plain(str(response.get("role") or ""), blocks(response["blocks"]))]
    return [message_of(each) for each in said] if isinstance(said, list) else []


def message_of(said: Any) -> Plain:
    """A message as LangChain writes it: `["human", "…"]`, with its class, or as a text; empty where
    it has neither text nor call."""
    match said:
        case str():
            return of_langchain(said)
        case [str(role), str(text)]:
            return plain(role, texts(text))
        case {"id": [*_, str(role)], "kwargs": {"content": str(text), **more}}:
            return plain(role, [*texts(text), *calls(more.get("tool_calls"))])
    return {}


def of_langchain(said: str) -> Plain:
    """A message as a text. Who said it is told by what only one of them has."""
    found = LANGCHAIN.match(said)
    if not found:
        return {}
    role = "tool" if " tool_call_id=" in said else "ai" if " tool_calls=[" in said else "human"
    made = LANGCHAIN_CALL.findall(said, found.end()) if role == "ai" else []
    parts = [call(unquoted(name), given) for name, given in dict.fromkeys(made)]
    return plain(role, [*texts(unquoted(found[1])), *parts])


def of_llamaindex(said: str) -> list[Plain]:
    """The messages in the `repr` of an event, of which the last is read."""
    found = list(LLAMAINDEX.finditer(said))
    if not found:
        return []
    parts = list(spelled(said[found[-1].end() :]))
    cut = texts(CUT_OFF) if not parts and said.endswith("...") else []
    return [{} for _ in found[1:]] + [plain(found[-1][1], parts or cut)]


def spelled(said: str) -> Iterator[Plain]:
    """The parts of such a message."""
    for found in LLAMAINDEX_BLOCK.finditer(said):
        if found["text"]:
            yield from texts(unquoted(found["text"]))
        else:
            yield call(unquoted(found["name"]), unquoted(found["given"]))


def blocks(said: list[Any]) -> list[Plain]:
    """The parts of such a message as JSON."""
    known = [each for each in said if isinstance(each, dict)]
    return [
        part
        for each in known
        for part in (
            [call(str(each["tool_name"]), each.get("tool_kwargs"))]
            if "tool_name" in each
            else texts(str(each.get("text") or ""))
        )
    ]


def calls(said: Any) -> list[Plain]:
    """The calls that a message of LangChain asks for."""
    known = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    return [call(str(each.get("name") or ""), each.get("args")) for each in known]


def plain(role: str, parts: list[Plain]) -> Plain:
    """A message in our form; empty where it has no parts."""
    short = role.removesuffix("Chunk").removesuffix("Message").lower()
    return {"role": ROLES.get(short, short), "parts": parts} if parts else {}


def texts(text: str) -> list[Plain]:
    """A text as parts of a message."""
    return [{"type": "text", "text": text}] if text else []


def call(name: str, given: Any) -> Plain:
    """A call as a part of a message."""
    return {"type": "tool_call", "name": name, "value": given}


def unquoted(said: str) -> str:
    """What a text of Python stands for, if it is one; else the same."""
    try:
        return str(ast.literal_eval(said)) if said[:1] in "'\"" else said
    except (ValueError, SyntaxError):
        return said
