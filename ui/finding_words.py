"""Findings and causes in words, and what of them is folded away. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from agentscope.findings.anomaly import CODES as COMPARED
from agentscope.findings.catalogue import Entry
from agentscope.findings.decisions import OPEN, REOPENED, state
from agentscope.findings.kept import Key
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import Counts, Recent
from agentscope.findings.severity import Severity
from agentscope.findings.waste import More, burn_per_hour, cost_wasted, more
from agentscope.findings.waste import tokens_wasted as known_tokens
from ui import amounts
from ui.evidence import repeated

FIRST, ALIKE = 5, 2  # findings of a trace that are shown unfolded, and how many of one kind
MOST = 8  # that are folded; machines are told all
TONES = {Severity.INFO: "plain", Severity.WARNING: "warn", Severity.ALERT: "bad"}
STANDING = (OPEN, REOPENED)
STATE_WORDS = {"expected": "expected here", "resolved": "resolved"}


def code_words(code: str) -> str:
    """A code as people say it: `exact repeat`."""
    return code.replace("_", " ")


def severity_word(severity: int) -> str:
    """The word of a severity; the least where nothing is added up yet."""
    return Severity(severity or Severity.INFO).word


def severity_tone(severity: int) -> str:
    """The tone of a severity, as pills have it."""
    return TONES[Severity(severity or Severity.INFO)]


def tokens_wasted(of: Finding | Cause) -> str:
    """The tokens that were wasted; unknown where nobody knows."""
    return amounts.tokens(known_tokens(of))


def usd_wasted(of: Finding | Cause) -> str:
    """The money that was wasted: `≥ $1.20`, where some calls have no price."""
    known = cost_wasted(of)
    return amounts.UNKNOWN if known is None else amounts.cost(known, of.unpriced_calls)


def wasted(of: Finding | Cause | Counts | More) -> str:
    """What was spent since the first repeat: `41,208 tokens, ≥ $1.20`; empty if nothing was."""
    said = [amounts.count(of.tokens, "token")] if of.tokens else []
    if of.known_cost or of.unpriced_calls:
        said.append(amounts.cost(of.known_cost, of.unpriced_calls))
    return ", ".join(said)


@dataclass(slots=True, frozen=True)
class Sighting:
    """A finding, how its cause stands, and the detector that found it, where they are known."""

    finding: Finding
    state: str
    cause: Cause | None = None
    detector: Entry | None = None

    @property
    def key(self) -> Key:
        """What it is known by in its trace."""
        return self.finding.fingerprint, self.finding.first_span

    @property
    def is_standing(self) -> bool:
        """Whether nobody has decided about it, or it came back."""
        return self.state in STANDING

    @property
    def rate(self) -> str:
        """Its cost by the hour; empty where that is not known."""
        rate = burn_per_hour(self.finding)
        return "" if rate is None else amounts.cost(rate, self.finding.unpriced_calls)

    @property
    def elsewhere(self) -> str:
        """The other places of its cause that it speaks for: `and in 480 more places of this trace:
        41,208 tokens, $1.20`; empty if there are none."""
        others = more(self.finding)
        if others is None:
            return ""
        places = amounts.count(others.places, "more place")
        return f"and in {places} of this trace{f': {wasted(others)}' if wasted(others) else ''}"

    @property
    def has_course(self) -> bool:
        """Whether it goes from a first step to another one."""
        is_compared = self.finding.code in COMPARED  # with other runs
        return not is_compared and self.finding.first_span != self.finding.last_span

    @property
    def has_sides(self) -> bool:
        """Whether two steps can be set side by side: of its own, or one with what it repeats."""
        return self.has_course or repeated(self.finding) is not None

    @property
    def counted_from(self) -> str:
        """From where on what was wasted counts."""
        return "above the usual" if self.finding.code in COMPARED else "since the first repeat"


def rate(of: Recent) -> str:
    """What a cause costs by the hour while it goes on; empty where that is not known."""
    usd = of.burn_per_hour
    return "" if usd is None else amounts.cost(usd, of.unpriced_calls)


@dataclass(slots=True, frozen=True)
class Fold:
    """Findings of a trace that are folded. Only the first ones are shown, `left` are not."""

    words: str
    shown: list[Sighting]
    left: int


@dataclass(slots=True, frozen=True)
class Sightings:
    """The findings of a trace as its page has them: the first ones, those that are folded for want
    of room, and those that somebody decided about."""

    first: list[Sighting]
    rest: list[Sighting]
    settled: list[Sighting]

    @property
    def standing(self) -> int:
        """At how many places something was found that nobody has decided about."""
        return sum(1 + each.finding.more_places for each in (*self.first, *self.rest))

    @property
    def shown(self) -> list[Sighting]:
        """Those that have a place on the page, folded or not."""
        return [*self.first, *self.rest[:MOST], *self.settled[:MOST]]

    def filled(self, rows: Mapping[Key, Finding]) -> Sightings:
        """The same with these rows in the place of what marks the tree; one that is not there any
        more is not shown."""

        def full(some: list[Sighting]) -> list[Sighting]:
            known = [(each, rows.get(each.key)) for each in some]
            return [replace(each, finding=row) for each, row in known if row]

        return Sightings(
            full(self.first),
            [*full(self.rest[:MOST]), *self.rest[MOST:]],
            [*full(self.settled[:MOST]), *self.settled[MOST:]],
        )

    @property
    def settled_words(self) -> str:
        """`2 expected here, 1 resolved`."""
        states = [each.state for each in self.settled]
        counted = ((states.count(state), words) for state, words in STATE_WORDS.items())
        return ", ".join(f"{number:,} {words}" for number, words in counted if number)

    @property
    def folds(self) -> list[Fold]:
        """What is folded, with what it is."""
        more = amounts.count(len(self.rest), "more finding")
        told = ((more, self.rest), (self.settled_words, self.settled))
        return [Fold(words, of[:MOST], len(of[MOST:])) for words, of in told if of]


def sighted(
    findings: Iterable[Finding],
    causes: Mapping[UUID, Cause],
    detectors: Mapping[str, Entry] | None = None,
) -> list[Sighting]:
    """Findings with the states of their causes; a cause that is not added up yet is open."""
    known = detectors or {}
    return [
        Sighting(each, state(cause) if cause else OPEN, cause, known.get(each.code))
        for each in findings
        for cause in [causes.get(each.fingerprint)]
    ]


def thresholds(detector: Entry) -> str:
    """`informs from 3, alerts from 6`, and whether that is the project's own."""
    if not detector.limit.enabled:
        return "switched off since"
    own = ", set by this project" if detector.own else ""
    return f"informs from {detector.limit.inform:,}, alerts from {detector.limit.alert:,}{own}"


def sure(confidence: float) -> str:
    """How often such a shape is what it looks like: `95%`."""
    return f"{confidence:.0%}"


@dataclass(slots=True, frozen=True)
class Step:
    """The place of a span among the steps of a finding, in order of time."""

    of: Sighting
    number: int  # from 1
    count: int
    before: int | None  # span ids of those beside it
    after: int | None


def steps_of(found: Iterable[Sighting], span_id: int) -> list[Step]:
    """What a span is a step of."""
    return [step(each, span_id) for each in found if span_id in each.finding.span_ids]


def step(of: Sighting, span_id: int) -> Step:
    """One of the steps of a finding."""
    spans = np.asarray(of.finding.span_ids)
    at, count = int(np.flatnonzero(spans == span_id)[0]), len(spans)
    before = int(spans[at - 1]) if at else None
    return Step(of, at + 1, count, before, int(spans[at + 1]) if at + 1 < count else None)


def sightings(found: Sequence[Sighting]) -> Sightings:
    """The findings of a trace, told apart by what was decided. Of one kind a few come first, lest
    the same thing said of each agent push all else aside."""
    first: list[Sighting] = []
    rest: list[Sighting] = []
    kinds: Counter[str] = Counter()
    for each in (each for each in found if each.is_standing):
        is_first = len(first) < FIRST and kinds[each.finding.code] < ALIKE
        (first if is_first else rest).append(each)
        kinds[each.finding.code] += 1
    return Sightings(first, rest, [each for each in found if not each.is_standing])
