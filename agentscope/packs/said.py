"""What people said of the decisions of a pack: a file for programs, and words for its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from agentscope.ledger.read import each_of, moment
from agentscope.packs.evidence import line
from agentscope.records.models import Record
from agentscope.reviews.models import Comment, Review
from agentscope.reviews.read import Opinion, opinions
from agentscope.traces.ids import span_hex

KIND = "review"  # of the entries that tell of it
Case = tuple[UUID, int]  # a decision: its trace and step


@dataclass
class Said:
    """All of it, as long as a pack is written."""

    reviews: Sequence[Review] = ()
    comments: Sequence[Comment] = ()
    of: Mapping[Case, SaidOf] = field(init=False)

    def __post_init__(self) -> None:
        """Find it by decision."""
        self.of = defaultdict(SaidOf)
        for review in self.reviews:
            self.of[review.trace_id, review.span_id].reviews.append(review)
        for comment in self.comments:
            self.of[comment.trace_id, comment.span_id].comments.append(comment)

    def lines(self, project_id: int) -> Iterator[bytes]:
        """Verdicts and comments, each with the position of the entry that tells of it and by the
        names that it has there; `text` is null where it was erased."""
        names = {("review", each.pk) for each in self.reviews}
        told = positions(project_id, names | {("comment", each.pk) for each in self.comments})
        for review in self.reviews:
            yield line(verdict_body(review) | {"position": told.get(("review", review.pk))})
        for comment in self.comments:
            yield line(comment_body(comment) | {"position": told.get(("comment", comment.pk))})


@dataclass
class SaidOf:
    """What was said of one decision, in its order."""

    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    def opinions(self, record: Record) -> list[Opinion]:
        """The verdicts, as they stand."""
        return opinions(self.reviews, record)


def verdict_body(review: Review) -> dict[str, Any]:
    """A verdict as programs read it. What is null nobody knows."""
    evidence = review.evidence
    return {
        "review": review.pk,
        **body(review),
        "is_person": review.is_person,
        "verdict": review.verdict,
        "record": bytes(review.record).hex(),
        "opened_at": review.opened_at and moment(review.opened_at),
        "seconds": review.seconds,
        "evidence": None if evidence is None else [span_hex(each) for each in evidence],
    }


def comment_body(comment: Comment) -> dict[str, Any]:
    """A comment likewise."""
    return {"comment": comment.pk, **body(comment)}


def body(said: Review | Comment) -> dict[str, Any]:
    """What both have."""
    return {
        "trace": said.trace_id.hex,
        "span": span_hex(said.span_id),
        "at": moment(said.at),
        "who": said.who,
        "text": None if said.erased_at else said.text,
        "salt": said.salt,
        "digest": bytes(said.digest).hex(),
        "erased_at": said.erased_at and moment(said.erased_at),
    }


def positions(project_id: int, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The entries that tell of verdicts and comments, by what and number."""
    asked, found = set(wanted), dict[tuple[str, int], int]()
    for told in each_of(project_id, KIND) if asked else ():
        details = told.said["details"]
        names = {(name, details[name]) for name in ("review", "comment") if name in details}
        found |= dict.fromkeys(names & asked, told.position)
    return found
