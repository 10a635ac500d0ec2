"""Who said yes to a decision, and who said no: people who were asked, or who let it go on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, Func, JSONField, When

from agentscope.records.models import Record

# Items by which somebody answered: those that wait for an answer name nobody.
ANSWERED = """$.authority[*] ? (exists(@.by) && (@.what == "approval" || @.what == "lift"))"""


class Answer(StrEnum):
    """What somebody said."""

    YES = "yes"
    NO = "no"
    OTHER = "other"  # what nothing tells to be either


MEANT = {"approved": Answer.YES, "changed": Answer.YES, "rejected": Answer.NO}


def with_answers() -> dict[str, Any]:
    """What a list of decisions tells of each besides: `answers`, the items by which somebody
    answered. Of a body no more is read, and of those that nobody was asked about nothing."""
    found = Func(
        F("body"),
        function="jsonb_path_query_array",
        template=f"%(function)s(%(expressions)s, '{ANSWERED}')",
        output_field=JSONField(),
    )
    asked = When(authority=Record.Authority.APPROVED, then=found)
    return {"answers": Case(asked, output_field=JSONField())}


def answers(found: Record) -> dict[Answer, list[str]]:
    """Who said what, each in alphabetical order; of a record that a list has not read them with,
    everybody without what it was."""
    if found.authority != Record.Authority.APPROVED:
        return {}
    said = {
        answer: sorted({each["by"] for each in items(found) if meant(each) is answer})
        for answer in Answer
    }
    told = {answer: people for answer, people in said.items() if people}
    return told or {Answer.OTHER: found.people}


def items(found: Record) -> list[Mapping[str, Any]]:
    """The items by which somebody answered."""
    if hasattr(found, "answers"):
        return found.answers or []
    known = {} if "body" in found.get_deferred_fields() else found.body
    told = known.get("authority") or []
    return [each for each in told if each["what"] in ("approval", "lift") and "by" in each]


def meant(item: Mapping[str, Any]) -> Answer:
    """What somebody said by an item. Who let it go on said yes."""
    if item["what"] == "lift":
        return Answer.YES
    return MEANT.get(item.get("words", ""), Answer.OTHER)
