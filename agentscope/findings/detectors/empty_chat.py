"""Agents that go on talking with nothing to say: courtesy, blank messages.

Four short answers in a row by different speakers are a goodbye; eight are a chat that nobody ends.
Who answers with nothing at all may be the only speaker. A tool that is called, or a person who
speaks, is a reason to go on; a person needs two seconds to read and write, so a new word that is
there at once is another agent's; unless it takes the place of the one before, as where a classifier
is asked about one thing after another, while a chat grows. Whose a model call is that lacks its
parent is not known beside runs of agents: it may be any of them, whose next run has not ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agentscope.findings.blocks import first_in
from agentscope.findings.courses import AGENT, LLM, Course, Step
from agentscope.findings.courtesy import is_courtesy
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact
from agentscope.traces.tree import Ints, Mask
from agentscope.vocabulary import Flag, Kind

PATTERN = Pattern(
    code="empty_chat",
    version=3,
    inform=4,
    alert=8,
    confidence=0.85,
    legitimate="It is fine if a person reads and answers between these messages.",
)
PAUSE_NS = 2 * 10**9
Speaker = tuple[str, int]  # name, instructions
ACTS = (Kind.TOOL, Kind.HANDOFF, Kind.RETRIEVAL)


@dataclass(slots=True, frozen=True)
class Quiet:
    """Which rows say little, and the rows, in order, by which that is known of runs."""

    little: Mask
    answers: Ints  # of models
    loud: Ints  # those that say more, and what acts


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of answers that say nothing."""
    little = is_courtesy(scene.tree, scene.records)
    if little.sum() < limit.inform:
        return
    answers = scene.tree.kind == Kind.LLM
    loud = (answers & ~little) | np.isin(scene.tree.kind, ACTS)
    quiet = Quiet(little, np.flatnonzero(answers), np.flatnonzero(loud))
    for course in scene.courses:
        for chain in spoken(scene, course, quiet):
            if len(chain) >= limit.inform and is_chat(scene, chain):
                yield told(scene, course, chain, limit)


def told(scene: Scene, course: Course, chain: list[Step], limit: Limit) -> Found:
    """The finding of some answers."""
    blank = sum(is_blank(scene, step) for step in chain)
    names = sorted({step.name for step in chain})
    what = {0: "", len(chain): "all of them empty, "}.get(blank, f"{blank} of them empty, ")
    return repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=f"{len(chain)} messages in a row by {' and '.join(names)} had fewer than 20 "
        f"words, {what}and no tool was called.",
        subject=", ".join(names),
        repeats=len(chain),
    )


def spoken(scene: Scene, course: Course, quiet: Quiet) -> Iterator[list[Step]]:
    """Neighbouring steps that say little, with no word of a person in between."""
    chain: list[Step] = []
    last: dict[Speaker, Step] = {}
    for step in course.steps:
        speaks = len(step.rows) == 1 and says_little(scene, step, quiet)
        if chain and (not speaks or begins_anew(scene, chain[-1], step, last)):
            yield chain
            chain = []
        if speaks:
            chain.append(step)
            last[speaker(scene, step)] = step
    yield chain


def begins_anew(scene: Scene, before: Step, step: Step, last: dict[Speaker, Step]) -> bool:
    """Whether a person may have spoken, or something else is asked. `last` are the steps in which
    each speaker spoke last."""
    own = last.get(speaker(scene, step))
    is_asked = own is not None and is_another_question(scene, own, step)
    return is_asked or is_answered(scene, before, step)


def says_little(scene: Scene, step: Step, quiet: Quiet) -> bool:
    """Whether a model call, or all that a run of an agent does, says little."""
    if step.kind == LLM:
        return bool(quiet.little[step.rows[0]])
    if step.kind != AGENT:
        return False
    inside = step.rows[0], int(scene.tree.end[step.rows[-1]])
    return first_in(quiet.answers, *inside) is not None and first_in(quiet.loud, *inside) is None


def is_answered(scene: Scene, before: Step, step: Step) -> bool:
    """Whether a person may have spoken between two steps: there is a new word, and it took time."""
    word, earlier = word_of(scene, step), word_of(scene, before)
    return bool(word and word != earlier and step.start_ns - before.end_ns >= PAUSE_NS)


def is_another_question(scene: Scene, before: Step, step: Step) -> bool:
    """Whether who speaks hears a new word, and no more of them than the last time: so a classifier
    is asked about one thing after another, while a chat grows."""
    (word, turns), (new_word, new_turns) = heard_by(scene, before), heard_by(scene, step)
    return 0 not in (word, new_word) and word != new_word and 0 < new_turns <= turns


def heard_by(scene: Scene, step: Step) -> tuple[int, int]:
    """The last word of a person that a step saw first, and how many there were by then; 0: not
    known."""
    row = first_in(scene.heard, step.rows[0], int(scene.tree.end[step.rows[-1]]))
    return (0, 0) if row is None else (scene.humans[row], int(scene.records["turns"][row]))


def word_of(scene: Scene, step: Step) -> int:
    """The same without their number."""
    return heard_by(scene, step)[0]


def speaker(scene: Scene, step: Step) -> Speaker:
    """Who speaks in a step, by name and instructions."""
    return step.name, int(scene.records["system"][step.rows[0]])


def is_chat(scene: Scene, chain: list[Step]) -> bool:
    """Whether several speak, or all messages are blank."""
    known = [step for step in chain if step.kind == AGENT or not is_open(scene, step)]
    speakers = {speaker(scene, step) for step in known or chain}
    return len(speakers) > 1 or all(is_blank(scene, step) for step in chain)


def is_open(scene: Scene, step: Step) -> bool:
    """Whether a model call, or the turn around it, lacks its parent."""
    row, flags = step.rows[0], scene.tree.flags
    around = scene.tree.parent[row]
    return bool((flags[row] | (flags[around] if around >= 0 else 0)) & int(Flag.ORPHAN))


def is_blank(scene: Scene, step: Step) -> bool:
    """Whether a step answers with nothing."""
    inside = slice(step.rows[0], int(scene.tree.end[step.rows[-1]]))
    answers = scene.tree.kind[inside] == Kind.LLM
    facts = scene.records["facts"][inside][answers]
    return bool(len(facts)) and bool((facts & int(Fact.EMPTY) != 0).all())
