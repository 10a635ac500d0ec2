"""A call that goes where only an untrusted result said, and does more than that.

The host or the address in its arguments came up first in what a tool read from strangers, nobody
else named it, and either that result tells models what to do, or the call carries a secret. The
levels are in agentscope/findings/lineage.py; below the fourth nothing is told, for research agents
open what a search found. It is a tripwire: what is worded otherwise or encoded is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern, Spent
from agentscope.findings.limits import Limit
from agentscope.findings.lineage import Edge, Level, edges, tool
from agentscope.findings.scene import Scene
from agentscope.findings.sensitive import NAMES
from agentscope.findings.severity import Severity
from agentscope.signatures.sensitive import OWN

PATTERN = Pattern(
    code="injection_lineage",
    version=1,
    inform=1,
    alert=1,
    confidence=0.7,
    legitimate="It is fine if the agent is meant to act on what such a source says.",
    apart=True,
)
FEWEST = {Level.ORDERED: Severity.WARNING, Level.LEAKING: Severity.ALERT}


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each agent, tool, source and level."""
    groups = defaultdict(list)
    for edge in edges(scene):
        if edge.level in FEWEST:
            who = int(scene.tree.agent[edge.call])
            groups[who, tool(scene, edge.call), tool(scene, edge.source), edge.level].append(edge)
    for (who, call, source, level), found in groups.items():
        calls = sorted({edge.call for edge in found}, key=scene.when)
        if len(calls) < limit.inform:
            continue
        severity = FEWEST[level] if len(calls) >= limit.alert else Severity.WARNING
        yield Found(
            pattern=PATTERN,
            severity=severity,
            sentence=sentence(scene, call, source, found),
            subject=f"{source} → {call}: level {int(level)}",
            agent=scene.tree.texts[who],
            path=scene.tree.texts[scene.tree.path[calls[0]]],
            rows=sorted({*calls, *(edge.source for edge in found)}, key=scene.when),
            spent=Spent(),
            confidence=PATTERN.confidence,
            repeats=len(calls),
            evidence={"level": int(level)},
        )


def sentence(scene: Scene, call: str, source: str, found: list[Edge]) -> str:
    """What was seen, without the host or the address."""
    what = "an address" if found[0].is_mail else "a host"
    if found[0].level is Level.LEAKING:
        number = int(scene.records["asked_rule"][found[0].call])
        more = f"and carried what looks like this: {NAMES.get(number, NAMES[OWN])[0]}"
    else:
        more = "and that result tells models what to do"
    end = "" if more.endswith("…") else "."
    return f"{call} used {what} that came up first in a result of {source}, {more}{end}"
