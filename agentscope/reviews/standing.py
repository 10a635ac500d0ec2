"""How a decision stands, from what people think of it at present. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agentscope.reviews.case import SOMEBODY
from agentscope.reviews.models import WITHDRAWN, Review, Verdict

WORST = tuple(reversed(Verdict.values))


@dataclass(frozen=True, slots=True)
class Standing:
    """What it comes to."""

    needs: int  # people
    approvals: int  # people who approve
    verdict: str  # the worst; "": none yet
    is_reviewed: bool


def standing(needs: int, present: Iterable[Review]) -> Standing:
    """How a decision stands that takes so many people. Where it takes two, it is reviewed once two
    different people think the same of it; what programs say does not count for that, nor what
    somebody said where nobody logs in: it may have been either of the two."""
    said = list(present)
    people = Counter(each.verdict for each in said if each.is_person and each.who != SOMEBODY)
    verdict = worst(each.verdict for each in said)
    is_reviewed = bool(said) if needs == 1 else max(people.values(), default=0) >= needs
    return Standing(needs, people[Verdict.APPROVED], verdict, is_reviewed)


def worst(verdicts: Iterable[str]) -> str:
    """The worst of some verdicts; "" of none."""
    found = set(verdicts)
    return next((each for each in WORST if each in found), "")


def at_present(reviews: Iterable[Review]) -> list[Review]:
    """Of each person the last verdict, in the order of these, unless it was withdrawn."""
    return [each for each in last_words(reviews) if each.verdict != WITHDRAWN]


def last_words(reviews: Iterable[Review]) -> list[Review]:
    """Of each person what they said last, in the order of these. `reviews` are in the order in
    which they were given."""
    return sorted(
        {(each.who, each.is_person): each for each in reviews}.values(), key=lambda each: each.pk
    )
