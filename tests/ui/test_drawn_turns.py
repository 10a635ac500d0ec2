"""Pages of a transcript: as many turns as there is room for, and all of them in turn."""

import random
import re
from types import SimpleNamespace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.traces.contents import Said
from agentscope.traces.grow import grow
from agentscope.transcript.read import Spoken
from agentscope.transcript.turns import Turns, turns_of
from agentscope.vocabulary import Kind
from tests.kit.drawing import spans
from ui.drawn_turns import ROOM, Drawn

PANEL = 70_000  # bytes, the most that stands beside
SIZES = (0, 1, 60, 1_500, 1_500, 200_000)  # characters of a text
PIECES = ("a", "word ", '"', "<&>", "é", "漢字", "\n")
SAID = {
    "request": SimpleNamespace(project=SimpleNamespace(name="shop"), path="/transcript/"),
    "trace": SimpleNamespace(trace_id=UUID(int=1)),
    "selected": "",
    "keep": "agent=planner&",
}


@st.composite
def runs(draw: st.DrawFn):
    """Agents inside each other with what they do, whose names may be long."""
    told = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        name = draw(st.sampled_from("abc")) + draw(st.sampled_from(["", "<'\"&>" * 99]))
        kind = draw(st.sampled_from([Kind.AGENT, Kind.LLM, Kind.LLM, Kind.TOOL, Kind.HANDOFF]))
        said = {"kind": kind, "name": name, "tool": name if kind == Kind.TOOL else ""}
        said["agent"] = name if kind == Kind.AGENT else ""
        told.append(said | {"parent_id": draw(st.integers(max(number - 9, 0), number - 1))})
    return spans(*told)


def text(chance):
    """Anything that somebody says."""
    piece, size = chance.choice(PIECES), chance.choice(SIZES)
    return piece * (size // len(piece) + 1) if size else ""


def part(chance):
    """A part of a message, of any kind."""
    kind = chance.choice(["text", "reasoning", "tool_call", "tool_result", "media"])
    if kind in {"text", "reasoning"}:
        return {"type": kind, "text": text(chance)}
    name, id_ = text(chance), f"c{chance.randrange(9)}"
    return {"type": kind, "name": name, "id": id_, "value": {text(chance): [text(chance)]}}


def message(chance):
    """A message of few parts or of many."""
    parts = [part(chance) for _ in range(chance.choice([0, 1, 2, 3, 3, 80]))]
    role = chance.choice(["system", "user", "assistant", "tool", text(chance)])
    return {"role": role, "parts": parts, "finish_reason": chance.choice(["", "stop"])}


def said(turns, turn, chance, is_long):
    """What is said in a turn; not long: hardly anything."""
    few = [{"role": "user", "parts": [{"type": "text", "text": "Go."}]}]
    events = turns.events_of(turn)[:20]
    outcome = Said({"arguments": text(chance), "result": text(chance)}, error=text(chance))
    return Spoken(
        turn=turn,
        row=int(turns.rows[turn]),
        given=[message(chance) for _ in range(chance.choice([0, 1, 9]))] if is_long else few,
        earlier=chance.randrange(3),
        answers=[message(chance) for _ in range(chance.choice([0, 1, 30]))] if is_long else few,
        content={"output": text(chance)} if is_long else {},
        error=text(chance) if is_long else "",
        events=events,
        events_left=0,
        said=dict.fromkeys(events, outcome if is_long else Said()),
    )


def drawn(turns: Turns, seed: int, panel: int, share: float = 0.5) -> Drawn:
    """The turns of a run that say anything; `share` of them are long."""
    chance = random.Random(seed)
    spoken = {
        turn: said(turns, turn, chance, chance.random() < share) for turn in range(len(turns))
    }
    return Drawn(turns, range(len(turns)), spoken, SAID, ROOM - panel, -1, live=False)


def numbers(html: str) -> list[int]:
    """The turns of a page by their numbers, from 0."""
    return [int(found) - 1 for found in re.findall(r'aria-label="Turn (\d+):', html)]


def page(made: Drawn, start: int, stop: int, about: int) -> tuple[int, int]:
    """A page, held to what each page keeps."""
    first, last = made.filled(start, stop, about)
    html = "".join(made.page(first, last))
    assert numbers(html) == list(range(first, last))
    assert start <= first <= about < last <= stop
    assert len(html.encode()) <= made.room
    assert html.count("<details") == html.count("</details>")
    return first, last


SEEDS, PANELS = st.integers(0, 2**32 - 1), st.sampled_from([0, PANEL])


@settings(max_examples=10)
@given(runs(), SEEDS, PANELS, st.integers(1, 50))
def test_pages_join_without_gap_or_repetition_in_both_directions(found, seed, panel, most):
    made = drawn(turns_of(grow(found)), seed, panel)
    total = len(made.listed)
    first = 0
    while first < total:
        begin, first = page(made, first, min(first + most, total), first)
        assert begin <= first
    last = total
    while last:
        last, end = page(made, max(last - most, 0), last, last - 1)
        assert end >= last


@settings(max_examples=10)
@given(runs(), SEEDS, PANELS, st.data())
def test_a_page_has_the_turn_that_it_is_about(found, seed, panel, data):
    made = drawn(turns_of(grow(found)), seed, panel)
    if made.listed:
        page(made, 0, len(made.listed), data.draw(st.sampled_from(list(made.listed))))
