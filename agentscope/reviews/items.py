"""Items as they stand, by what people think of their decisions at present."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from agentscope.records.models import Record
from agentscope.reviews.case import Case
from agentscope.reviews.models import Item, Review
from agentscope.reviews.standing import at_present, standing
from agentscope.reviews.two_persons import how_many, needs, tools_of_two


def taken_up(case: Case, record: Record) -> Item:
    """The item of a decision, made if need be. Nobody else changes it until the end of the
    transaction."""
    start = {
        "agent": record.agent,
        "decided_at": record.at,
        "effects": record.effects,
        "needs": needs(case.project_id, record.effects),
    }
    found, _ = Item.objects.get_or_create(**case.named, defaults=start)
    return Item.objects.select_for_update().get(pk=found.pk)


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
    for item in with_effects.select_for_update().order_by("pk").iterator():
        wanted = how_many(tools, item.effects)
        if wanted != item.needs:
            item.needs = wanted
            stand(item)
