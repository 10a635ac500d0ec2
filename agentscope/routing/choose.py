"""Which calls could run on a cheaper model, by what is known of a period. Pure: rules, no model.

For each place where a model is called (an agent's path) and each kind of work: what it costs, how
it went, and the best cheaper model. A model is proven where the same agent's calls of that kind
went as well on it, within record.MARGIN and with 95 % certainty. Without such evidence there is
only something to try, and only for kinds of work that are light and went well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from agentscope.prices.book import PriceBook
from agentscope.prices.names import bare_model
from agentscope.routing.advised import Advice, Basis, Candidate, Evidence, Verdict
from agentscope.routing.candidates import Offer, Place, fits, is_able, offers_of
from agentscope.routing.kinds import LIGHT, CallKind
from agentscope.routing.lines import Line, recorded
from agentscope.routing.record import (
    LEAST_CALLS,
    MARGIN,
    Record,
    calls_needed,
    is_as_good,
    is_worse,
)
from agentscope.routing.saved import Costs, costs_now, saved
from agentscope.routing.smaller import Families, families

Doing = tuple[str, int, str]  # a bare model, a kind of call, and an agent or EVERYBODY
EVERYBODY = "\0"  # no agent's name: texts have no NUL
GOOD = 1 - MARGIN  # of the calls, that must go well now for a try elsewhere


@dataclass(slots=True)
class Known:
    """What is known of a period, ready to be asked."""

    book: PriceBook
    day: date  # whose prices hold
    places: Mapping[Place, Mapping[int, list[Line]]]  # by kind of call
    names: Families  # of the price list
    of_model: Mapping[str, list[Place]]  # where each is called, by its bare name
    doing: Mapping[Doing, list[Place]]  # where each is called for a kind of work
    # What was asked for before: many places ask for the same.
    records: dict[tuple[Place, int], Record] = field(default_factory=dict)
    offers: dict[tuple[str, str], list[Offer]] = field(default_factory=dict)
    evidence: dict[Doing, Evidence] = field(default_factory=dict)

    def lines(self, places: Iterable[Place]) -> Iterator[Line]:
        """All lines of some places."""
        for place in places:
            for lines in self.places[place].values():
                yield from lines

    def record(self, place: Place, kind: int) -> Record:
        """What became of the calls of a kind. Calls of which nothing came back have no kind: those
        that went wrong count against each."""
        found = self.records.get((place, kind))
        if found is None:
            kinds = self.places[place]
            blank = recorded(kinds.get(CallKind.UNKNOWN, ()))
            found = recorded(kinds.get(kind, ())) + only_flawed(blank)
            self.records[place, kind] = found
        return found


@dataclass(frozen=True, slots=True)
class Work:
    """The calls of a kind at a place."""

    lines: Sequence[Line]
    record: Record
    costs: Costs  # of each line, on the model that is called
    most_tokens: int  # what a model must hold: the largest input and the largest output of a line


def only_flawed(record: Record) -> Record:
    """A record without the calls that went well."""
    return Record(
        record.flawed,
        record.flawed,
        record.failed,
        record.redone,
        record.rejected,
        record.cut,
        record.in_failures,
    )


def advise(lines: Iterable[Line], book: PriceBook, day: date) -> list[Advice]:
    """All that can be advised from these lines at the prices of a day: what is proven first, then
    by what it saves. The order of the lines does not matter."""
    known = known_of(lines, book, day)
    found = [
        advice
        for place in sorted(known.places)
        for kind in sorted(known.places[place])
        if (advice := advice_for(known, place, CallKind(kind)))
    ]
    return sorted(found, key=lambda each: (each.best.verdict != Verdict.PROVEN, -each.saving))


def known_of(lines: Iterable[Line], book: PriceBook, day: date) -> Known:
    """Lines as they are asked for."""
    places: defaultdict[Place, defaultdict[int, list[Line]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line in sorted(lines, key=lambda each: (each.path, each.model, each.provider)):
        places[line.path, line.model, line.provider][line.kind].append(line)
    of_model: defaultdict[str, list[Place]] = defaultdict(list)
    doing: defaultdict[Doing, list[Place]] = defaultdict(list)
    for place in sorted(place for place in places if place[1]):
        bare = bare_model(place[1])
        of_model[bare].append(place)
        for kind, some in places[place].items():
            for agent in (some[0].agent, EVERYBODY):
                doing[bare, kind, agent].append(place)
    return Known(book, day, places, families(book.prices), of_model, doing)


def advice_for(known: Known, place: Place, kind: CallKind) -> Advice | None:
    """The advice about the calls of a kind at a place, if there is any."""
    path, model, provider = place
    lines = known.places[place][kind]
    now = known.record(place, kind)
    if kind == CallKind.UNKNOWN or now.calls < LEAST_CALLS or not model:
        return None
    most = max(line.most_input + line.most_output for line in lines)
    work = Work(lines, now, costs_now(known.book, known.day, lines), most)
    weighed = [each for offer in offers_at(known, place) if (each := weigh(known, work, offer))]
    chosen = best(weighed, kind, now, provider)
    if chosen is None:
        return None
    return Advice(
        path=path,
        agent=lines[0].agent,
        model=model,
        provider=provider,
        kind=kind,
        site=lines[0].site,
        record=now,
        calls=sum(line.record.calls for line in lines),
        calls_of_place=sum(line.record.calls for line in known.lines([place])),
        tokens=tuple(map(sum, zip(*(line.tokens for line in lines), strict=True))),
        most_input=max(line.most_input for line in lines),
        most_output=max(line.most_output for line in lines),
        best=chosen,
        others=tuple(each for each in weighed if each is not chosen),
    )


def offers_at(known: Known, place: Place) -> list[Offer]:
    """The models that may do what is done at a place. They do not depend on its path."""
    _, model, provider = place
    if (found := known.offers.get((model, provider))) is None:
        found = offers_of(known.book, known.names, place, known.of_model)
        known.offers[model, provider] = found
    return found


def weigh(known: Known, work: Work, offer: Offer) -> Candidate | None:
    """A model beside the one that is called; None if it is not cheaper, too small for them,
    or not known to do such work."""
    seen = known.of_model.get(bare_model(offer.model), [])
    evidence = evidence_of(known, bare_model(offer.model), work.lines[0])
    if not fits(offer, work.most_tokens, known.lines(seen)):
        return None
    if not is_able(offer, work.lines[0].kind, evidence):
        return None
    saving = saved(known.book, known.day, work.lines, work.costs, offer)
    if saving is None:
        return None
    verdict = judge(evidence, work.record)
    return Candidate(
        provider=offer.provider,
        model=offer.model,
        basis=offer.basis,
        context=offer.context,
        verdict=verdict,
        saving=saving,
        evidence=evidence,
        try_calls=0 if verdict == Verdict.PROVEN else calls_needed(work.record),
    )


def evidence_of(known: Known, model: str, line: Line) -> Evidence | None:
    """How calls of the same kind went on a model, by its bare name: the same agent's, else all
    others'."""
    for agent in (line.agent, EVERYBODY):
        asked = (model, line.kind, agent)
        if asked not in known.evidence and (of := known.doing.get(asked)):
            known.evidence[asked] = gathered(known, of, line.kind, is_same=agent != EVERYBODY)
        if asked in known.evidence:
            return known.evidence[asked]
    return None


def gathered(known: Known, of: Sequence[Place], kind: int, *, is_same: bool) -> Evidence:
    """How calls of a kind went at some places together."""
    record = sum((known.record(place, kind) for place in of), Record())
    largest = max(of, key=lambda each: (known.record(each, kind).calls, each))
    agents = sorted({known.places[each][kind][0].agent for each in of})
    return Evidence(record, tuple(agents), is_same, known.places[largest][kind][0].site)


def judge(evidence: Evidence | None, now: Record) -> Verdict:
    """What the calls on a cheaper model tell. Those of other agents are other work: they may rule a
    model out, but prove nothing."""
    if evidence is None:
        return Verdict.TRY
    if evidence.is_same_agent and is_as_good(evidence.record, now):
        return Verdict.PROVEN
    return Verdict.WORSE if is_worse(evidence.record, now) else Verdict.TRY


def best(
    weighed: Sequence[Candidate], kind: CallKind, now: Record, provider: str
) -> Candidate | None:
    """The proven candidate that saves most; else, of those to try, one of the same provider, then
    one on which calls of others went as well, then one of the same release, and of these the next
    smaller: it saves least."""
    proven = [each for each in weighed if each.verdict == Verdict.PROVEN]
    if proven:
        return max(proven, key=lambda each: (each.saving.usd, each.model))
    if kind not in LIGHT or now.rate < GOOD:
        return None

    def order(each: Candidate) -> tuple[bool, bool, bool, Decimal, str]:
        is_backed = each.evidence is not None and is_as_good(each.evidence.record, now)
        known = each.provider != provider, not is_backed, each.basis != Basis.SMALLER
        return *known, each.saving.usd, each.model

    return min((each for each in weighed if each.verdict == Verdict.TRY), key=order, default=None)
