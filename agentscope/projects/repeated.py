"""Which tools of a project do their work once more each time they are called, and which come to the
same, where their names do not say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.models import Project, ToolEffects
from agentscope.projects.tools import is_called

LONGEST_TOOL = 200  # characters of a name
MOST_TOOLS = 500  # on a list


class BadEffects(ValueError):
    """Errors by the name of the input that is to blame: `each_time` or `once`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(slots=True, frozen=True)
class Effects:
    """Names of tools; `*` in one stands for any characters."""

    each_time: tuple[str, ...] = ()  # they do their work once more
    once: tuple[str, ...] = ()  # called twice alike they come to the same

    def says(self, tool: str) -> bool | None:
        """Whether a tool does its work each time, if the project says so. What comes to the same
        goes first."""
        for names, meaning in ((self.once, False), (self.each_time, True)):
            if any(is_called(tool, name) for name in names):
                return meaning
        return None


def effects_of(project_id: int) -> Effects:
    """What a project says now. One query."""
    rows = ToolEffects.objects.filter(project_id=project_id).values_list("each_time", "once")
    return next((Effects(tuple(each_time), tuple(once)) for each_time, once in rows), Effects())


@transaction.atomic
def set_effects(project: Project, each_time: Iterable[str], once: Iterable[str], who: str) -> None:
    """Let these tools do their work each time, or come to the same, for traces that are examined
    from now on. Raises BadEffects."""
    said = {"each_time": listed(each_time), "once": listed(once)}
    if errors := {name: wrong for name, names in said.items() if (wrong := complaint(names))}:
        raise BadEffects(**errors)
    Project.objects.select_for_update().get(pk=project.pk)
    before = ToolEffects.objects.filter(project=project).values(*said).first()
    ToolEffects.objects.update_or_create(project=project, defaults=said)
    counts = f"{len(said['each_time'])} tools do their work each time, {len(said['once'])} do not"
    note_change("detector", project.pk, who, counts, {"before": before, "after": said})


def listed(names: Iterable[str]) -> list[str]:
    """Names in order, each once."""
    return sorted({name for each in names if (name := each.strip())})


def complaint(names: list[str]) -> str:
    """What is wrong with a list; empty if nothing is."""
    if len(names) > MOST_TOOLS:
        return f"Name at most {MOST_TOOLS} tools."
    if any(len(name) > LONGEST_TOOL for name in names):
        return f"A name has at most {LONGEST_TOOL} characters."
    return ""
