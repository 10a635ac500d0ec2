"""Calls of tools that only the model calls around them tell of. Pure.

Many instrumentations write no content on the spans of tools, or no such spans at all; but the
answer that asks for a tool names its arguments, and the next model call is sent its result. One
that begins a conversation is sent none: it is another agent's, which the tool may be waiting for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.findings.courses import AGENT, LLM, TOOL, Course, Step
from agentscope.signatures.record import Fact

UNNAMED = "a tool"
BEGINS = int(Fact.BEGINS)


def fill_from_answers(course: Course, records: Any) -> None:
    """Say of the tool calls of a course what the answers before and after them say, where their own
    spans do not; and add those of which no span tells. In place."""
    steps: list[Step] = []
    for answer, between, after in stretches(course.steps):
        if answer is None or after is None:
            steps += [*([answer] if answer else []), *between]
            continue
        asks = int(records["asks"][answer.rows[0]])
        begins = int(records["facts"][after.rows[0]]) & BEGINS
        came = 0 if begins else after.call
        acts = [step for step in between if step.kind in (TOOL, AGENT)]
        steps.append(answer)
        if asks and not acts:
            steps.append(unseen(answer, asks, came))
        elif asks and len(acts) == 1:
            acts[0].call = acts[0].call or asks
            acts[0].result = acts[0].result or came
        steps += between
    course.steps = steps


Stretch = tuple[Step | None, list[Step], Step | None]


def stretches(steps: list[Step]) -> Iterator[Stretch]:
    """Each model call with the steps up to the next one, and that one; first what comes before."""
    answer: Step | None = None
    between: list[Step] = []
    for step in steps:
        if step.kind == LLM:
            yield answer, between, step
            answer, between = step, []
        else:
            between.append(step)
    yield answer, between, None


def unseen(answer: Step, asks: int, result: int) -> Step:
    """The call of a tool without a span: between the answer that asks for it and the next."""
    return Step(TOOL, list(answer.rows), (UNNAMED,), answer.end_ns, answer.end_ns, asks, result)
