"""What was said, in one line each: for lists in which nobody reads it all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentscope.transcript.news import Plain
from ui.cuts import pretty

LINE = 160  # characters
APPROVALS = "approved", "approve"  # of Agent Framework and Vercel's AI SDK; of OpenAI


@dataclass(slots=True, frozen=True)
class Heard:
    """A message in one line."""

    role: str
    text: str
    more: int = 0  # characters that are left out


@dataclass(slots=True, frozen=True)
class Call:
    """A tool that was chosen, with its arguments in one line."""

    name: str
    arguments: str


def heard(message: Plain) -> Heard:
    """A message in one line."""
    parts = message.get("parts") or []
    texts = [text for part in parts if (text := part_in_words(part))]
    return Heard(message.get("role") or "unknown", *first_line(" ".join(texts)))


def part_in_words(part: Plain) -> str:
    """A part of a message; empty for reasoning, which is told apart."""
    kind = part["type"]
    if kind == "text":
        return part.get("text") or ""
    if kind == "tool_result":
        name = f"{part['name']}: " if part.get("name") else ""
        return name + one_line(part.get("value"))
    if kind == "tool_call":
        return f"{part.get('name') or 'tool'}({one_line(part.get('value'))})"
    return "" if kind == "reasoning" else f"[{other(part)}]"


def other(part: Plain) -> str:
    """What a part is that is no text and no call: its own type, and whether somebody approved."""
    value = part.get("value")
    said = value if isinstance(value, dict) else {}
    kind = str(said.get("type") or part["type"])[:LINE]
    answer = next((said[key] for key in APPROVALS if isinstance(said.get(key), bool)), None)
    return kind if answer is None else f"{kind}: {'approved' if answer else 'refused'}"


def call(part: Plain) -> Call:
    """A call of a tool, or what else was asked for, in one line."""
    arguments = one_line(part.get("value"))
    more = "…" if len(arguments) > LINE else ""
    name = other(part) if part.get("type") == "other" else part.get("name") or "unnamed tool"
    return Call(name, arguments[:LINE] + more)


def one_line(value: Any) -> str:
    """The beginning of a value without line breaks; empty for none."""
    if value is None:
        return ""
    return " ".join(pretty(value, 4 * LINE).shown.split())


def beginning(value: Any) -> tuple[str, int]:
    """The first line of a value that is no message, and how many characters are left out."""
    text = pretty(value, 4 * LINE)
    shown, more = first_line(text.shown)
    return shown, more + text.left


def first_line(text: str) -> tuple[str, int]:
    """The first line of a text, and how many characters are left out."""
    whole = text.strip()
    shown = whole.partition("\n")[0].strip()[:LINE]
    return shown, len(whole) - len(shown)
