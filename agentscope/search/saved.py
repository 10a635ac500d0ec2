"""Views that a project saved: a name for the query string of a list of traces."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from agentscope.projects.changes import note_change
from agentscope.search.models import SavedView

MOST = 50  # of a project
LONGEST_NAME, LONGEST_QUERY = 80, 4000  # characters


class BadView(ValueError):
    """A view that cannot be saved. Its text says why."""


def saved_views(project_id: int) -> list[SavedView]:
    """All of a project, by name. One query."""
    return list(SavedView.objects.filter(project_id=project_id).order_by("name"))


def saved_view(project_id: int, name: str) -> SavedView | None:
    """The one with this name."""
    return SavedView.objects.filter(project_id=project_id, name=name).first()


def save_view(project_id: int, name: str, query: str, who: str) -> SavedView:
    """Save a view under a name that is free. Raises BadView."""
    checked = good_name(name)
    if len(query) > LONGEST_QUERY:
        raise BadView(f"Its filters are longer than {LONGEST_QUERY} characters.")
    if SavedView.objects.filter(project_id=project_id).count() >= MOST:
        raise BadView(f"There are {MOST} saved views already: delete one first.")
    try:
        with transaction.atomic():
            found = SavedView.objects.create(
                project_id=project_id, name=checked, query=query, created_by=who
            )
    except IntegrityError as error:
        raise BadView(f"There is a view with the name {checked} already.") from error
    details = {"after": {"name": checked, "query": query}}
    note_change("view", project_id, who, f"Saved the view {checked}", details)
    return found


def rename_view(view: SavedView, name: str, who: str) -> None:
    """Give a view another name that is free. Raises BadView."""
    before, view.name = view.name, good_name(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise BadView(f"There is a view with the name {view.name} already.") from error
    details = {"before": {"name": before}, "after": {"name": view.name}}
    note_change("view", view.project_id, who, f"Renamed the view {before} to {view.name}", details)


def delete_view(view: SavedView, who: str) -> None:
    """Delete a view; the traces stay."""
    details = {"before": {"name": view.name, "query": view.query}}
    note_change("view", view.project_id, who, f"Deleted the view {view.name}", details)
    view.delete()


def good_name(name: str) -> str:
    """A name without white space around it. Raises BadView."""
    found = " ".join(name.split())
    if not found:
        raise BadView("A view needs a name.")
    if len(found) > LONGEST_NAME or not found.isprintable() or "/" in found:
        raise BadView(f"A name has at most {LONGEST_NAME} characters that can be seen, and no /.")
    return found
