"""Items as they stand, by what people think of their decisions at present."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agentscope.records.models import Record
from agentscope.reviews.case import Case
from agentscope.reviews.models import Item, Review
from agentscope.reviews.standing import at_present, standing
from agentscope.reviews.two_persons import hold_still, how_many, tools_of_two


def taken_up(case: Case, record: Record) -> Item:
    """The item of a decision, made if need be, as the record says. Nobody else changes it until the
    end of the transaction."""
    hold_still(case.project_id)
    start = {"agent": record.agent, "decided_at": record.at}
    made, _ = Item.objects.get_or_create(**case.named, defaults=start)
    found = Item.objects.select_for_update().get(pk=made.pk)
    bring(found, record.effects, tools_of_two(case.project_id))
    return found


@transaction.atomic
def follow(project_id: int, traces: Sequence[UUID]) -> None:
    """Bring the items of some runs to what their records say by now."""
    hold_still(project_id)
    tools, rows = tools_of_two(project_id), {"project_id": project_id, "trace_id__in": traces}
    recorded = Record.objects.filter(**rows).values_list("trace_id", "span_id", "effects")
    effects = {(trace_id, span_id): said for trace_id, span_id, said in recorded}
    several = Item.objects.filter(**rows).select_for_update()
    for item in several.order_by("trace_id", "span_id"):  # all lock in one order
        bring(item, effects.get((item.trace_id, item.span_id)), tools)


def bring(item: Item, effects: Sequence[str] | None, tools: Sequence[str]) -> None:
    """Let an item know what its decision did, which may take two people; None: its record is gone,
    and it stays what it was."""
    before = item.is_gone, list(item.effects)
    item.is_gone, item.effects = effects is None, before[1] if effects is None else list(effects)
    if (item.is_gone, item.effects) != before:
        item.needs = how_many(tools, item.effects)
        stand(item)


def stand(item: Item) -> None:
    """Write down how an item stands."""
    case = Case(item.project_id, item.trace_id, item.span_id)
    found = standing(item.needs, at_present(Review.objects.filter(**case.named).order_by("pk")))
    item.approvals, item.verdict = found.approvals, found.verdict
    item.reviewed_at = (item.reviewed_at or timezone.now()) if found.is_reviewed else None
    item.save()


@transaction.atomic
def stand_anew(project_id: int) -> None:
    """Let items take as many people as the project says by now."""
    tools = tools_of_two(project_id)
    with_effects = Item.objects.filter(project_id=project_id).exclude(effects=[])
    for item in with_effects.select_for_update().order_by("trace_id", "span_id").iterator():
        wanted = how_many(tools, item.effects)
        if wanted != item.needs:
            item.needs = wanted
            stand(item)
