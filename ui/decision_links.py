"""Rows of the tree in a line of the panel: how they ended, what judges came to, what was rejected.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agentscope.billing.words import discarded_reason
from agentscope.decisions.deciding import Decisions
from agentscope.traces.contents import Said
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row, Tree
from agentscope.vocabulary import Flag, Kind, Status, Verdict
from ui.brief import LINE, first_line, heard, one_line
from ui.kinds import MARKS, REFUSALS, failure, kind_word
from ui.rejected import price, price_of, rejected_word
from ui.row_words import took

EVALUATION = "gen_ai.evaluation."
TONES = {Verdict.PASSED: "good", Verdict.CHANGED: "warn", Verdict.REFUSED: "bad"}
UNTOLD = "no verdict is told"
STOPPED = "Inferred: the step around it was stopped, and nothing else judged it."


@dataclass(slots=True, frozen=True)
class Link:
    """A row of the tree in a line; `span_id` is empty where it is none of its own."""

    span_id: str
    mark: str
    family: str
    kind: str
    name: str
    words: str = ""  # how it ended, if not simply well
    tone: str = ""
    why: str = ""
    time: str = ""
    cost: str = ""  # with all beneath it
    came: str = ""  # what it came to, in one line


def link(tree: Tree, at: int) -> Link:
    """A row with how it ended."""
    return line(tree.row(at), *ending(tree.row(at)))


def line(row: Row, words: str, tone: str, why: str = "", cost: str | None = None) -> Link:
    """A row with these words about it."""
    letter, family = MARKS[row.kind]
    spent = price(int(row.tree.sum_cost[row.at]), int(row.tree.sum_unpriced[row.at]))
    return Link(
        span_id=span_hex(row.span_id),
        mark=letter,
        family=family,
        kind=kind_word(row.kind),
        name=row.text("tool") or row.text("name") or "(unnamed)",
        words=words,
        tone=tone,
        why=why,
        time=took(row, live=False),
        cost=spent if cost is None else cost,
    )


def act(tree: Tree, at: int, said: Said) -> Link:
    """What a decision did, with what that came to."""
    return replace(link(tree, at), came=outcome(said))


def outcome(said: Said) -> str:
    """What a step came to in one line: how it failed, else what it gave back; empty if it says
    nothing of that."""
    if said.error:
        return first_line(said.error)[0]
    for name in ("result", "output"):
        if (value := said.content.get(name)) not in (None, ""):
            return first_line(one_line(value))[0]
    answers = said.content.get("output_messages") or [{}]
    return heard(answers[-1]).text


def ending(row: Row) -> tuple[str, str]:
    """How a row ended, with a tone; empty if well."""
    if row.status == Status.WAITING:
        return "waits for a person", "warn"
    if row.status == Status.ERROR or row.flags & Flag.SILENT_FAILURE:
        return failure(row.text("error_class")), "bad"
    word = rejected_word(row)
    return word, "gone" if word else ""


def verdicts_of(decisions: Decisions, rows: Sequence[int], said: dict[int, Said]) -> Iterator[Link]:
    """What judges came to, and why; of one that does not say so, what came of its verdict."""
    for at in rows:
        row, told = decisions.tree.row(at), said.get(at, Said())
        words, tone = verdict(row, told)
        why = reason(told)
        if words == UNTOLD and decisions.stopped(at):
            words, tone, why = REFUSALS[row.kind], "bad", STOPPED
        yield line(row, words, tone, why)


def verdict(row: Row, said: Said) -> tuple[str, str]:
    """A verdict in a word, with a tone."""
    found = Verdict(said.verdict)
    if found == Verdict.REFUSED or row.flags & Flag.REFUSED:
        return REFUSALS.get(row.kind, "refused"), "bad"
    if found:
        return found.value, TONES[found]
    if row.status == Status.ERROR:
        return failure(row.text("error_class")), "bad"
    return UNTOLD, ""


def reason(said: Said) -> str:
    """Why a judge came to it, in one line."""
    return first_line(said.verdict_why or said.error or one_line(said.content.get("output")))[0]


def evaluations(own: Iterable[Mapping[str, Any]]) -> Iterator[Link]:
    """Verdicts that came as events or log records of the span that they judge, as these name them:
    there is no telling whether a label of somebody's own is good or bad."""
    letter, family = MARKS[Kind.EVALUATOR]
    for told in own:
        if not (name := told.get(f"{EVALUATION}name")):
            continue
        said = (told.get(f"{EVALUATION}score.{each}") for each in ("label", "value"))
        words = ", ".join(str(each)[:LINE] for each in said if each is not None)
        why = first_line(str(told.get(f"{EVALUATION}explanation") or ""))[0]
        kind = kind_word(Kind.EVALUATOR)
        yield Link("", letter, family, kind, str(name)[:LINE], words or UNTOLD, why=why)


def rejected_link(row: Row) -> Link:
    """A rejected row, with what became of it, why, and what was spent on it in vain."""
    failed = failure(row.text("error_class")) if row.status == Status.ERROR else ""
    why = f"{failed[:1].upper()}{failed[1:]}. " if failed else ""
    return line(row, rejected_word(row), "gone", why + discarded_reason(row), price_of(row))
