"""What a program is about: words, so that two variants of a program are two different programs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Theme:
    """One trade: its agents, tools, things and sentences."""

    service: str
    agents: tuple[str, ...]  # who leads, who works, who checks, who helps
    tasks: tuple[str, ...]
    question: str  # a long one, so that a word more or less changes little
    topics: tuple[str, ...]
    lookup: str  # the tool that reads one thing by its `key`
    key: str
    search: str
    listing: str  # page by page
    write: str  # changes state
    act: str  # has an effect outside
    status: str
    check: str
    places: tuple[str, ...]  # a thing is a place and a name
    names: tuple[str, ...]
    thing: str  # how the two are put together
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    states: tuple[str, ...]
    plan: tuple[str, ...]

    @property
    def tools(self) -> tuple[str, ...]:
        """All of them."""
        reading = (self.lookup, self.search, self.listing, self.status, self.check)
        return (*reading, self.write, self.act)

    def things(self, rng: Random, count: int) -> list[str]:
        """Different things, as many as are asked for."""
        every = [self.thing.format(place=p, name=n) for p in self.places for n in self.names]
        return rng.sample(every, count)

    def sentence(self, rng: Random) -> str:
        """Something that could be said about the work."""
        return (
            f"The {rng.choice(self.subjects)} {rng.choice(VERBS)} {rng.choice(self.objects)}"
            f" {rng.choice(TAILS)}."
        )

    def paragraph(self, rng: Random, sentences: int) -> str:
        """Several of them."""
        return " ".join(self.sentence(rng) for _ in range(sentences))

    def record(self, rng: Random, thing: str) -> dict[str, Any]:
        """What the lookup says about a thing."""
        return {
            self.key: thing,
            "state": rng.choice(self.states),
            "amount": rng.randint(100, 99_000) / 100,
            "owner": rng.choice(OWNERS),
            "note": self.sentence(rng),
        }

    def hits(self, rng: Random, count: int) -> list[dict[str, Any]]:
        """What a search finds."""
        return [
            {"title": f"{rng.choice(self.topics)} ({at})", "snippet": self.sentence(rng)}
            for at in self.things(rng, count)
        ]


VERBS = (
    *("was delayed by", "depends on", "does not match", "was replaced by", "is waiting for"),
    *("was confirmed by", "is older than", "was moved after", "refers to", "was split off from"),
)
TAILS = (
    *("since Monday", "for the second time", "according to the latest entry", "in most cases"),
    *("without a stated reason", "as the appendix says", "after the change in October"),
    *("when more than twelve are open", "in the northern region", "unless somebody objects"),
    *("at half of the usual rate", "before the end of the quarter", "on two of three sites"),
)
OWNERS = ("Ines Prado", "Tomas Eklund", "Mei Tanaka", "Ruth Adler", "Samir Haddad", "Olga Novak")
