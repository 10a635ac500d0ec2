"""The columns of the trace list, which people choose in its address."""

from __future__ import annotations

from django.http import QueryDict

COLUMNS = {
    "state": "State",
    "agents": "Agents",
    "models": "Models",
    "tools": "Tools",
    "user": "User",
    "environment": "Environment",
    "keys": "Keys",
    "outcome": "Success",
    "spans": "Spans",
    "errors": "Errors",
    "time": "Time",
    "tokens": "Tokens",
    "cost": "Cost",
}
USUAL = ("state", "agents", "spans", "errors", "time", "tokens", "cost")
COMPACT = "compact"


def chosen(said: QueryDict) -> list[str]:
    """The columns to be shown, in their order; what is no column is left out."""
    asked = {name for text in said.getlist("columns") for name in text.split(",")}
    return [name for name in COLUMNS if name in asked] or list(USUAL)


def density(said: QueryDict) -> str:
    """How close rows stand: `compact`, or "" for as usual."""
    return COMPACT if said.get("density") == COMPACT else ""


def choices(columns: list[str]) -> list[tuple[str, str, bool]]:
    """Name, label and whether it is shown, of each column."""
    return [(name, label, name in columns) for name, label in COLUMNS.items()]
