"""Every detector with what it finds, its usual thresholds and those of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentscope.findings.detectors import DETECTORS, Detector
from agentscope.findings.found import Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.read import limits_of


@dataclass(slots=True, frozen=True)
class Entry:
    """A detector as the settings of a project show it."""

    pattern: Pattern
    says: str  # what it finds, in a sentence
    own: Limit | None = None  # what the project says otherwise

    @property
    def code(self) -> str:
        return self.pattern.code

    @property
    def usual(self) -> Limit:
        """Where the project says nothing."""
        return Limit(self.pattern.inform, self.pattern.alert)

    @property
    def limit(self) -> Limit:
        """What holds."""
        return self.own or self.usual


def catalogue(project_id: int, detectors: Sequence[Detector] = DETECTORS) -> list[Entry]:
    """The detectors by their codes. One query."""
    own = limits_of(project_id).own
    found = [Entry(each.PATTERN, says(each), own.get(each.PATTERN.code)) for each in detectors]
    return sorted(found, key=lambda entry: entry.code)


def says(detector: Detector) -> str:
    """What a detector finds: the first paragraph of its module."""
    return " ".join((detector.__doc__ or "").strip().split("\n\n")[0].split())
