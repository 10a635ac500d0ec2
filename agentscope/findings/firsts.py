"""What an agent did for the first time after many runs without: a tool, a model, a provider. Pure.

Thirty runs are enough to say so: of what a tenth of the runs do, all of thirty do without in one
case of twenty. Nothing is wrong with a first time, so it is a note, and a warning only for a tool
that changes something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agentscope.findings.effects import changes_state
from agentscope.findings.found import Pattern
from agentscope.findings.limits import Limits
from agentscope.findings.places import Place
from agentscope.findings.severity import Severity

FEWEST = 30  # runs
DAYS = 28
FINE = "It is fine if the agent was given it on purpose."
NEW_TOOL = Pattern("new_tool", 1, FEWEST, FEWEST, 0.9, FINE)
NEW_MODEL = Pattern("new_model", 1, FEWEST, FEWEST, 0.9, FINE)
NEW_PROVIDER = Pattern("new_provider", 1, FEWEST, FEWEST, 0.8, FINE)
NEW_HOST = Pattern("new_host", 1, FEWEST, FEWEST, 0.7, FINE)
PATTERNS = (NEW_TOOL, NEW_MODEL, NEW_PROVIDER, NEW_HOST)
DID = {
    NEW_TOOL.code: "called",
    NEW_MODEL.code: "used",
    NEW_PROVIDER.code: "called models of",
}


@dataclass(slots=True, frozen=True)
class First:
    """Something that no run of an agent did before."""

    pattern: Pattern
    agent: str
    name: str  # of the tool, model or provider
    runs: int  # before, in traces
    trace_id: UUID
    began: datetime  # the first run that did

    @property
    def severity(self) -> Severity:
        """A tool that changes something is worth a look."""
        changes = self.pattern is NEW_TOOL and changes_state(self.name)
        return Severity.WARNING if changes else Severity.INFO

    @property
    def sentence(self) -> str:
        """What it did, and since when it did not."""
        did = DID[self.pattern.code]
        runs = f"{self.runs:,} runs in the {DAYS} days before"
        return f"{self.agent} {did} {self.name}, which none of its {runs} did."

    @property
    def place(self) -> Place:
        """The spans that did it."""
        if self.pattern is NEW_TOOL:
            return Place(self.agent, tool=self.name)
        if self.pattern is NEW_PROVIDER:
            return Place(self.agent, provider=self.name)
        return Place(self.agent, model=self.name)


def told(found: Iterable[First], limits: Limits) -> Iterator[First]:
    """Those for which a project wants to know it, after as many runs as it says."""
    for each in found:
        limit = limits.of(each.pattern.code, each.pattern.inform, each.pattern.alert)
        if limit.enabled and each.runs >= limit.inform:
            yield each
