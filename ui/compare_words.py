"""Two runs beside each other in words: amounts, and by how much they differ. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agentscope.compare.contents import ASKED, Contents, OtherContent
from agentscope.compare.lines import BOTH, LEFT, RIGHT, Line
from agentscope.compare.parting import NONE, Parting
from agentscope.compare.sums import Work
from agentscope.traces.models import Trace
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO
from ui import amounts
from ui.cuts import as_json
from ui.kinds import MARKS, kind_word

WHERE = {BOTH: "", LEFT: "only here", RIGHT: "only there"}
INSIDE = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


@dataclass(slots=True, frozen=True)
class Cell:
    """An amount of both runs, and how much more this one has."""

    left: str
    right: str
    more: str  # with its sign; empty: nothing
    note: str = ""  # what is unknown of it
    tone: str = ""


@dataclass(slots=True, frozen=True)
class StepRow:
    """A row of the table of steps."""

    mark: str
    family: str
    kind: str
    name: str
    place: str  # the agents, and the tool, that it belongs to
    models: str
    where: str
    times: Cell
    cost: Cell
    tokens: Cell
    errors: Cell
    time: Cell
    left: int  # its first row in each tree; NONE
    right: int


def step_row(line: Line) -> StepRow:
    """A step of two runs."""
    mark, family = MARKS[line.step.kind]
    return StepRow(
        mark=mark,
        family=family,
        kind=kind_word(line.step.kind),
        name=amounts.short(line.step.name) or "(unnamed)",
        place=amounts.short(INSIDE.join(filter(None, (line.step.path, line.step.within_tool)))),
        models=models(line),
        where=WHERE[line.where],
        left=line.left.first,
        right=line.right.first,
        **cells(line.left, line.right),
    )


def models(line: Line) -> str:
    """The models that were asked; both runs', where they differ."""
    one, other = (amounts.short(amounts.some(each.models, 3)) for each in (line.left, line.right))
    if one == other or line.where != BOTH:
        return one or other
    return f"{one or 'no model'}, there {other or 'no model'}"


def cells(left: Work, right: Work) -> dict[str, Cell]:
    """All amounts of two runs, or of a step of theirs."""
    return {
        "times": counts(left.times, right.times),
        "cost": costs(left, right),
        "tokens": counts(left.tokens, right.tokens),
        "errors": counts(left.errors, right.errors, bad="bad"),
        "time": lengths(left.time_ns, right.time_ns),
    }


def costs(left: Work, right: Work) -> Cell:
    """What both cost. How far they are apart is unknown if any of it is."""
    unknown = amounts.cost_note(left.unpriced + right.unpriced)
    one, other = (amounts.cost(each.cost, each.unpriced) for each in (left, right))
    more = left.pico - right.pico
    if unknown:
        known = f"{unknown}; of what is known {amounts.more(more * PICO)}"
        return Cell(one, other, amounts.UNKNOWN, known)
    return Cell(one, other, amounts.more(more * PICO) if more else "")


def counts(left: int, right: int, bad: str = "") -> Cell:
    """Two numbers. With `bad` more is worse."""
    more = left - right
    said = f"{more:+,}" if more else ""
    return Cell(f"{left:,}", f"{right:,}", said, tone=bad if more > 0 else "")


def lengths(left_ns: int, right_ns: int) -> Cell:
    """Two lengths of time in ns."""
    more = left_ns - right_ns
    sign = "+" if more > 0 else "-"
    said = f"{sign}{amounts.duration(abs(more))}" if more else ""
    return Cell(amounts.duration(left_ns), amounts.duration(right_ns), said)


def whole(left: Trace, right: Trace, works: tuple[Work, Work]) -> Iterator[tuple[str, Cell]]:
    """What both runs came to, each with its word."""
    found = cells(*works)
    yield "Cost", found["cost"]
    yield "Time", lengths(*(max(each.end_ns - each.start_ns, 0) for each in (left, right)))
    yield "Spans", found["times"]
    yield "Model calls", counts(left.llm_calls, right.llm_calls)
    yield "Tool calls", counts(left.tool_calls, right.tool_calls)
    yield "Tokens", found["tokens"]
    yield "Errors", found["errors"]


def going_on(this: bool, other: bool) -> str:
    """That runs are compared of which more may come; empty if none will."""
    if this and other:
        return "Both runs are still going on"
    return f"{'This' if this else 'The other'} run is still going on" if this or other else ""


def shares(lines: Sequence[Line]) -> str:
    """How many steps are in both runs, and in one of them only."""
    found = Counter(line.where for line in lines)
    if not found[BOTH]:
        return "No step of the one run is in the other"
    said = [f"{found[BOTH]:,} in both"]
    said += [f"{found[each]:,} {WHERE[each]}" for each in (LEFT, RIGHT) if found[each]]
    return ", ".join(said)


def parted(
    found: Parting, path: str, left: Tree, right: Tree, live: tuple[bool, bool] = (False, False)
) -> str:
    """Where two runs part, as a sentence. `path` is that of the agent, `live` whether more spans of
    the runs may come."""
    who = f"of {path}" if path else "without an agent"
    before = f"After {amounts.count(found.same, 'equal step')} {who}"
    if not found.same:
        before = f"At the first step {who}"
    here, there = goes_on(left, found.left, live[0]), goes_on(right, found.right, live[1])
    return f"{before}, this run {here}; the other one {there}."


def goes_on(tree: Tree, row: int, is_live: bool) -> str:
    """What comes next."""
    if row == NONE:
        return "has not come further yet" if is_live else "is done"
    return f"goes on with {step_name(tree, row)}"


def step_name(tree: Tree, row: int) -> str:
    """What a step is called: its tool, else its name."""
    said = tree.row(row)
    return amounts.short(said.text("tool") or said.text("name")) or "(unnamed)"


def content_words(found: OtherContent, left: Tree) -> str:
    """The first step with another content, as a sentence."""
    row = left.row(found.left)
    of = f" of {path}" if (path := row.text("path")) else ""
    what = f"{kind_word(row.kind)} {step_name(left, found.left)}{of}"
    if found.what == ASKED:
        return f"The first step that was given something else is the {what}."
    given = ", which was given the same" if found.was_asked_alike else ""
    return f"The first step that came to something else is the {what}{given}."


def looked_at(found: Contents) -> str:
    """How much of what is the same was compared by its contents."""
    said = f"Compared by their contents: {amounts.count(found.looked_at, 'step')}"
    if found.left_out:
        said += f" of {found.looked_at + found.left_out:,} that are the same"
    if found.unknown:
        said += f", {found.unknown:,} of which say nothing of theirs in one of the runs"
    return f"{said}."


def last_said(messages: list[dict[str, Any]]) -> str:
    """The last of some messages as text: what it says, and the tools that it asks for."""
    return "\n".join(
        part.get("text") or f"{part.get('name') or part['type']} {as_json(part.get('value'))}"
        for part in messages[-1].get("parts") or []
    )
