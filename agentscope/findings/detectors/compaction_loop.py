"""A conversation is summed up again and again, and is as long as before each time.

One compaction frees half of a window and more, and many steps follow before the next. Where the
prompt after it is still four fifths of the one before, and three steps or fewer come in between,
the second is a warning already; with the third it is clear that no more will help. Who spoke in
between is not asked, because a summary is often sent in the name of the user.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agentscope.findings.courses import AGENT, LLM, Course, Step
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.signatures.record import Fact
from agentscope.traces.tree import UNKNOWN

PATTERN = Pattern(
    code="compaction_loop",
    version=2,
    inform=2,
    alert=3,
    confidence=0.95,
    legitimate="It is fine if each summary is of another conversation.",
)
NO_GAIN = 0.8  # of the prompt before; what works leaves half or less
BETWEEN = 3  # steps
HINT = 0.4  # confidence where nobody tells how long the prompts were


@dataclass(slots=True)
class Compaction:
    """One compaction, what its prompt had and what the next one has, in tokens."""

    begin: int  # the row in which it begins
    asked: int = 0  # the message that asks for it, where nothing is named for it
    steps: list[Step] = field(default_factory=list)
    before: int = UNKNOWN
    after: int = UNKNOWN
    between: int = 0  # other steps after it
    task: int = 0  # what it was asked, all in all; 0: unknown

    @property
    def is_known(self) -> bool:
        return self.before > 0 and self.after > 0

    @property
    def helped(self) -> bool:
        """Whether the prompt is shorter for it, or nobody can say that it is not worth it yet."""
        return self.is_known and self.after < NO_GAIN * self.before


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of compactions that came to nothing."""
    if scene.compactions.max(initial=UNKNOWN) == UNKNOWN:
        return
    for course in scene.courses:
        if course.path and scene.compactions[course.rows[0]] >= 0:
            continue  # this run is a part of a compaction itself
        for chain in futile(compactions_in(scene, course)):
            if len(chain) >= limit.inform:
                yield told(scene, course, chain, limit)


def told(scene: Scene, course: Course, chain: list[Compaction], limit: Limit) -> Found:
    """The finding of some compactions."""
    links, times = chain[:-1], len(chain)
    is_known = all(each.is_known for each in links)
    how = "how long the prompts were is not known"
    if is_known:
        least = min(each.after * 100 // each.before for each in links)
        how = f"the prompt after it had at least {least} % of the tokens of the one before"
    most = max(each.between for each in links)
    return repeated(
        *(scene, course, [step for each in chain for step in each.steps], PATTERN, limit),
        sentence=f"The conversation was summed up {times} times with at most {most} steps between; "
        f"{how}.",
        subject="compaction",
        repeats=times,
        most=Severity.ALERT if is_known else Severity.INFO,
        confidence=PATTERN.confidence if is_known else HINT,
    )


def compactions_in(scene: Scene, course: Course) -> list[Compaction]:
    """The compactions of a course in order, each with the length of the prompts around it."""
    found: list[Compaction] = []
    system = 0  # the last instructions of who works
    lately = UNKNOWN  # tokens of the last prompt that was no compaction's
    for step in course.steps:
        begin, tokens = int(scene.compactions[step.rows[0]]), prompt(scene, step)
        last = found[-1] if found else None
        is_part = step.kind in (LLM, AGENT) and begin >= 0
        if last and last.after == UNKNOWN and not (is_part and last.begin == begin):
            last.after = tokens
        if not is_part:
            system = int(scene.records["system"][step.rows[0]]) or system
            lately = tokens if tokens > 0 else lately
            if last:
                last.between += 1
            continue
        if last is None or last.begin != begin:
            asked = asked_for(scene, begin, system)
            found.append(Compaction(begin, asked, before=lately, task=step.call))
        found[-1].steps.append(step)
        found[-1].before = max(found[-1].before, tokens)
    return found


def asked_for(scene: Scene, row: int, system: int) -> int:
    """The message that asks for a summary, if nothing else says that it is a compaction: a program
    always asks in the same words, below whatever it wants summed up, or in instructions that are
    not those of who works; 0 if something else says so."""
    if not scene.records["facts"][row] & int(Fact.SUMS_UP):
        return 0
    own = int(scene.records["system"][row])
    return own if own and own != system else int(scene.records["call"][row])


def prompt(scene: Scene, step: Step) -> int:
    """The tokens that a model was sent, in all that a step holds; UNKNOWN if nobody says."""
    tree = scene.tree
    if step.kind == LLM:
        return int(max(tree.input_tokens[row] for row in step.rows))
    if step.kind != AGENT:
        return UNKNOWN
    # Rows of agents side by side are in order of time, which need not be that of the tree.
    inside = slice(min(step.rows), max(int(tree.end[row]) for row in step.rows))
    return int(tree.input_tokens[inside].max())


def futile(found: list[Compaction]) -> Iterator[list[Compaction]]:
    """Neighbours that follow each other soon, as none but the last of them helped."""
    chain: list[Compaction] = []
    for each in found:
        before = chain[-1] if chain else None
        is_other = before and (
            before.helped
            or before.between > BETWEEN
            or before.asked != each.asked
            or is_of_another(before, each)
        )
        if is_other:
            yield chain
            chain = []
        chain.append(each)
    if chain:
        yield chain


def is_of_another(before: Compaction, each: Compaction) -> bool:
    """Whether one compaction follows another at once, and sums something else up."""
    return not before.between and 0 not in (before.task, each.task) and before.task != each.task
