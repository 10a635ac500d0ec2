"""What people say of decisions. Each of it is told to the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from agentscope.alerts.watch import BadRule
from agentscope.projects.changes import note_change
from agentscope.projects.models import User
from agentscope.projects.repeated import LONGEST_TOOL, MOST_TOOLS
from agentscope.projects.roles import Right
from agentscope.reviews.case import Case, Who, members, needed_record, sealed
from agentscope.reviews.items import stand, stand_anew, taken_up
from agentscope.reviews.models import (
    SAYINGS,
    WITHDRAWN,
    Comment,
    Item,
    Mention,
    Review,
    TwoPersons,
    Verdict,
)
from agentscope.reviews.sittings import ended
from agentscope.reviews.two_persons import hold_still, tools_of_two
from agentscope.traces.ids import span_hex

LONGEST_WHY = 2_000  # characters
LONGEST_COMMENT = 10_000
BEHIND = ".@+-"  # what may stand in a name, and behind one as well
NAMED = re.compile(r"(?<![\w.@])@([\w.@+-]+)")  # as user names are written


@transaction.atomic
def review(case: Case, who: Who, verdict: str, why: str) -> Review:
    """Say what somebody thinks of a decision, in place of what they thought before, or WITHDRAWN:
    that they think so no more. Raises BadRule and Gone."""
    check_said(verdict, why)
    said = sealed(why.strip(), "why", LONGEST_WHY)
    record = needed_record(case)
    item, now = taken_up(case, record), timezone.now()
    if verdict == WITHDRAWN and not has_said(case, who):
        raise BadRule("verdict", "Nothing that you said of it can be withdrawn.")
    looked = ended(case, who.name, now)
    made = Review.objects.create(
        **case.named,
        at=now,
        who=who.name,
        is_person=who.is_person,
        agent=record.agent,
        verdict=verdict,
        record=record.digest,
        opened_at=looked.opened_at,
        seconds=looked.seconds,
        evidence=looked.evidence,
        **said,
    )
    stand(item)
    what = told_of(record.agent or "an unknown agent", verdict)
    note_change("review", case.project_id, who.name, what, as_told(case, made))
    return made


def check_said(verdict: str, why: str) -> None:
    """Raises BadRule if that is no verdict, or lacks its reason."""
    if verdict not in SAYINGS:
        raise BadRule("verdict", f"One of {', '.join(SAYINGS)}.")
    if verdict in (Verdict.QUESTIONED, Verdict.WRONG) and not why.strip():
        raise BadRule("why", f"Say why it is {verdict}.")


def has_said(case: Case, who: Who) -> bool:
    """Whether a verdict of somebody stands."""
    said = Review.objects.filter(**case.named, who=who.name, is_person=who.is_person)
    last = said.order_by("-pk").values_list("verdict", flat=True).first()
    return last in Verdict.values


def told_of(agent: str, verdict: str) -> str:
    """A verdict as a sentence of the ledger."""
    if verdict == WITHDRAWN:
        return f"A verdict on a decision of {agent} was withdrawn."
    return f"A decision of {agent} was {'found ' * (verdict == Verdict.WRONG)}{verdict}."


def as_told(case: Case, made: Review) -> dict[str, Any]:
    """A verdict as the ledger tells it: of the reason its digest alone, as it may be erased."""
    return place(case) | {
        "review": made.pk,
        "record": bytes(made.record).hex(),
        "verdict": made.verdict,
        "why": bytes(made.digest).hex(),
        "seconds": made.seconds,
        "evidence": None if made.evidence is None else len(made.evidence),
    }


def place(case: Case) -> dict[str, Any]:
    """Which decision is meant, as the ledger tells it."""
    return {"trace": case.trace_id.hex, "span": span_hex(case.span_id)}


@transaction.atomic
def comment(case: Case, who: Who, text: str) -> Comment:
    """Remark something, which those who are named in it will see. Raises BadRule and Gone."""
    if not text.strip():
        raise BadRule("text", "Write something.")
    said = sealed(text.strip(), "text", LONGEST_COMMENT)
    taken_up(case, needed_record(case))
    made = Comment.objects.create(**case.named, who=who.name, **said)
    (readers,) = members(case.project_id, Right.AUDIT)
    told = named_in(made.text, readers)
    Mention.objects.bulk_create(
        [Mention(comment=made, project_id=case.project_id, who=each) for each in told]
    )
    details = place(case) | {
        "comment": made.pk,
        "text": bytes(made.digest).hex(),
        "mentions": told,
    }
    what = "A decision was commented on."
    note_change("review", case.project_id, who.name, what, details)
    return made


def named_in(text: str, known: Sequence[str]) -> list[str]:
    """The members that a text names by `@`, each once. Letters that are put together of several
    are those of the name."""
    said = NAMED.findall(User.normalize_username(text))
    found = {name for each in said for name in meant(each, known)}
    return [each for each in known if each in found]


def meant(said: str, known: Sequence[str]) -> set[str]:
    """Who is meant, also if what stands behind a name is none of it, as a full stop; in other
    capitals only if one alone is called so. Part of a name is nobody's."""
    names = {said, said.rstrip(BEHIND)}
    if found := names.intersection(known):
        return found
    small = {name.casefold() for name in names}
    alike = {each for each in known if each.casefold() in small}
    return alike if len(alike) == 1 else set()


@transaction.atomic
def assign(case: Case, who: Who, to: str) -> Item:
    """Ask somebody to review a decision; "": nobody in particular. Raises BadRule and Gone."""
    if to and to not in members(case.project_id, Right.OPERATE)[0]:
        raise BadRule("to", f"“{to[:100]}” is no member of this project who may review.")
    item = taken_up(case, needed_record(case))
    if (before := item.assigned_to) != to:
        item.assigned_to = to
        item.save(update_fields=["assigned_to"])
        what = f"{to} was asked to review a decision." if to else "Nobody is asked any more."
        details = place(case) | {"before": before, "after": to}
        note_change("review", case.project_id, who.name, what, details)
    return item


def seen(project_id: int, who: str, case: Case) -> None:
    """Somebody has seen the comments on a decision."""
    new = Mention.objects.filter(project_id=project_id, who=who, seen_at=None)
    new.filter(comment__trace_id=case.trace_id, comment__span_id=case.span_id).update(
        seen_at=timezone.now()
    )


@transaction.atomic
def set_two_persons(project_id: int, names: Iterable[str], who: str) -> list[str]:
    """Let decisions with these effects take two people, also those that wait for their review.
    Raises BadRule."""
    wanted = sorted({name for each in names if (name := each.strip())})
    if len(wanted) > MOST_TOOLS:
        raise BadRule("tools", f"Name at most {MOST_TOOLS} tools.")
    if any(len(name) > LONGEST_TOOL or "\0" in name for name in wanted):
        raise BadRule("tools", f"A name has at most {LONGEST_TOOL} characters.")
    hold_still(project_id, to_change=True)
    before = tools_of_two(project_id)
    TwoPersons.objects.update_or_create(project_id=project_id, defaults={"tools": wanted})
    stand_anew(project_id)
    what = f"Two people approve {', '.join(wanted)}." if wanted else "One person approves anything."
    note_change("review", project_id, who, what, {"before": before, "after": wanted})
    return wanted
