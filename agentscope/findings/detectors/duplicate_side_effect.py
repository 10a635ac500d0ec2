"""What changes something is done a second time: a second payment, a second mail.

It happens when work is resumed, retried or replayed, and once is too often. So a call counts that
succeeded before with the same arguments, in an earlier trace of the session or before a retry in
this one, if its tool does its work each time (effects.does_it_again) and nobody said anything in
between. A call that holds an idempotency key, or rehearses, counts for nothing. The same answer of
a model, or the same call's id asked for once more, is one call that was told twice.

Where people said something in between, one call may well be wanted again. But who resumes a run
says something too: "go on"; so three different calls that change something, made again in their
order, are a replay all the same. Half a day later the same may be due again, unless what did it
first did not end well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from agentscope.findings.found import Found, Pattern, of_rows
from agentscope.findings.limits import Limit
from agentscope.findings.made_again import Again, made_again
from agentscope.findings.measures import duration
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.traces.ids import span_hex

PATTERN = Pattern(
    code="duplicate_side_effect",
    version=1,
    inform=1,
    alert=1,
    confidence=0.95,
    legitimate="It is fine if the same was wanted once more, or the tool itself does it only once.",
)
DOUBTFUL = 0.6  # confidence
MOST_TOLD = 20  # calls in the evidence


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each tool that did again what it had done."""
    keys = [act.key for act in scene.acts.values()]
    if not scene.earlier.acts and len(set(keys)) == len(keys):
        return
    by_tool: dict[str, list[Again]] = defaultdict(list)
    for each in made_again(scene):
        by_tool[scene.tree.texts[scene.tree.tool[each.row]]].append(each)
    for tool, several in by_tool.items():
        if len(several) >= limit.inform:
            yield told(scene, tool, several, limit)


def told(scene: Scene, tool: str, several: Sequence[Again], limit: Limit) -> Found:
    """The finding of one tool. An alert needs no floor of costs: the harm is done outside."""
    is_alert = sum(each.is_certain for each in several) >= limit.alert
    return of_rows(
        *(scene, [each.row for each in several], PATTERN),
        Severity.ALERT if is_alert else Severity.WARNING,
        sentence=sentence(tool, several),
        subject=tool,
        repeats=len(several),
        confidence=PATTERN.confidence if is_alert else DOUBTFUL,
        evidence={"earlier": [place(each) for each in several[:MOST_TOLD]]},
    )


def sentence(tool: str, several: Sequence[Again]) -> str:
    """What was done again, and when."""
    first = several[0]
    gap = duration(max(first.act.start_ns - first.first.end_ns, 0))
    where = " in another trace of the session" if first.is_across else ""
    if len(several) == 1:
        return (
            f"{tool} was called again with the same arguments, {gap} after this call had "
            f"succeeded{where}."
        )
    return (
        f"{tool} was called {len(several)} times with arguments with which it had succeeded "
        f"before{where}, for the first time {gap} later."
    )


def place(again: Again) -> dict[str, Any]:
    """Where a call was made first."""
    trace = {"trace": again.first.trace_id.hex} if again.is_across else {}
    return trace | {"span": span_hex(again.first.span_id)}
