"""What people changed, in the order in which they did."""

from agentscope.ledger.models import Entry
from agentscope.projects.changes import Change, changes_of


def noted() -> list[Change]:
    """All changes of all projects, the oldest first."""
    projects = Entry.objects.values_list("project_id", flat=True).distinct()
    found = [change for project in projects for change in changes_of(project, None, 1_000)]
    return sorted(found, key=lambda change: (change.changed_at, change.position))


def the_change() -> Change:
    """The only one."""
    (change,) = noted()
    return change
