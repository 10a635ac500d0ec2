"""What an advice says, with all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from agentscope.routing.kinds import RULES, CallKind
from agentscope.routing.record import MARGIN, Record, percent

ASSUMED = (
    "The same numbers of tokens are priced on both models: another model cuts texts into other"
    " tokens, and may answer at another length.",
    "Both prices are those of the last day of the period, in the service tier of each call.",
    "A cache is empty when a model changes: cached input is priced as if it were cached there too.",
    "Whether a model takes pictures, or answers in a structure that is asked for, is in no price"
    " list: it is proven by such calls that went well there.",
    "The sizes of a release call tools alike; another model must have called some here.",
    "Calls that are compared were not given the same questions.",
)


class Verdict(StrEnum):
    """What the project's own calls tell of a cheaper model."""

    PROVEN = "proven"  # the same agent's went as well there
    TRY = "try"  # there are none, too few to tell, or others' only
    WORSE = "worse"  # they went wrong more often there


class Basis(StrEnum):
    """Why a model is considered."""

    SMALLER = "smaller"  # of the same release, by its name
    USED = "used"  # the project calls it elsewhere


@dataclass(frozen=True, slots=True)
class Saving:
    """What calls cost on both models, exactly, in USD; of those that have a price on both."""

    now: Decimal
    then: Decimal
    priced_calls: int
    unpriced_calls: int  # that are in neither
    unpriced_why: tuple[str, ...] = ()  # vocabulary.Why, in words

    @property
    def usd(self) -> Decimal:
        """What is saved."""
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Evidence:
    """How calls of the same kind went on the cheaper model."""

    record: Record
    agents: tuple[str, ...]  # whose calls they are
    is_same_agent: bool
    site: int  # where most of them were made


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cheaper model for some calls."""

    provider: str
    model: str  # as it is to be called
    basis: Basis
    context: int | None  # tokens that a call may have; None: nobody says
    verdict: Verdict
    saving: Saving
    evidence: Evidence | None  # None: no such calls in the period
    try_calls: int  # that would prove it, if they go as well as now; 0: it is proven


@dataclass(frozen=True, slots=True)
class Advice:
    """That calls of a kind at a place could run on a cheaper model."""

    path: str  # agents, outermost first, joined by "/"
    agent: str
    model: str  # as it is called now
    provider: str
    kind: CallKind
    site: int
    record: Record  # of the calls now; with those of which nothing came back
    calls: int  # of the kind
    calls_of_place: int  # of any kind, by the same agent and path on that model
    tokens: tuple[int, ...]  # in the order of vocabulary.Buckets
    most_input: int  # tokens of one call, here and below
    most_output: int
    best: Candidate
    others: tuple[Candidate, ...]  # cheaper too

    @property
    def saving(self) -> Decimal:
        """USD in the period."""
        return self.best.saving.usd

    @property
    def share(self) -> float:
        """How much of what is done at the place is of this kind: the steadier, the safer."""
        return self.calls / self.calls_of_place

    @property
    def rule(self) -> str:
        """By what the kind is known, as a sentence."""
        return RULES[self.kind]

    @property
    def reason(self) -> str:
        """What is advised and why, as a sentence."""
        best, evidence = self.best, self.best.evidence
        if evidence is None:
            return f"No evidence here: try {best.model} on {best.try_calls} calls."
        whose = "" if evidence.is_same_agent else " of other agents"
        found = (
            f"{evidence.record.calls} such calls{whose} on {best.model} went well in"
            f" {percent(evidence.record.rate)}, {self.record.calls} on {self.model} in"
            f" {percent(self.record.rate)}"
        )
        if best.verdict == Verdict.PROVEN:
            return f"{found}: at most {percent(MARGIN)} worse, with 95 % certainty."
        why = "too few to tell" if evidence.is_same_agent else "that is other work"
        return f"{found}: {why}, try it on {best.try_calls} calls."
