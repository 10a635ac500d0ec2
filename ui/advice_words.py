"""Advice on cheaper models in words: a heading, both models side by side, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from agentscope.routing.advised import Advice, Basis, Candidate, Verdict
from agentscope.routing.kinds import CallKind
from agentscope.routing.read import Example
from agentscope.routing.record import MARGIN, TENTHS, Record, percent
from ui import amounts

KINDS = {
    CallKind.CLASSIFICATION: "classification",
    CallKind.ROUTING: "routing to other agents",
    CallKind.EXTRACTION: "extraction",
    CallKind.SHORT_ANSWER: "short answers",
    CallKind.TOOL_CHOICE: "choice of tools",
    CallKind.LONG_ANSWER: "long answers",
    CallKind.REASONING: "reasoning",
    CallKind.UNKNOWN: "unknown work",
}
VERDICTS = {
    Verdict.PROVEN: ("proven here", "good"),
    Verdict.TRY: ("to be tried", "warn"),
    Verdict.WORSE: ("worse here", "bad"),
}
BASES = {Basis.SMALLER: "smaller, of the same release", Basis.USED: "called by this project"}
FLAWS = {
    "failed": "failed",
    "redone": "done again",
    "rejected": "turned down afterwards",
    "cut": "cut at the limit of tokens",
    "in_failures": "in traces that failed",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models of an advice."""

    label: str
    model: str
    cost: str
    calls: str
    rate: str  # of those that went well; "" where there were none
    between: str
    flaws: str
    examples: list[Example]


@dataclass(frozen=True, slots=True)
class Piece:
    """An advice as it is shown."""

    advice: Advice
    sides: list[Side]

    @property
    def where(self) -> str:
        """The agents, outermost first."""
        return self.advice.path or "no agent"

    @property
    def work(self) -> str:
        """The kind of work."""
        return KINDS[self.advice.kind]

    @property
    def verdict(self) -> str:
        """What is known of the cheaper model, in a word or two."""
        return VERDICTS[self.advice.best.verdict][0]

    @property
    def tone(self) -> str:
        """The tone of that."""
        return VERDICTS[self.advice.best.verdict][1]

    @property
    def saving(self) -> str:
        """What it saves, and of how much."""
        saving = self.advice.best.saving
        return f"{amounts.money(saving.usd)} of {amounts.money(saving.now)}"

    @property
    def facts(self) -> list[str]:
        """What else is known, in sentences."""
        return [each for each in facts(self.advice) if each]

    @property
    def others(self) -> list[str]:
        """The other cheaper models, each in a sentence."""
        return [other(each) for each in self.advice.others]


def piece(advice: Advice, calls: list[Example], evidence: list[Example]) -> Piece:
    """An advice with both models beside each other."""
    saving, best = advice.best.saving, advice.best
    found = best.evidence.record if best.evidence else Record()
    now = side("Now", advice.model, amounts.money(saving.now), advice.record, calls)
    then = side("Cheaper", best.model, amounts.money(saving.then), found, evidence)
    return Piece(advice, [now, then])


def side(label: str, model: str, cost: str, record: Record, examples: list[Example]) -> Side:
    """A model with what it cost, or would have, and how its calls went."""
    return Side(
        label=label,
        model=model,
        cost=cost,
        calls=amounts.count(record.calls, "call") if record.calls else "no such calls",
        rate=percent(record.rate) if record.calls else "",
        between=between(record) if record.calls else "",
        flaws=flaws(record),
        examples=examples,
    )


def between(record: Record) -> str:
    """The interval of a share, rounded outwards."""
    low, high = record.interval
    return f"{floor(low * TENTHS) / 10:g} to {ceil(high * TENTHS) / 10:g} %"


def flaws(record: Record) -> str:
    """How often what went wrong."""
    told = ((getattr(record, name), words) for name, words in FLAWS.items())
    return ", ".join(f"{number:,} {words}" for number, words in told if number)


def facts(advice: Advice) -> Iterator[str]:
    """What an advice rests on."""
    saving, evidence = advice.best.saving, advice.best.evidence
    yield (
        f"{advice.calls:,} of the {advice.calls_of_place:,} calls here are of this kind"
        f" ({percent(advice.share)}). {advice.rule}"
    )
    yield (
        f"The largest had {advice.most_input:,} tokens in and {advice.most_output:,} out;"
        f" {advice.best.model} {room(advice.best)}."
    )
    if evidence:
        whose = "the same agent" if evidence.is_same_agent else ", ".join(evidence.agents)
        yield f"The calls on {advice.best.model} are those of {whose}."
    if saving.unpriced_calls:
        reasons = "; ".join(saving.unpriced_why)
        left = amounts.count(saving.unpriced_calls, "call")
        yield f"{left} of unknown cost in neither sum: {reasons}."


def room(candidate: Candidate) -> str:
    """How large a call a model takes."""
    if candidate.context is None:
        return "has answered calls as large as that here"
    return f"takes {candidate.context:,}"


def other(candidate: Candidate) -> str:
    """Another cheaper model, in a sentence."""
    word, _ = VERDICTS[candidate.verdict]
    found = candidate.evidence
    told = (
        f"{amounts.count(found.record.calls, 'call')}, {percent(found.record.rate)} went well"
        if found
        else "no such calls"
    )
    saving = amounts.money(candidate.saving.usd)
    return f"{candidate.model} ({BASES[candidate.basis]}): {word}, {told}; saves {saving}"


def pieces(found: Sequence[tuple[Advice, list[Example], list[Example]]]) -> list[Piece]:
    """Pieces of advice as they are shown."""
    return [piece(*each) for each in found]


RULE = (
    "Proven: the same agent's calls of that kind went as well on the cheaper model, at most"
    f" {percent(MARGIN)} worse with 95 % certainty. To be tried: there are none, or too few."
)
