"""What reviews tell over a time: of agents, how often they were wrong and whether people agree on
it; of those who review, how well they look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from agentscope.reviews.models import WITHDRAWN, Review, Verdict
from agentscope.reviews.rates import Pair, agreement, kappa, wilson
from agentscope.reviews.read import ReviewFilters, reviews
from agentscope.reviews.stamping import Odd, odd
from agentscope.reviews.standing import at_present, worst

Interval = tuple[float, float]
COLUMNS = (
    *("pk", "trace_id", "span_id", "who", "is_person", "agent", "verdict"),
    *("seconds", "evidence"),
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some, with the interval in which the share lies, at 95 %."""

    found: int
    total: int
    interval: Interval | None  # None: of none nothing is known

    @staticmethod
    def of(found: int, total: int) -> Share:
        """With its interval."""
        return Share(found, total, wilson(found, total))

    @property
    def share(self) -> float | None:
        """0 to 1; None of none."""
        return self.found / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class OfAgent:
    """What is thought of the decisions of an agent. Each counts once, by its worst verdict."""

    agent: str  # "" unknown
    decisions: int
    approved: Share
    questioned: Share
    wrong: Share
    pairs: int  # decisions of which two people or more said what they think
    agreement: float | None  # of those pairs, 0 to 1; None: too few
    kappa: float | None  # beyond chance; None: too few, or all said the same


@dataclass(frozen=True, slots=True)
class OfReviewer:
    """How somebody reviews."""

    who: str
    is_person: bool
    reviews: int
    approved: Share
    seen: int  # reviews of which it is known how they were made: on the page
    seconds: float | None  # median of those; None: of none
    unread: Share  # of those: without any evidence opened
    odd: list[Odd]


def in_time(project_id: int, filters: ReviewFilters) -> list[Review]:
    """Verdicts in the order in which they were given, as far as they are counted. One query."""
    return list(reviews(project_id, filters).order_by("pk").only(*COLUMNS))


def of_agents(found: Iterable[Review]) -> list[OfAgent]:
    """What is thought of the decisions of agents, those first of which most are wrong."""
    by_agent: dict[str, list[Review]] = defaultdict(list)
    for each in found:
        by_agent[each.agent].append(each)
    told = [of_agent(agent, said) for agent, said in by_agent.items()]
    told = [each for each in told if each.decisions]  # not all are withdrawn
    return sorted(told, key=lambda each: (-each.wrong.found, -each.questioned.found, each.agent))


def of_agent(agent: str, said: Iterable[Review]) -> OfAgent:
    """The same of one."""
    decided = list(decisions(said))
    verdicts = [worst(each.verdict for each in present) for present in decided]
    pairs = [pair(present) for present in decided if len(present) > 1]
    total = len(verdicts)
    return OfAgent(
        agent=agent,
        decisions=total,
        approved=Share.of(verdicts.count(Verdict.APPROVED), total),
        questioned=Share.of(verdicts.count(Verdict.QUESTIONED), total),
        wrong=Share.of(verdicts.count(Verdict.WRONG), total),
        pairs=len(pairs),
        agreement=agreement(pairs),
        kappa=kappa(pairs),
    )


def decisions(said: Iterable[Review]) -> Iterator[list[Review]]:
    """What people think at present of each decision of which they think something."""
    by_case: dict[tuple[object, int], list[Review]] = defaultdict(list)
    for each in said:
        by_case[each.trace_id, each.span_id].append(each)
    return filter(None, map(at_present, by_case.values()))


def pair(present: Sequence[Review]) -> Pair:
    """What two different people think of a decision. Those whose names come first, so that nobody
    is the first one by being quick."""
    first, second = sorted(present, key=lambda each: each.who)[:2]
    return first.verdict, second.verdict


def of_reviewers(found: Iterable[Review]) -> list[OfReviewer]:
    """How people review, who reviewed most first. Verdicts that were replaced or withdrawn count
    too: somebody gave them."""
    by_who: dict[str, list[Review]] = defaultdict(list)
    for each in found:
        if each.verdict != WITHDRAWN:
            by_who[each.who].append(each)
    told = [of_reviewer(who, said) for who, said in by_who.items()]
    return sorted(told, key=lambda each: (-each.reviews, each.who))


def of_reviewer(who: str, said: Sequence[Review]) -> OfReviewer:
    """The same of one."""
    seen = [each for each in said if each.seconds is not None]
    seconds = median(each.seconds or 0 for each in seen) if seen else None
    unread = Share.of(sum(not each.evidence for each in seen), len(seen))
    return OfReviewer(
        who=who,
        is_person=said[-1].is_person,
        reviews=len(said),
        approved=Share.of(sum(each.verdict == Verdict.APPROVED for each in said), len(said)),
        seen=len(seen),
        seconds=seconds,
        unread=unread,
        odd=odd(len(seen), seconds, unread.share),
    )


def measured(
    project_id: int, since: datetime | None, until: datetime | None = None, agent: str = ""
) -> list[Review]:
    """Verdicts that were given in a time. One query."""
    return in_time(project_id, ReviewFilters(since=since, until=until, agent=agent))
