"""Findings of what rules for secrets and personal data find: by agent, place and rule. Pure.

The values are nowhere in them. One is enough to be told, and nothing is spent by it. An alert is
for a project to ask for, since what leaks money is not seen here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from agentscope.findings.found import Found, Pattern, Spent
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.secrets.rules import BY_NUMBER
from agentscope.signatures.sensitive import NAMED, OWN, PERSONAL
from agentscope.traces.tree import Ints, Mask
from agentscope.vocabulary import Kind

NEVER = 1_000_000  # places of one trace: more than any has
TOOLS = (int(Kind.TOOL), int(Kind.HANDOFF), int(Kind.RETRIEVAL))
TALKS = (int(Kind.LLM), int(Kind.AGENT))
NAMES = {
    NAMED: ("value of a field whose name says that it is secret", "named_secret"),
    OWN: ("value that a rule of this project knows", "own rule"),
    **{number: (rule.about, rule.code) for number, rule in BY_NUMBER.items()},
}


def rows_with(scene: Scene, column: str, kinds: Iterable[int], *, personal: bool) -> Ints:
    """The rows of some kinds where a rule found something."""
    numbers = scene.records[column]
    if not numbers.any():  # as nearly everywhere
        return np.zeros(0, np.int64)
    about: Mask = np.isin(numbers, list(PERSONAL)) == personal
    return np.flatnonzero((numbers != 0) & about & np.isin(scene.tree.kind, list(kinds)))


def leaks(
    scene: Scene,
    rows: Ints,
    column: str,
    place: str,
    pattern: Pattern,
    level: Severity,
    limit: Limit,
) -> Iterator[Found]:
    """A finding for each agent, tool and rule among some rows."""
    tree, groups = scene.tree, defaultdict(list)
    for row in sorted(rows.tolist(), key=scene.when):
        number = int(scene.records[column][row])
        groups[int(tree.agent[row]), subject_of(scene, row), number].append(row)
    for (agent, tool, number), found in groups.items():
        if len(found) < limit.inform:
            continue
        about, code = NAMES.get(number, NAMES[OWN])
        where = f"{place} {tool}" if tool else place
        yield Found(
            pattern=pattern,
            severity=Severity.ALERT if len(found) >= limit.alert else level,
            sentence=f"Found in {where}, {times(len(found))}: {about} ({code}).",
            subject=f"{where}: {code}",
            agent=tree.texts[agent],
            path=tree.texts[tree.path[found[0]]],
            rows=found,
            spent=Spent(),
            confidence=pattern.confidence,
            repeats=len(found),
        )


def subject_of(scene: Scene, row: int) -> str:
    """The tool that a row calls; of others nothing, as models change."""
    tree = scene.tree
    if int(tree.kind[row]) not in TOOLS:
        return ""
    return str(tree.texts[tree.tool[row]] or tree.texts[tree.name[row]])


def times(number: int) -> str:
    """So often."""
    return "once" if number == 1 else f"{number} times"
