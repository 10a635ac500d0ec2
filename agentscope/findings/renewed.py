"""Rounds of agents in which something is new: a word of a person, a task, or work that was done.

With it they begin again, however alike the rounds look. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from agentscope.findings.courses import Step
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, handed_rows, handoffs
from agentscope.signatures.record import Fact
from agentscope.signatures.sketch import likeness
from agentscope.vocabulary import Kind

ACTS = (Kind.TOOL, Kind.RETRIEVAL)
EMPTY, BY_ID, WORDS = int(Fact.EMPTY), int(Fact.BY_ID), int(Fact.HAS_TEXT)
ALIKE = 0.7  # likeness from which on two messages are one that was worded anew


def unbroken(scene: Scene, each: Turns) -> Iterator[Turns]:
    """The rounds between which nothing was new; what is new begins a part."""
    if has_new_tasks(scene, each):
        return
    heard, begins = Heard(scene), [0]
    for at in range(each.rounds):
        round_ = each.steps[at * each.period : (at + 1) * each.period]
        news = [heard.is_new(step) for step in round_]
        if any(news) and at:
            begins.append(at)
    for first, stop in pairwise((*begins, each.rounds)):
        part = each.steps[first * each.period : stop * each.period]
        yield replace(each, steps=part, rounds=stop - first)


@dataclass(slots=True)
class Heard:
    """What was said by people and done by tools so far. Some frameworks tell each agent what the
    others said in the name of the user, so words in turns are not new."""

    scene: Scene
    words: set[int] = field(default_factory=set)
    done: set[tuple[int, int]] = field(default_factory=set)

    def is_new(self, step: Step) -> bool:
        """Whether something of it is new in a step, which is kept."""
        word = word_in(self.scene, step)
        is_said = bool(word and self.words) and word not in self.words
        if word:
            self.words.add(word)
        done = set(work_in(self.scene, step))
        is_done = not done <= self.done
        self.done |= done
        return is_said or is_done


def word_in(scene: Scene, step: Step) -> int:
    """The last word of a person that a step saw first; 0 if that is not known."""
    at = int(np.searchsorted(scene.heard, step.rows[0]))
    is_inside = at < len(scene.heard) and scene.heard[at] < scene.tree.end[step.rows[-1]]
    return scene.humans[scene.heard[at]] if is_inside else 0


def work_in(scene: Scene, step: Step) -> Iterator[tuple[int, int]]:
    """What tools came to in a step, by call and result: not what failed or found nothing, nor that
    control was handed on. A call that is not known at all is like no other: its row stands for
    it."""
    tree, records = scene.tree, scene.records
    rows = np.arange(step.rows[0], int(tree.end[step.rows[-1]]))
    rows = rows[np.isin(tree.kind[rows], ACTS) & (tree.error_class[rows] == 0)]
    for row in np.setdiff1d(rows, scene.handoffs, assume_unique=True).tolist():
        call, result = int(records["call"][row]), scene.results[row]
        if not scene.facts[row] & EMPTY:
            yield (call, result) if call or result else (-1, row)


def has_new_tasks(scene: Scene, each: Turns) -> bool:
    """Whether all agents of a round were given one task, and another one in each round: so a desk
    passes the messages of its customers on."""
    calls = scene.records["call"]
    asked = [int(calls[step.rows[0]]) for step in each.steps]
    rounds = [set(asked[at : at + each.period]) for at in range(0, len(asked), each.period)]
    tasks = {task for several in rounds for task in several}
    return 0 not in tasks and len(tasks) == each.rounds == sum(map(len, rounds))


def gives_tasks(scene: Scene, each: Turns) -> bool:
    """Whether one agent gives another task in each round, and some other has nothing of its own to
    give; or all that is handed on is named by its id, or is said in the conversation, and is new.
    Where all of them find new arguments for it they are reasons, not tasks."""
    given = [given_by(scene, each, at) for at in range(each.period)]
    new = [0 not in keys and len(set(keys)) == len(keys) for keys in given]
    if all(new):
        rows = [row for at in range(each.period) for row in handed_rows(scene, each, at)]
        return not any(row >= 0 and is_reason(scene, row) for row in rows)
    return any(new)


def is_reason(scene: Scene, row: int) -> bool:
    """Whether a handoff has words with it that name nothing by its id."""
    is_said = scene.records["argument_size"][row] > 0
    return bool(is_said and not scene.facts[row] & BY_ID)


def given_by(scene: Scene, each: Turns, of: int) -> list[int]:
    """What the agent at one position gave to the next, round by round: the arguments of its
    handoff, or else what it said, unless that is much like what it had said; 0: nothing."""
    handed = handoffs(scene, each, of)
    steps = each.steps[of :: each.period]
    if any(handed):
        return handed
    texts = scene.records["output"][[step.says for step in steps]]
    is_alike = np.append([False], np.nan_to_num(likeness(texts[1:], texts[:-1])) >= ALIKE)
    has_words = [scene.facts[step.says] & WORDS for step in steps]
    return [
        step.result if words and not near else 0
        for step, words, near in zip(steps, has_words, is_alike.tolist(), strict=True)
    ]
