"""Every detector with what it finds, its usual thresholds and those of a project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentscope.findings.detectors import DETECTORS, Detector
from agentscope.findings.firsts import PATTERNS
from agentscope.findings.found import Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.measures import MEASURES
from agentscope.findings.read import limits_of
from agentscope.findings.severity import Severity
from agentscope.findings.shifts import PATTERN as COST_SHIFT

UNUSUAL = {  # what is compared with the days before; thresholds are times the median, or runs
    "cost_anomaly": "A run, or an hour, that cost many times the median of those before.",
    "token_anomaly": "A run, or an hour, that used many times the median of tokens.",
    "step_anomaly": "A run that took many times the median of steps.",
    "latency_anomaly": "A run that lasted many times the median.",
    "depth_anomaly": "A run in which agents called each other many times as deep as usual.",
    "error_anomaly": "A run in which many times the usual share of the steps failed.",
    "cost_shift": "A cost that has gone up and stays up, in percent of what was usual.",
    "new_tool": "A tool that none of so many runs of the agent called before.",
    "new_model": "A model that none of so many runs of the agent used before.",
    "new_provider": "A provider of models that none of so many runs of the agent called before.",
    "new_host": "A host that none of so many runs of the agent called before.",
}


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


def catalogue(project_id: int) -> list[Entry]:
    """All that is looked for, by code. One query."""
    own = limits_of(project_id).own
    return [Entry(each, told, own.get(each.code)) for each, told in sorted(every(), key=code_of)]


def unknown(said: Iterable[str]) -> list[str]:
    """What is neither a severity nor the code of anything that is looked for."""
    known = {each.word for each in Severity} | {pattern.code for pattern, _ in every()}
    return [each for each in said if each not in known]


def every() -> Iterator[tuple[Pattern, str]]:
    """Detectors of one trace, then what compares days, each with what it finds."""
    for detector in DETECTORS:
        yield detector.PATTERN, says(detector)
    for pattern in (*(measure.pattern for measure in MEASURES), COST_SHIFT, *PATTERNS):
        yield pattern, UNUSUAL[pattern.code]


def code_of(told: tuple[Pattern, str]) -> str:
    """What the catalogue is sorted by."""
    return told[0].code


def says(detector: Detector) -> str:
    """What a detector finds: the first paragraph of its module."""
    return " ".join((detector.__doc__ or "").strip().split("\n\n")[0].split())
