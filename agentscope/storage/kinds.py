"""What kinds of things are stored, and which table holds which."""

from __future__ import annotations

from django.apps import apps
from django.db import models

# In the order in which they are listed: the name for machines, and for people.
NAMES = {
    "spans": "Spans and traces: names, times, tokens",
    "payloads": "Payloads: what was said, and the records as they were sent",
    "logs": "Log records",
    "search": "Search",
    "findings": "Findings",
    "records": "Decision records",
    "sums": "Costs, sums and sessions",
    "ledger": "Ledger",
    "reviews": "Reviews",
    "alerts": "Alerts, budgets and messages",
    "inbox": "Requests that wait, and dead letters",
    "packs": "Evidence packs",
    "rest": "Settings, keys and jobs",
}
PAYLOAD = ("payloads", "logs", "search")  # goes when the period of payload is over
TABLES = {"span_payload": "payloads", "envelope": "payloads", "span_log": "logs"}
APPS = {
    "traces": "spans",
    **dict.fromkeys(("costs", "billing", "routing", "agents", "agent_sessions", "meter"), "sums"),
    **dict.fromkeys(("alerts", "channels", "budgets"), "alerts"),
}


def tables() -> dict[type[models.Model], str]:
    """The kind of each table that has a project in each row. By their descriptions and not by a
    list, so that none is forgotten."""
    return {model: kind_of(model) for model in apps.get_models() if is_of_projects(model)}


def is_of_projects(model: type[models.Model]) -> bool:
    """Whether each row belongs to a project."""
    names = {str(field.column) for field in model._meta.concrete_fields}
    return model._meta.managed and "project_id" in names


def kind_of(model: type[models.Model]) -> str:
    """What a table holds."""
    label = model._meta.app_label
    kind = TABLES.get(model._meta.db_table) or APPS.get(label, label)
    return kind if kind in NAMES else "rest"
