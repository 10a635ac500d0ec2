"""Fields of calls and results that change each time though the call is the same, beside those that
are left out everywhere: `signatures.canonical.VOLATILE` of arguments, `signatures.masking.TOLD` of
results."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.models import Project, VolatileFields
from agentscope.signatures.canonical import LONGEST_NAME

MOST_FIELDS = 100


class BadFields(ValueError):
    """A list of fields cannot be stored. The text says why."""


def volatile_of(project_id: int) -> tuple[str, ...]:
    """The names that a project does not compare, as they were written. One query."""
    rows = VolatileFields.objects.filter(project_id=project_id).values_list("names", flat=True)
    return tuple(next(iter(rows), ()))


@transaction.atomic
def set_volatile(project: Project, names: Iterable[str], who: str) -> None:
    """Leave these fields out of what is compared, of spans that are stored from now on, and of
    stored ones when they are understood again. Raises BadFields."""
    wanted = sorted({name for each in names if (name := each.strip())})
    if wrong := complaint(wanted):
        raise BadFields(wrong)
    Project.objects.select_for_update().get(pk=project.pk)
    before = list(volatile_of(project.pk))
    VolatileFields.objects.update_or_create(project=project, defaults={"names": wanted})
    what = f"Steps are now compared without {', '.join(wanted)}" if wanted else NONE_LEFT_OUT
    note_change("detector", project.pk, who, what, {"before": before, "after": wanted})


NONE_LEFT_OUT = "Steps are now compared by all fields but the usual ones"


def complaint(names: list[str]) -> str:
    """What is wrong with a list; empty if nothing is."""
    if len(names) > MOST_FIELDS:
        return f"Name at most {MOST_FIELDS} fields."
    if any(len(name) > LONGEST_NAME or not name.isprintable() for name in names):
        return f"A name has at most {LONGEST_NAME} printable characters."
    return ""
