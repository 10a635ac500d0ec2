"""How a project counts its costs: which cost of a call counts, and what costs are grouped by."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.mappings import MOST_ATTRIBUTES, attribute_rule, is_attribute
from agentscope.projects.models import Project


class BadSetting(ValueError):
    """Errors by the name of the input that is to blame: `policy` or `attributes`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


@transaction.atomic
def set_costs(project: Project, policy: str, attributes: Sequence[str], who: str) -> bool:
    """Store both and note what changed; whether anything did. Raises BadSetting."""
    wanted = checked(policy, attributes)
    kept = Project.objects.select_for_update().get(pk=project.pk)
    changed = False
    if policy != kept.cost_policy:
        changed = True
        words = dict(Project.CostPolicy.choices)[policy]
        note_change(
            "project",
            kept.pk,
            who,
            f"The cost that counts is now the one {words}"
            if policy != Project.CostPolicy.REPORTED_ELSE_COMPUTED
            else f"The cost that counts is now {words}",
            {"before": kept.cost_policy, "after": policy},
        )
    if wanted != kept.cost_attributes:
        changed = True
        note_change(
            "project",
            kept.pk,
            who,
            f"Costs are now grouped by {', '.join(wanted) or 'no attributes'}",
            {"before": kept.cost_attributes, "after": wanted},
        )
    kept.cost_policy, kept.cost_attributes = policy, wanted
    kept.save(update_fields=["cost_policy", "cost_attributes"])
    return changed


def checked(policy: str, attributes: Sequence[str]) -> list[str]:
    """The attributes without spaces, gaps and repetitions. Raises BadSetting."""
    errors = {}
    if policy not in Project.CostPolicy.values:
        errors["policy"] = "Choose one of the policies."
    names = list(dict.fromkeys(name for each in attributes if (name := each.strip())))
    if wrong := next((name for name in names if not is_attribute(name)), None):
        errors["attributes"] = attribute_rule(wrong)
    if len(names) > MOST_ATTRIBUTES:
        errors["attributes"] = f"At most {MOST_ATTRIBUTES} attributes."
    if errors:
        raise BadSetting(**errors)
    return names
