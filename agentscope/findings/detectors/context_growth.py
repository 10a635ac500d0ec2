"""Every step sends everything again: what a loop costs more by.

The prompts of an agent that keeps all it read grow by a line, so their sum grows by the square; an
agent at the ceiling of its window pays the whole of it each time. Twenty times the last prompt is
what forty growing calls come to, or twenty at the ceiling. An answer, or a change that was made, is
what the prompts were for: only the calls since the last one count. It wakes nobody by its size
alone, but by what it burns in an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from agentscope.findings.came_of import is_answer, is_change
from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.found import Found, Pattern, Spent, repeated
from agentscope.findings.gates import FEWEST_PROMPTS
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="context_growth",
    version=2,
    inform=20,
    alert=20,
    confidence=0.7,
    legitimate="It is fine if all that was read is needed for one answer that is still to come.",
)
STRAIGHT = 0.9  # R², of prompts against their number
CEILING = 0.8  # of the longest prompt: as long as that from the first call on
LONG = 32_000  # tokens of a prompt; short ones of one length are many small questions
OUTPUT = 0.05  # of all tokens: who writes texts or code comes to more
MOSTLY = 0.6  # of the calls must say what they used; what is not known is left out
HOUR_NS = 3600 * 10**9
SHORTEST_NS = 300 * 10**9  # what lasted less is taken to have lasted so long
BURN_TOKENS = 10_000_000  # an hour; an agent that works with a warm cache uses a tenth of it
BURN_PICO = 20 * 10**12  # 20 USD an hour
CACHED = 0.1  # of the price of a token, where it is read from a cache


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each run whose prompts add up without an answer."""
    for course in scene.courses:
        every = since_output(scene, course)
        steps = [step for step in every if scene.tree.input_tokens[step.rows[0]] > 0]
        if len(steps) < max(FEWEST_PROMPTS, MOSTLY * len(every)):
            continue
        prompts = np.array([scene.tree.input_tokens[step.rows[0]] for step in steps])
        if not is_growing(prompts):
            continue
        times = int(prompts.sum() // prompts[-1])
        if times >= limit.inform and output_share(scene, steps) < OUTPUT:
            yield told(scene, course, steps, times, limit)


def told(scene: Scene, course: Course, steps: list[Step], times: int, limit: Limit) -> Found:
    """The finding of model calls that sent so many times the last prompt."""
    prompts = scene.tree.input_tokens[[step.rows[0] for step in steps]]
    found = repeated(
        *(scene, course, steps, PATTERN, limit),
        sentence=f"{len(steps)} model calls since the last answer sent {prompts.sum():,} tokens, "
        f"{times} times the last prompt of {prompts[-1]:,}.",
        subject=steps[-1].name,
        repeats=times,
    )
    cached = int(scene.tree.billed_cache_read[[step.rows[0] for step in steps]].sum())
    burns = found.severity == Severity.ALERT and is_burning(found.spent, cached)
    found.severity = Severity.ALERT if burns else Severity.INFO
    return found


def since_output(scene: Scene, course: Course) -> list[Step]:
    """The model calls since something came of them: an answer, or a change that was made."""
    found: list[Step] = []
    for step, after in zip_longest(course.steps, course.steps[1:]):
        if step.kind == LLM:
            found.append(step)
            if is_answer(scene, step, after):
                found = []
        elif step.kind == TOOL and is_change(scene, step):
            found = []
    return found


def is_growing(prompts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """Whether prompts grow by a line, or are at the ceiling from the first on."""
    if prompts.min() >= max(LONG, CEILING * prompts.max()):
        return True
    number = np.arange(len(prompts))
    slope, start = np.polyfit(number, prompts, 1)
    left = prompts - (slope * number + start)
    return bool(slope > 0 and left.var() < (1 - STRAIGHT) * prompts.var())


def output_share(scene: Scene, steps: list[Step]) -> float:
    """The share of what models wrote in all their tokens."""
    rows = [step.rows[0] for step in steps]
    written = np.maximum(scene.tree.output_tokens[rows], 0).sum()
    return float(written / (written + scene.tree.input_tokens[rows].sum()))


def is_burning(used: Spent, cached: int) -> bool:
    """Whether tokens, so many of them from a cache, or money go at a rate that a person should know
    of at once."""
    hours = max(used.nanoseconds, SHORTEST_NS) / HOUR_NS
    tokens = used.tokens - (1 - CACHED) * cached
    return tokens >= BURN_TOKENS * hours or used.pico >= BURN_PICO * hours
