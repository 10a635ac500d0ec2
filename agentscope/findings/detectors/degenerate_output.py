"""Answers that fall into repetition, or say nothing at all, or the same each time.

Three forms. One: the end of an answer is one unit again and again. Tables, logs and code shrink as
well, but not so far; and what somebody asked for ends by itself, so it counts where the answer ran
into its limit of tokens, or is longer than anybody asks for. Two: the answer ran into its limit and
has thoughts only. Three: answers to one question that are the same, though nothing new was said, or
nothing but the nudges of a program, which come at once, while a person needs two seconds to read
and write; a classifier gives one answer to many questions. One such answer is worth knowing; three,
or a dollar of it, are no accident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from agentscope.findings.came_of import ANSWERS, SPEAKS
from agentscope.findings.courses import LLM, Course, Step
from agentscope.findings.found import Found, Pattern, severity
from agentscope.findings.holding import answers_of
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.findings.spending import spent_on
from agentscope.signatures.record import Fact
from agentscope.signatures.sketch import likeness
from agentscope.traces.tree import Ints

PATTERN = Pattern(
    code="degenerate_output",
    version=2,
    inform=1,
    alert=3,
    confidence=0.9,
    legitimate="It is fine if somebody asked for uniform text, such as a grid of zeros.",
)
ASKED_FOR = 8_000  # characters: nobody asks for so much of the same
REPETITIONS = 3  # of an answer, before it counts as the same each time
THINKS = 0.9  # of the tokens of an answer
MUCH = 1000  # tokens: what is shorter may be a refusal
ALERT_PICO = 10**12  # 1 USD
LONG = 100  # characters: shorter answers are courtesy, see empty_chat.py
ALIKE = 0.95 - 2 * 0.045  # of two answers, for all that sketches of this likeness can tell
PAUSE_NS = 2 * 10**9
Truths = np.ndarray[tuple[int], np.dtype[np.bool_]]


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent whose answers degenerate, and for each row of equal answers."""
    rows = np.flatnonzero(answers_of(scene.tree))
    for several in by_agent(scene, rows[falls_into(scene, rows)]):
        yield finding(scene, several, "a repetition", told_unit(scene, several), limit)
    for several in by_agent(scene, rows[only_thinks(scene, rows)]):
        yield finding(scene, several, "no answer", told_thoughts(scene, several), limit)
    for course in scene.courses:
        for chain in same_answers(scene, course):
            if len(chain) >= REPETITIONS:
                yield finding(scene, chain, "the same answer", told_same(chain), limit)


def falls_into(scene: Scene, rows: Ints) -> Truths:
    """Which answers end in a repetition."""
    said = scene.records[rows]
    is_cut = said["facts"] & int(Fact.CUT) != 0
    times, length = said["repeats"], said["repeats"].astype(np.int64) * said["unit"]
    found: Truths = (times > 0) & (is_cut | (length >= ASKED_FOR))
    return found


def only_thinks(scene: Scene, rows: Ints) -> Truths:
    """Which answers spent their budget without a visible word."""
    tree, facts = scene.tree, scene.records["facts"][rows]
    output = tree.output_tokens[rows]
    mute = facts & int(Fact.EMPTY) != 0
    thinks = (facts & int(Fact.ONLY_REASONING) != 0) | (
        mute & (tree.reasoning_tokens[rows] >= THINKS * output)
    )
    is_cut = facts & int(Fact.CUT) != 0
    return np.asarray(thinks & is_cut & (output >= MUCH))


def same_answers(scene: Scene, course: Course) -> Iterator[list[int]]:
    """Rows of neighbouring model calls with one visible answer, between which nothing happened."""
    chain: list[Step] = []
    for step in course.steps:
        speaks = is_text(scene, step)
        if chain and not (speaks and is_same(scene, chain[-1], step)):
            yield [each.rows[0] for each in chain]
            chain = []
        if speaks:
            chain.append(step)
    yield [each.rows[0] for each in chain]


def is_text(scene: Scene, step: Step) -> bool:
    """Whether a step is one answer of some length, that asks for nothing."""
    row = step.rows[0]
    if step.kind != LLM or len(step.rows) > 1 or scene.sizes[row] < LONG:
        return False
    return scene.facts[row] & SPEAKS == ANSWERS


def is_same(scene: Scene, before: Step, step: Step) -> bool:
    """Whether two answers are the same, or nearly, and nothing new was asked in between."""
    one, two = scene.records[before.rows[0]], scene.records[step.rows[0]]
    if one["result"] == two["result"]:
        return is_one_question(one, two) or is_nudged(scene, before, step)
    is_near = likeness(one["output"], two["output"]) >= ALIKE
    return bool(is_near and is_one_question(one, two))


def is_one_question(one: Any, two: Any) -> bool:
    """Whether two answers are to the same word of a person; where nobody spoke, to the same last
    message. A question that is not known is not the same."""
    asked = "human" if one["human"] or two["human"] else "call"
    return bool(one[asked] and one[asked] == two[asked])


def is_nudged(scene: Scene, before: Step, step: Step) -> bool:
    """Whether a conversation goes on with a new word in the name of a person, faster than one can
    write it."""
    turns = scene.records["turns"]
    goes_on = 0 < turns[before.rows[0]] < turns[step.rows[0]]
    return bool(goes_on and step.start_ns - before.end_ns < PAUSE_NS)


def by_agent(scene: Scene, rows: Ints) -> Iterable[list[int]]:
    """Rows of each agent, in order of time."""
    tree, found = scene.tree, defaultdict(list)
    for row in sorted(rows.tolist(), key=lambda row: (tree.start_ns[row], row)):
        found[int(tree.agent[row])].append(row)
    return found.values()


def told_unit(scene: Scene, rows: list[int]) -> str:
    """What is repeated, by its length, for the words are in the span."""
    worst = max(rows, key=lambda row: int(scene.records["repeats"][row]))
    said = scene.records[worst]
    times, unit = int(said["repeats"]), int(said["unit"])
    return (
        f"{counted(len(rows))} ended in a repetition: the same {unit} characters {times:,} times"
        " in a row."
    )


def told_thoughts(scene: Scene, rows: list[int]) -> str:
    """That nothing is visible."""
    tokens = int(scene.tree.output_tokens[rows].sum())
    return (
        f"{counted(len(rows))} ran into the limit after {tokens:,} tokens without a visible word."
    )


def told_same(rows: list[int]) -> str:
    """That the answer does not change."""
    return f"{counted(len(rows))} in a row were the same, and nothing new was said in between."


def counted(answers: int) -> str:
    """So many answers."""
    return "1 answer" if answers == 1 else f"{answers} answers"


def finding(scene: Scene, rows: list[int], what: str, sentence: str, limit: Limit) -> Found:
    """The finding of some answers of one agent."""
    tree, said = scene.tree, scene.records[rows[0]]
    used = spent_on(scene, rows)
    level = Severity.ALERT if used.pico >= ALERT_PICO else severity(len(rows), limit, used)
    agent = tree.texts[tree.agent[rows[0]]]
    return Found(
        pattern=PATTERN,
        severity=level,
        sentence=sentence,
        subject=what,
        agent=agent,
        path=tree.texts[tree.path[rows[0]]],
        rows=rows,
        spent=used,
        confidence=PATTERN.confidence,
        repeats=len(rows),
        evidence={"unit": int(said["unit"]), "times": int(said["repeats"])},
    )
