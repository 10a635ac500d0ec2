"""The conversation outgrows the window of the model, and what it was about is lost.

The window is full where a model refuses a prompt as too long, or where an answer breaks off after
the prompt has grown from call to call. If the next prompt of the same conversation has less than
half of the tokens and nothing summed it up in between, its history was thrown away: a compaction
leaves about as much, but says so. Calls belong to one conversation if they have the same
instructions and the same last word of a person. A refusal that is answered by a compaction is as it
should be; one without any answer to it is worth knowing. Once is worth a look; the third time, what
is done before the window is full again will be lost too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from agentscope.findings.found import (
    Found,
    Pattern,
    of_rows,
    severity,
    spent_since,
)
from agentscope.findings.limits import Limit
from agentscope.findings.outline import in_time
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.signatures.record import Fact
from agentscope.vocabulary import ErrorClass, Kind

PATTERN = Pattern(
    code="context_overflow",
    version=2,
    inform=1,
    alert=3,
    confidence=0.9,
    legitimate="It is fine if what was left out of the next prompt was not needed any more.",
)
LOST = 0.5  # of the tokens before
GROWING = 3  # calls, before an answer that breaks off can be laid to the window
SMALLEST = 2000  # tokens of a prompt: half of the smallest windows that are offered, of 4,096


@dataclass(slots=True)
class Overflow:
    """Where the window was full, and what the agent sent before and after that, in tokens."""

    row: int
    refused: bool
    before: int = 0  # 0: nobody says, here and below
    after_row: int = -1
    after: int = 0

    @property
    def has_lost(self) -> bool:
        return self.before >= SMALLEST and 0 < self.after < LOST * self.before


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent whose history was lost, or whose prompts were refused."""
    for several in by_path(scene).values():
        found = list(overflows(scene, several))
        lost = [each for each in found if each.has_lost]
        refused = [each for each in found if each.refused]
        if len(lost) >= limit.inform:
            yield told_lost(scene, lost, limit)
        elif len(refused) >= limit.inform and not is_answered(scene, refused[-1], several):
            yield told_refused(scene, refused)


def by_path(scene: Scene) -> dict[int, list[int]]:
    """The model calls of each agent whose window was full at any time, in order of time."""
    tree = scene.tree
    models = np.flatnonzero(tree.kind == Kind.LLM)
    full = {int(tree.path[row]) for row in models.tolist() if is_refused(scene, row)}
    cut = scene.records["facts"][models] & int(Fact.CUT) != 0
    full |= set(tree.path[models[cut]].tolist())
    found: dict[int, list[int]] = defaultdict(list)
    for row in in_time(tree, models[np.isin(tree.path[models], list(full))]).tolist():
        found[int(tree.path[row])].append(row)
    return found


def is_refused(scene: Scene, row: int) -> bool:
    """Whether a model refused a prompt as too long."""
    return scene.errors.get(row) is ErrorClass.CONTEXT_LENGTH


def overflows(scene: Scene, calls: Sequence[int]) -> Iterator[Overflow]:
    """Where the window was full, with the first prompt of the same conversation after it."""
    waiting: dict[Talk, list[Overflow]] = defaultdict(list)
    sizes: dict[Talk, list[int]] = defaultdict(list)
    for row in calls:
        if scene.compactions[row] >= 0:
            waiting.clear()
            sizes.clear()
            continue
        about, tokens = talk(scene, row), max(int(scene.tree.input_tokens[row]), 0)
        if tokens and not is_refused(scene, row):
            for each in waiting.pop(about, []):
                each.after_row, each.after = row, tokens
            sizes[about].append(tokens)
        if found := overflow(scene, row, sizes[about]):
            if all(about):
                waiting[about].append(found)
            yield found


Talk = tuple[int, int]  # instructions and the last word of a person, 0 where not known


def talk(scene: Scene, row: int) -> Talk:
    """The conversation that a model call belongs to."""
    said = scene.records[row]
    return int(said["system"]) or 1, int(said["human"])


def overflow(scene: Scene, row: int, sizes: Sequence[int]) -> Overflow | None:
    """Whether the window was full at a model call; None if not. `sizes` are the prompts of the
    conversation so far, in tokens."""
    if is_refused(scene, row):
        return Overflow(row, refused=True, before=max(sizes[-1:], default=0))
    is_cut = int(scene.records["facts"][row]) & int(Fact.CUT)
    last = list(sizes[-GROWING:])
    if not is_cut or len(last) < GROWING or last != sorted(set(last)):
        return None
    return Overflow(row, refused=False, before=last[-1])


def is_answered(scene: Scene, last: Overflow, calls: Sequence[int]) -> bool:
    """Whether the conversation was summed up after the last refusal, or was shorter after it."""
    later = calls[calls.index(last.row) + 1 :]
    return any(scene.compactions[row] >= 0 for row in later) or 0 < last.after < last.before


def told_lost(scene: Scene, lost: Sequence[Overflow], limit: Limit) -> Found:
    """The finding that a history was lost."""
    worst = min(lost, key=lambda each: each.after / each.before)
    why = "a prompt was refused as too long" if worst.refused else "an answer broke off"
    times = "" if len(lost) == 1 else f" It came to this {len(lost)} times."
    rows = sorted({row for each in lost for row in (each.row, each.after_row)}, key=scene.when)
    return of_rows(
        *(scene, rows, PATTERN, severity(len(lost), limit, spent_since(scene, rows))),
        sentence=f"After {why}, the next prompt had {worst.after:,} tokens instead of "
        f"{worst.before:,}, and nothing had summed the conversation up.{times}",
        subject=scene.tree.texts[scene.tree.model[rows[0]]],
        repeats=len(lost),
    )


def told_refused(scene: Scene, refused: Sequence[Overflow]) -> Found:
    """The finding that prompts were refused."""
    times = "once" if len(refused) == 1 else f"{len(refused)} times"
    # Without content nobody knows which prompts go on with those that were refused.
    is_known = all(all(talk(scene, each.row)) for each in refused)
    so = ", and it was not shortened" if is_known else ""
    return of_rows(
        *(scene, [each.row for each in refused], PATTERN, Severity.INFO),
        sentence=f"The model refused the prompt as too long {times}{so}.",
        subject=scene.tree.texts[scene.tree.model[refused[0].row]],
        repeats=len(refused),
    )
