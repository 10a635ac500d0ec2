"""Which tools agents of a project may call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.models import AllowedTools, Project

LONGEST_TOOL = 200  # characters of a name
MOST_TOOLS = 500  # on a list
MOST_LISTS = 200  # of a project
EVERYBODY = ""  # in place of an agent: all that have no list of their own


class BadTools(ValueError):
    """Errors by the name of the input that is to blame: `agent` or `tools`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(slots=True, frozen=True)
class Allowed:
    """Lists of tools by agent; `*` in a name stands for any characters."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def allows(self, agent: str, tool: str) -> bool:
        """Whether an agent may call a tool: by its own list, else by that of everybody."""
        said = self.lists.get(agent, self.lists.get(EVERYBODY))
        return said is None or any(is_called(tool, name) for name in said)


def is_called(tool: str, name: str) -> bool:
    """Whether a tool goes by a name, in which `*` stands for any characters, and nothing else for
    anything but itself."""
    return fnmatchcase(tool, name.replace("[", "[[]").replace("?", "[?]"))


def allowed_of(project_id: int) -> Allowed:
    """What a project allows now. One query."""
    rows = AllowedTools.objects.filter(project_id=project_id).values_list("agent", "tools")
    return Allowed({agent: tuple(tools) for agent, tools in rows})


@transaction.atomic
def set_allowed(project: Project, agent: str, tools: Iterable[str], who: str) -> AllowedTools:
    """Let an agent call these tools alone from now on. Raises BadTools."""
    agent = agent.strip()
    names = sorted({name for each in tools if (name := each.strip())})
    check(agent, names)
    Project.objects.select_for_update().get(pk=project.pk)
    lists = AllowedTools.objects.filter(project=project)
    before = lists.filter(agent=agent).values_list("tools", flat=True).first()
    if before is None and lists.count() >= MOST_LISTS:
        raise BadTools(agent=f"A project has at most {MOST_LISTS} lists.")
    made, _ = AllowedTools.objects.update_or_create(
        project=project, agent=agent, defaults={"tools": names}
    )
    count = f"{len(names)} {'tool' if len(names) == 1 else 'tools'}"
    what = f"{agent or 'Agents without a list'} may call {count}"
    details = {"agent": agent, "before": before, "after": names}
    note_change("detector", project.pk, who, what, details)
    return made


def check(agent: str, names: list[str]) -> None:
    """Raises BadTools."""
    errors = {}
    if len(agent) > LONGEST_TOOL:
        errors["agent"] = f"A name has at most {LONGEST_TOOL} characters."
    if not names or len(names) > MOST_TOOLS:
        errors["tools"] = f"Name 1 to {MOST_TOOLS} tools."
    elif any(len(name) > LONGEST_TOOL for name in names):
        errors["tools"] = f"A name has at most {LONGEST_TOOL} characters."
    if errors:
        raise BadTools(**errors)


@transaction.atomic
def remove_allowed(found: AllowedTools, who: str) -> None:
    """Let an agent go by the list of everybody again, or by none."""
    found.delete()
    what = f"Removed the list of tools of {found.agent or 'agents without one'}"
    details = {"agent": found.agent, "before": found.tools, "after": None}
    note_change("detector", found.project_id, who, what, details)
