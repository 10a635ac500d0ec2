"""The messages of a model call as a conversation: each tool call with its answer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ui.amounts import short
from ui.cuts import Text, cut, opened, pretty
from ui.json_tree import place
from ui.media import Media, media_of, remote

SHOWN_TURNS = 40  # of one list of messages, unless everything was asked for
SHOWN_PARTS = 300  # of all of these together
LONG = 400  # characters of instructions, which push the question out of sight
BEGINNING = 120  # characters

# Messages and parts as plain JSON: the fields of vocabulary.Message and vocabulary.Part.
Plain = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Piece:
    """One part of a turn. `type` is that of vocabulary.Part."""

    type: str
    text: Text = Text("")  # noqa: RUF009 — frozen
    name: str = ""
    id: str = ""
    answer: Text | None = None  # of a tool call, where it came
    is_error: bool = False
    media: Media | None = None  # the data of an image or a sound
    elsewhere: str = ""  # the address of one that was not sent along


@dataclass(slots=True, frozen=True)
class Turn:
    """What one role said at a time."""

    role: str
    name: str
    finish_reason: str
    pieces: list[Piece]
    left: int = 0  # parts that are not among them

    @property
    def beginning(self) -> str:
        """The first words of long instructions, which are folded; empty for any other turn."""
        said = "\n".join(piece.text.shown for piece in self.pieces)
        is_folded = self.role in {"system", "developer"} and len(said) > LONG
        return said.strip()[:BEGINNING] if is_folded else ""


@dataclass(slots=True)
class Conversation:
    """Turns in reading order, the latest ones; `left_out` earlier ones are not among them."""

    turns: list[Turn] = field(default_factory=list)
    left_out: int = 0


def conversation(
    messages: list[Plain],
    limit: int | None,
    places: Places | None = None,
    most: int = SHOWN_TURNS,
    parts: int = SHOWN_PARTS,
) -> Conversation:
    """Messages as turns, the latest `most` of them that have no more than so many parts together;
    results of tool calls stand with their calls. `limit` None: all, uncut. With `places`, values
    are trees to open, and texts say where all of them is."""
    saying = Saying(Answers(messages), places or Places([], ""), limit)
    turns = [turn for message in messages if (turn := turn_of(message, saying)).pieces]
    if limit is None:
        return Conversation(turns)
    shown = latest(turns[-most:], parts)
    return Conversation(shown, len(turns) - len(shown))


def latest(turns: list[Turn], parts: int) -> list[Turn]:
    """The latest turns that have no more than so many parts together; of the last one the first
    parts, if it alone has more."""
    if turns and (left := len(turns[-1].pieces) - parts) > 0:
        return [replace(turns[-1], pieces=turns[-1].pieces[:parts], left=left)]
    first = len(turns)
    while first and len(turns[first - 1].pieces) <= parts:
        first -= 1
        parts -= len(turns[first].pieces)
    return turns[first:]


class Places:
    """Where the parts of messages lie in their span, and which tools their calls name."""

    def __init__(self, messages: list[Plain], at: str) -> None:
        self.of: dict[int, str] = {}
        self.tools: dict[str, str] = {}
        for number, message in enumerate(messages):
            for position, part in enumerate(parts_of(message)):
                self.of[id(part)] = f"{at}/{number}/parts/{position}"
                if part["type"] == "tool_call" and part.get("id"):
                    self.tools[part["id"]] = part.get("name") or ""


class Answers:
    """Results of tool calls by the id of the call. An id used twice is answered in order."""

    def __init__(self, messages: list[Plain]) -> None:
        parts = [part for message in messages for part in parts_of(message)]
        open_calls = Counter(part.get("id") for part in parts if part["type"] == "tool_call")
        self.results: dict[str, list[Plain]] = {}
        self.paired: set[int] = set()
        for part in parts:
            call = part.get("id")
            if part["type"] == "tool_result" and call and open_calls[call]:
                open_calls[call] -= 1
                self.results.setdefault(call, []).append(part)
                self.paired.add(id(part))

    def take(self, call: Plain) -> Plain | None:
        """The next answer to a call."""
        waiting = self.results.get(call.get("id") or "")
        return waiting.pop(0) if waiting else None


def parts_of(message: Plain) -> list[Plain]:
    return message.get("parts") or []


@dataclass(slots=True, frozen=True)
class Saying:
    """How parts become pieces."""

    answers: Answers
    places: Places
    limit: int | None

    def text(self, part: Plain) -> Text:
        """The text of a part."""
        said = cut(part.get("text") or "", self.limit)
        at = self.places.of.get(id(part))
        return said if at is None else replace(said, at=place(f"{at}/text"))

    def value(self, part: Plain) -> Text:
        """The value of a part."""
        at = self.places.of.get(id(part))
        if at is None:
            return pretty(part.get("value"), self.limit)
        return opened(part.get("value"), self.limit, f"{at}/value")


def turn_of(message: Plain, saying: Saying) -> Turn:
    return Turn(
        role=short(message.get("role") or "unknown"),
        name=short(message.get("name") or ""),
        finish_reason=short(message.get("finish_reason") or ""),
        pieces=list(pieces(message, saying)),
    )


def pieces(message: Plain, saying: Saying) -> Iterator[Piece]:
    for part in parts_of(message):
        name, id_ = short(part.get("name") or ""), short(part.get("id") or "")
        if part["type"] in {"text", "reasoning"}:
            yield Piece(part["type"], saying.text(part))
        elif part["type"] == "tool_call":
            yield call_piece(part, saying)
        elif part["type"] == "tool_result":
            if id(part) not in saying.answers.paired:
                named = name or short(saying.places.tools.get(part.get("id") or "", ""))
                is_error = bool(part.get("is_error"))
                yield Piece("tool_result", saying.value(part), named, id_, is_error=is_error)
        else:
            yield other_piece(part, saying)


def other_piece(part: Plain, saying: Saying) -> Piece:
    """Media and what else has no form of its own."""
    source = part.get("value") or part.get("text")
    text = saying.value(part) if part.get("value") else saying.text(part)
    return Piece(
        part["type"],
        text,
        short(part.get("name") or type_of(source)),
        media=media_of(source) if text.at else None,
        elsewhere=remote(source) if text.at else "",
    )


def type_of(source: Any) -> str:
    """What the source of a part calls itself: `image/png`, `redacted_thinking`."""
    said = source if isinstance(source, dict) else {}
    names = (said.get(key) for key in ("mime_type", "media_type", "modality", "type"))
    return next((name for name in names if name and isinstance(name, str)), "")


def call_piece(call: Plain, saying: Saying) -> Piece:
    result = saying.answers.take(call)
    return Piece(
        type="tool_call",
        text=Text("") if call.get("value") is None else saying.value(call),
        name=short(call.get("name") or "unnamed tool"),
        id=short(call.get("id") or ""),
        answer=None if result is None else saying.value(result),
        is_error=bool(result and result.get("is_error")),
    )
