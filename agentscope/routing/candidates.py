"""Models that may do the work of another: smaller ones of the same release, and those that the
project calls already. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agentscope.prices.book import PriceBook
from agentscope.prices.contexts import known_of
from agentscope.prices.names import bare_model
from agentscope.routing.advised import Basis, Evidence
from agentscope.routing.kinds import BY_TOOLS
from agentscope.routing.lines import Line
from agentscope.routing.smaller import Families, siblings

Place = tuple[str, str, str]  # path, model, provider


@dataclass(frozen=True, slots=True)
class Offer:
    """A model, as it is called and priced."""

    provider: str
    model: str
    basis: Basis
    context: int | None  # tokens that a call may have; None: nobody says


def offers_of(
    book: PriceBook, names: Families, place: Place, called: Mapping[str, Sequence[Place]]
) -> list[Offer]:
    """The models that may do what is done at a place, each once; by the name that the project
    calls it by, if it does: `called` has the places of each. Whether they are cheaper is not looked
    at."""
    _, model, provider = place
    head, slash, _ = model.rpartition("/")  # a gateway's path stays as it is
    named = book.find(*book.alias(provider, model))
    smaller = siblings(names, *named) if named else []
    found: dict[str, Offer] = {}
    for name in smaller:
        _, spelled, seller = called.get(bare_model(name), [("", f"{head}{slash}{name}", provider)])[
            0
        ]
        found[bare_model(name)] = offer(seller, spelled, Basis.SMALLER)
    for bare, places in called.items():
        _, name, seller = places[0]
        if not known_of(seller, name).is_deprecated:
            found.setdefault(bare, offer(seller, name, Basis.USED))
    return [found[bare] for bare in sorted(found) if bare != bare_model(model)]


def offer(provider: str, model: str, basis: Basis) -> Offer:
    """A model with what the price list knows of it."""
    return Offer(provider, model, basis, known_of(provider, model).context)


def fits(offer: Offer, tokens: int, seen: Iterable[Line]) -> bool:
    """Whether a call of so many tokens is known to fit into a model: by the price list, else by the
    largest one of the project's own that it answered."""
    if offer.context is not None:
        return tokens <= offer.context
    return tokens <= held(seen)


def is_able(offer: Offer, kind: int, evidence: Evidence | None) -> bool:
    """Whether a model can be taken to do work of a kind at all: the sizes of a release call tools
    alike; of any other model no price list says that it does, so it must have done so here."""
    return kind not in BY_TOOLS or offer.basis == Basis.SMALLER or evidence is not None


def held(seen: Iterable[Line]) -> int:
    """The input tokens of the largest call among lines of which none failed; 0 of none."""
    return max((line.most_input for line in seen if not line.record.failed), default=0)
