"""A call of a tool that the project does not allow to this agent.

A project says under Settings, Tools which tools an agent may call; an agent without a list goes by
that of the project, and without any list nothing is found. One call is enough. It is an alert if
the tool changes something, by the verb of its name, since then it has happened already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from agentscope.findings.effects import changes_state
from agentscope.findings.found import Found, Pattern, Spent
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import times
from agentscope.findings.severity import Severity
from agentscope.vocabulary import Kind

PATTERN = Pattern(
    code="tool_not_allowed",
    version=1,
    inform=1,
    alert=1,
    confidence=1.0,
    legitimate="It is fine if the list of allowed tools is out of date.",
    apart=True,
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent and tool that it may not call."""
    if not scene.allowed.lists:
        return
    tree, calls = scene.tree, defaultdict(list)
    for row in np.flatnonzero(tree.kind == Kind.TOOL).tolist():
        calls[int(tree.agent[row]), int(tree.tool[row])].append(row)
    for (agent, tool), found in calls.items():
        who, name = tree.texts[agent], tree.texts[tool]
        if not name or len(found) < limit.inform or scene.allowed.allows(who, name):
            continue
        rows = sorted(found, key=scene.when)
        is_alert = changes_state(name) and len(rows) >= limit.alert
        yield Found(
            pattern=PATTERN,
            severity=Severity.ALERT if is_alert else Severity.WARNING,
            sentence=f"{who or 'No agent'} called {name} {times(len(rows))}, which is not on the "
            f"list of tools that it may call.",
            subject=name,
            agent=who,
            path=tree.texts[tree.path[rows[0]]],
            rows=rows,
            spent=Spent(),
            confidence=PATTERN.confidence,
            repeats=len(rows),
        )
